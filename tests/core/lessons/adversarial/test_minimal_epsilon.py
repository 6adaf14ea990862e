"""The smallest ε against what can be worked out by hand: a linear network's distance to its border."""

import pytest
import torch
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.config.errors import ConfigError
from core.lessons.adversarial.minimal_epsilon import smallest_epsilon
from tests.core.attacks.small_nets import linear, some_digits


class TwoDigits(nn.Module):
    """Reads 0 where the mean pixel is below `border`, else 1."""

    def __init__(self, border: float) -> None:
        super().__init__()
        self.border = nn.Parameter(torch.tensor(border).double())

    def forward(self, x: Tensor) -> Tensor:
        side = x.flatten(1).mean(1) - self.border
        return torch.stack([-side, side] + [torch.full_like(side, -9.0)] * 8, 1)


class Stripe(nn.Module):
    """Misreads where the mean pixel is between 0.2 and 0.3 alone: a bigger step flies over it."""

    def __init__(self) -> None:
        super().__init__()
        self.width = nn.Parameter(torch.tensor(0.05).double())

    def forward(self, x: Tensor) -> Tensor:
        mean = x.flatten(1).mean(1)
        inside = self.width - (mean - 0.25).abs()
        return torch.stack([-inside, inside] + [torch.full_like(mean, -9.0)] * 8, 1)


def test_a_border_is_found_as_exactly_as_asked() -> None:
    images, labels = torch.zeros(3, 1, 28, 28).double(), torch.zeros(3).long()
    images[1] += 0.1
    for precision in (0.01, 0.0001):
        found = smallest_epsilon(TwoDigits(0.3137), images, labels, AttackConfig("fgsm"), precision=precision)
        assert found[0].epsilon == pytest.approx(0.3137, abs=precision)
        assert found[1].epsilon == pytest.approx(0.2137, abs=precision)
        assert found[0].epsilon > 0.3137
        assert float(found[0].image.max()) == pytest.approx(found[0].epsilon)


def test_success_that_does_not_last_is_still_found() -> None:
    image, label = torch.zeros(1, 1, 28, 28).double(), torch.zeros(1).long()
    assert (
        not (attack(Stripe(), image, label, AttackConfig("fgsm", 0.5)) > 0.2)
        .logical_and(attack(Stripe(), image, label, AttackConfig("fgsm", 0.5)) < 0.3)
        .any()
    )
    (found,) = smallest_epsilon(Stripe(), image, label, AttackConfig("fgsm"))
    assert found.epsilon == pytest.approx(0.2, abs=0.001)


def test_misread_as_it_is_and_never_fooled() -> None:
    images, labels = torch.zeros(2, 1, 28, 28).double(), torch.tensor([1, 0])
    wrong, never = smallest_epsilon(TwoDigits(0.9), images, labels, AttackConfig("fgsm"))
    assert (wrong.epsilon, len(wrong.tries), wrong.tries[0].part) == (0.0, 1, "clean")
    assert never.epsilon is None
    assert not any(one.succeeded for one in never.tries)
    assert torch.equal(never.image, images[1])
    assert smallest_epsilon(TwoDigits(0.9), images[:0], labels[:0], AttackConfig("fgsm")) == []


@pytest.mark.parametrize("name", ["fgsm", "pgd", "pgd-l2", "noise"])
def test_tries_are_true_and_together_is_as_alone(name: str) -> None:
    images, labels = some_digits(6)
    settings = {"steps": 3} if name.startswith("pgd") else {}
    config, model = AttackConfig(name, settings=settings, seed=1), linear()
    together = smallest_epsilon(model, images, labels, config)
    for place, found in enumerate(together):
        at = torch.tensor([place])
        (alone,) = smallest_epsilon(model, images[at], labels[at], config, places=at)
        assert alone.epsilon == found.epsilon
        assert [one.epsilon for one in alone.tries] == [one.epsilon for one in found.tries]
        succeeded = [one for one in found.tries if one.succeeded]
        assert found.epsilon == min((one.epsilon for one in succeeded), default=None)
        for one in found.tries[-2:]:
            made = attack(model, images[at], labels[at], AttackConfig(name, one.epsilon, settings, seed=1), places=at)
            chances = model(made)[0].softmax(0)
            read = int(chances.argmax())
            assert (one.read, one.succeeded) == (read, read != int(labels[place]))
            assert one.confidence == pytest.approx(chances.max().item(), abs=1e-6)
            assert one.chance == pytest.approx(chances[labels[place]].item(), abs=1e-6)


@pytest.mark.parametrize("name", ["deepfool", "carlini-wagner"])
def test_attacks_that_look_for_it_themselves_run_once(name: str) -> None:
    images, labels = some_digits(30)
    read = linear()(images).argmax(1)
    for row, found in enumerate(smallest_epsilon(linear(), images, labels, AttackConfig(name, settings={"steps": 30}))):
        if read[row] != labels[row]:
            assert found.epsilon == 0
            continue
        assert [one.part for one in found.tries] == ["clean", "search"]
        assert found.epsilon == pytest.approx(float((found.image - images[row]).norm()))
        assert int(linear()(found.image[None]).argmax()) != labels[row]


def test_pixels_are_counted_whole() -> None:
    images, labels = some_digits(12)
    for found in smallest_epsilon(linear(), images, labels, AttackConfig("jsma"), precision=0.1):
        assert found.epsilon is not None
        assert all(one.epsilon == int(one.epsilon) for one in found.tries)
        best = [one for one in found.tries if one.epsilon == found.epsilon]
        assert best[-1].succeeded
        assert not any(one.succeeded for one in found.tries if one.epsilon == found.epsilon - 1)


def test_target() -> None:
    images, labels = some_digits(4)
    config = AttackConfig("bim", settings={"steps": 4}, target=3)
    for found, label in zip(smallest_epsilon(linear(), images, labels, config), labels.tolist(), strict=True):
        if found.epsilon and label != 3:
            assert int(linear()(found.image[None]).argmax()) == 3
            assert found.tries[-1].succeeded == (found.tries[-1].read == 3)
        assert all(one.chance == one.confidence for one in found.tries if one.read == 3)


@pytest.mark.parametrize("bad", [{"precision": 0.0}, {"farthest": 0.0}, {"farthest": 1.5}])
def test_nonsense_is_refused(bad: dict[str, float]) -> None:
    images, labels = some_digits(1)
    with pytest.raises(ConfigError, match="must"):
        smallest_epsilon(linear(), images, labels, AttackConfig("fgsm"), **bad)
