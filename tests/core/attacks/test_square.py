"""The square attack: the paper's squares, no gradients, and no query after success."""

import itertools

import pytest
import torch
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.attacks.square import square_side
from tests.core.attacks.small_nets import linear, some_digits


class Opaque(nn.Module):
    """A network that gives outputs and no gradients, and counts the images it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.asked = linear(), 0

    def forward(self, x: Tensor) -> Tensor:
        assert not torch.is_grad_enabled()
        self.asked += len(x)
        return self.inner(x)


def test_squares_shrink_as_in_the_paper() -> None:
    """28 pixels a side and p = 0.8: the paper's shares over 10,000 queries, and rescaled."""
    shares = {0: 0.8, 10: 0.8, 11: 0.4, 51: 0.2, 201: 0.1, 1001: 0.05, 2001: 0.025, 4001: 0.0125, 8001: 0.003125}
    for step, share in shares.items():
        assert square_side(0.8, step, 10_000) == max(1, round((share * 784) ** 0.5))
    sides = [square_side(0.8, step, 300) for step in range(299)]
    assert sides == sorted(sides, reverse=True)
    assert (sides[0], sides[-1]) == (25, 2)
    assert square_side(1.0, 0, 10) == 27


def test_outputs_alone_and_no_query_after_success() -> None:
    images, labels = some_digits(30)
    opaque, steps = Opaque(), 200
    with torch.no_grad():
        steps_seen: list[int] = []
        made = attack(
            opaque,
            images,
            labels,
            AttackConfig("square", 0.15, {"steps": steps}),
            watch=lambda step, _: steps_seen.append(step),
        )
    fooled = linear()(made).argmax(1) != labels
    assert int(fooled.sum()) > 20
    assert opaque.asked < 1 + len(images) * 2 + steps * len(images) * 0.7


@pytest.mark.parametrize("target", [None, 8])
def test_every_step_is_one_square_that_helps(target: int | None) -> None:
    images, labels = some_digits()
    config = AttackConfig("square", 0.1, {"steps": 80}, target=target)
    seen: list[Tensor] = []
    model = linear()
    attack(model, images, labels, config, watch=lambda _, x: seen.append(x.clone()))
    stripes = seen[1] - images
    for image, change in zip(images[:, 0], stripes[:, 0], strict=True):
        for column in range(28):
            inside = (image[:, column] >= 0.1) & (image[:, column] <= 0.9)
            assert len(change[inside, column].sign().unique()) <= 1
    steps = range(2, len(seen))
    for step, (before, after) in zip(steps, itertools.pairwise(seen[1:]), strict=True):
        side = square_side(0.8, step - 2, 80)
        changed = (after - before).abs() > 1e-9
        assert int(changed.any(3).sum(2).max()) <= side
        assert int(changed.any(2).sum(2).max()) <= side
        for row in changed.flatten(1).any(1).nonzero()[:, 0].tolist():
            label = int(labels[row])
            assert loss(model, after[row], label, target) < loss(model, before[row], label, target)


def loss(model: nn.Module, image: Tensor, label: int, target: int | None) -> float:
    """The label's lead over the runner-up; with a target, its cross-entropy."""
    outputs = model(image[None])[0].detach()
    if target is not None:
        return -float(outputs.log_softmax(0)[target])
    return float(outputs[label] - max(outputs[k] for k in range(10) if k != label))
