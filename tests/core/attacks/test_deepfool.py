"""DeepFool on a linear network, where the nearest border is known."""

import pytest
import torch
from torch import nn

from core.attacks.config import AttackConfig
from core.attacks.deepfool import to_the_nearest_border
from core.attacks.run import attack
from tests.core.attacks.small_nets import some_digits


class Plane(nn.Module):
    """Ten linear outputs of small slopes, so that no pixel is clipped on the way to a border."""

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.weight = nn.Parameter(torch.randn(10, 784, generator=generator).double())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x.flatten(1) - 0.5) @ self.weight.T


@pytest.mark.parametrize("overshoot", [0.02, 0.2])
def test_a_linear_networks_nearest_border_in_one_step(overshoot: float) -> None:
    images, _ = some_digits()
    images = 0.5 + (images - 0.5) / 50
    model = Plane()
    outputs, weight = model(images).detach(), model.weight.detach()
    labels = outputs.argmax(1)
    seen: list[int] = []
    config = AttackConfig("deepfool", settings={"overshoot": overshoot})
    made = attack(model, images, labels, config, watch=lambda step, _: seen.append(step))
    assert seen == [0, 1]
    for row, label in enumerate(labels.tolist()):
        distances = [
            float((outputs[row, label] - outputs[row, k]) / (weight[label] - weight[k]).norm())
            for k in range(10)
            if k != label
        ]
        length = float((made[row] - images[row]).norm())
        assert length == pytest.approx((min(distances) + 1e-4) * (1 + overshoot), rel=1e-4)
        assert int(model(made[[row]]).argmax()) != label


def test_flat_places_are_no_trouble() -> None:
    logits, slopes = torch.zeros(2, 10).double(), torch.zeros(2, 10, 1, 28, 28).double()
    logits[:, 3] = 1
    way = to_the_nearest_border(logits, slopes, torch.tensor([3, 3]))
    assert float(way.abs().max()) == 0
