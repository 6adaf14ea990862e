"""One weight dragged along: the curve against a plain forward pass, and where measuring fails."""

import pytest
import torch
from torch import Generator, Tensor
from torch.nn import functional

from core.backprop.network import Layer, Loss
from core.config.run import Activation
from core.lessons.backprop.one_weight import WIDTHS, losses_along, slope_at, width_errors
from core.models.activations import ACTIVATION_FUNCTIONS


def network() -> tuple[list[Layer], Tensor, Tensor, Tensor]:
    generator = Generator().manual_seed(2)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    layers = [Layer(draw(5, 4), draw(4)), Layer(draw(4, 3), draw(3)), Layer(draw(3, 3), draw(3))]
    return layers, draw(6, 5), torch.randint(3, (6,), generator=generator), draw(6, 3)


LAYERS, X, LABELS, VALUES = network()
SIZES = [tensor.numel() for layer in LAYERS for tensor in layer]


def plain(
    tensor: int, entry: int, value: float, activation: Activation, loss: Loss, layers: list[Layer] = LAYERS
) -> Tensor:
    flat = [part.clone() for layer in layers for part in layer]
    flat[tensor].view(-1)[entry] = value
    x = X.to(flat[0].dtype)
    for index in range(0, len(flat), 2):
        x = (ACTIVATION_FUNCTIONS[activation](x) if index else x) @ flat[index] + flat[index + 1]
    if loss == "cross-entropy":
        return functional.cross_entropy(x, LABELS)
    return functional.mse_loss(x, VALUES.to(x.dtype))


@pytest.mark.parametrize("loss", ["cross-entropy", "squared-error"])
@pytest.mark.parametrize("tensor", range(6))
def test_the_curve_is_a_plain_forward_pass_at_each_value(tensor: int, loss: Loss) -> None:
    entry, values = SIZES[tensor] - 2, torch.linspace(-2, 2, 7, dtype=torch.float64)
    target = LABELS if loss == "cross-entropy" else VALUES
    found = losses_along(LAYERS, "tanh", X, target, tensor, entry, values, loss=loss)
    wanted = torch.stack([plain(tensor, entry, float(v), "tanh", loss) for v in values])
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("tensor", range(6))
def test_the_slope_is_the_curves(tensor: int) -> None:
    before = [layer.weight.clone() for layer in LAYERS]
    ends = losses_along(
        LAYERS, "gelu", X, LABELS, tensor, 1, torch.tensor([0.7 + 1e-5, 0.7 - 1e-5], dtype=torch.float64)
    )
    slope = slope_at(LAYERS, "gelu", X, LABELS, tensor, 1, 0.7)
    assert slope == pytest.approx(float(ends[0] - ends[1]) / 2e-5, rel=1e-6)
    assert all(torch.equal(layer.weight, kept) for layer, kept in zip(LAYERS, before, strict=True))


def test_too_wide_bends_and_too_narrow_rounds() -> None:
    value = float(LAYERS[1].weight[0, 1])
    errors = width_errors(LAYERS, "sigmoid", X, LABELS, 2, 1, value)
    assert set(errors) == {"float64", "float32"}
    assert list(WIDTHS) == sorted(WIDTHS, reverse=True)
    assert (WIDTHS[0], WIDTHS[-1]) == (1.0, 1e-12)
    for name, best in (("float64", 1e-8), ("float32", 1e-3)):
        smallest = min(errors[name])
        assert smallest < best
        assert errors[name][0] > 10 * smallest
        assert errors[name][-1] > 10 * smallest
    assert min(errors["float64"]) < min(errors["float32"])
    slope = slope_at(LAYERS, "sigmoid", X, LABELS, 2, 1, value)
    # Below float32's own steps w + h is w itself: the measurement is 0 and the whole slope its error.
    assert errors["float32"][-1] == pytest.approx(abs(slope))
