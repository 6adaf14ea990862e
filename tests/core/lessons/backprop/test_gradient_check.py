"""The gradient check against brute force: every weight moved by itself, every forward pass from the start."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Generator, Tensor
from torch.nn import functional

from core.backprop.network import LOSSES, Layer, Loss
from core.config.errors import ConfigError
from core.config.run import ACTIVATIONS, Activation
from core.data.digits import Digits
from core.lessons.backprop.finite_differences import finite_differences
from core.lessons.backprop.gradient_check import agreement, gradient_check, quarters, small_digits, small_network
from core.lessons.backprop.update_check import update_check
from core.models.activations import ACTIVATION_FUNCTIONS

WIDTHS = {"one layer": (3, 2), "two": (4, 3, 3), "four": (3, 4, 2, 3, 2)}


def network(widths: tuple[int, ...], seed: int = 0) -> list[Layer]:
    generator = Generator().manual_seed(seed)
    return [
        Layer(
            torch.randn(a, b, generator=generator, dtype=torch.float64),
            torch.randn(b, generator=generator, dtype=torch.float64),
        )
        for a, b in pairwise(widths)
    ]


def batch(inputs: int, outputs: int, loss: Loss, count: int = 3) -> tuple[Tensor, Tensor]:
    generator = Generator().manual_seed(5)
    x = torch.randn(count, inputs, generator=generator, dtype=torch.float64)
    if loss == "cross-entropy":
        return x, torch.randint(outputs, (count,), generator=generator)
    return x, torch.randn(count, outputs, generator=generator, dtype=torch.float64)


def plain_loss(layers: list[Layer], activation: Activation, x: Tensor, target: Tensor, loss: Loss) -> float:
    for index, (weight, bias) in enumerate(layers):
        x = (ACTIVATION_FUNCTIONS[activation](x) if index else x) @ weight + bias
    score = functional.cross_entropy if loss == "cross-entropy" else functional.mse_loss
    return float(score(x, target))


def brute_force(
    layers: list[Layer], activation: Activation, x: Tensor, target: Tensor, loss: Loss, width: float
) -> list[Tensor]:
    slopes = []
    for tensor in (tensor for layer in layers for tensor in layer):
        flat, slope = tensor.view(-1), torch.empty(tensor.numel(), dtype=torch.float64)
        for place, kept in enumerate(flat.tolist()):
            ends = []
            for end in (kept + width, kept - width):
                flat[place] = end
                ends.append(plain_loss(layers, activation, x, target, loss))
            flat[place] = kept
            slope[place] = (ends[0] - ends[1]) / (2 * width)
        slopes.append(slope)
    return slopes


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "gelu"])
@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS)
def test_all_at_once_is_one_by_one(widths: tuple[int, ...], activation: Activation, loss: Loss) -> None:
    layers = network(widths)
    x, target = batch(widths[0], widths[-1], loss)
    for index, wanted in enumerate(brute_force(layers, activation, x, target, loss, 1e-3)):
        found = finite_differences(
            layers, activation, x, target, index, torch.arange(len(wanted)), loss=loss, width=1e-3
        )
        torch.testing.assert_close(found, wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("activation", ["relu", "leaky-relu"])
def test_a_kink_is_left_out_and_counted(activation: Activation) -> None:
    layers = [
        Layer(torch.tensor([[1.0, 1.0]]).double(), torch.tensor([0.0, 0.001]).double()),
        Layer(torch.tensor([[1.0, -2.0], [0.5, 1.0]]).double(), torch.zeros(2).double()),
    ]
    x, labels = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([0])
    found = {c.name: c for c in gradient_check(layers, activation, x, labels)}
    assert found["W_h"].kinks == 0  # the input is zero: nothing moves
    assert found["b_h"].measured.isnan().tolist() == [True, False]  # unit 0 stands on the corner itself
    assert found["b_h"].kinks == 1
    assert found["b_o"].kinks == 0
    assert all(check.right for check in found.values())
    wide = finite_differences(layers, activation, x, labels, 1, torch.arange(2), width=0.01)
    assert wide.isnan().tolist() == [True, True]


def test_where_every_entry_is_a_kink_there_is_no_verdict() -> None:
    """Nothing measured agrees with nothing: that is no proof."""
    layers = [
        Layer(torch.ones(1, 1).double(), torch.zeros(1).double()),
        Layer(torch.tensor([[1.0, -2.0]]).double(), torch.zeros(2).double()),
    ]
    x, labels = torch.zeros(1, 1, dtype=torch.float64), torch.tensor([0])
    found = {c.name: c for c in gradient_check(layers, "relu", x, labels)}
    assert found["b_h"].measured.isnan().all()
    assert found["b_h"].with_measured is None
    assert found["b_h"].right is None
    assert found["b_o"].right is True
    assert replace(found["b_h"], manual=found["b_h"].autograd + 1).right is False


def test_a_kink_further_up_is_seen_too() -> None:
    one = torch.ones(1, 1, dtype=torch.float64)
    zero = torch.zeros(1, dtype=torch.float64)
    layers = [Layer(one, zero), Layer(one, zero - 1), Layer(torch.ones(1, 2).double(), torch.zeros(2).double())]
    found = finite_differences(layers, "relu", one, torch.tensor([0]), 0, torch.arange(1))
    assert found.isnan().all()  # the first unit is at 1, well away; the second at 1 − 1 = 0
    assert not finite_differences(layers, "sigmoid", one, torch.tensor([0]), 0, torch.arange(1)).isnan().any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_large_tensors_are_sampled_by_the_seed(activation: Activation) -> None:
    layers, (x, labels) = network((30, 6, 4)), batch(30, 4, "cross-entropy")
    first, again, other = (gradient_check(layers, activation, x, labels, sample=50, seed=seed) for seed in (1, 1, 2))
    assert [len(check.entries) for check in first] == [50, 6, 24, 4]
    assert torch.equal(first[0].entries, again[0].entries)
    assert not torch.equal(first[0].entries, other[0].entries)
    assert len(first[0].entries.unique()) == 50
    whole = gradient_check(layers, activation, x, labels)
    torch.testing.assert_close(
        first[0].measured, whole[0].measured[first[0].entries], rtol=1e-9, atol=1e-12, equal_nan=True
    )
    assert [check.name for check in whole] == ["W_h", "b_h", "W_o", "b_o"]
    assert all(check.right for check in whole)


def test_an_easy_image_is_no_false_alarm() -> None:
    layers = network((4, 3, 3))
    layers[-1].weight.mul_(30)
    x = batch(4, 3, "cross-entropy", 1)[0]
    hidden = torch.sigmoid(x @ layers[0].weight + layers[0].bias)
    label = (hidden @ layers[1].weight + layers[1].bias).argmax(dim=1)
    checks = gradient_check(layers, "sigmoid", x, label)
    assert float(checks[0].manual.norm()) < 1e-3
    assert all(check.right for check in checks)


def test_agreement_measures_difference_length_and_angle() -> None:
    a, b = torch.tensor([[3.0, 0.0], [0.0, 4.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    found = agreement(a, b)
    assert found.difference == pytest.approx(math.hypot(3, 3) / 5)
    assert found.length == pytest.approx(5)
    assert found.angle == pytest.approx(math.degrees(math.acos(0.8)), abs=1e-4)
    assert agreement(a, -a).difference == pytest.approx(2)
    assert agreement(a, -a).angle == pytest.approx(180)
    assert agreement(a, a) == agreement(a.clone(), a)
    assert agreement(a * 0, b * 0).difference == 0
    assert agreement(a, b * 0).difference == 1
    assert agreement(a, b * 0).length is None
    assert agreement(a, b * torch.nan).difference == math.inf
    assert not agreement(a, b * torch.nan).within(1e9)


def test_nonsense_gets_a_sentence() -> None:
    layers, (x, labels) = network((4, 3, 3)), batch(4, 3, "cross-entropy")
    with pytest.raises(ConfigError, match="no image"):
        gradient_check(layers, "relu", x[:0], labels[:0])
    with pytest.raises(ConfigError, match="at least one layer"):
        gradient_check([], "relu", x, labels)
    with pytest.raises(ConfigError, match="at least one batch"):
        update_check(layers, "relu", [], lr=0.1, momentum=0.9)


def test_an_update_that_diverges_is_no_crash() -> None:
    layers, data = network((4, 3, 3)), batch(4, 3, "cross-entropy")
    rows = update_check(layers, "relu", [data] * 6, lr=1e200, momentum=0.9)
    assert len(rows) == 6
    assert rows[-1][0].difference == math.inf


def test_the_small_network_reads_quarters() -> None:
    image = torch.zeros(2, 1, 28, 28)
    image[0, 0, :14, 14:] = 1
    image[1, 0, 14:, :14] = 0.5
    digits = Digits(image, torch.tensor([7, 2]))
    assert quarters(digits).tolist() == [[0, 1, 0, 0], [0, 0, 0.5, 0]]
    assert small_digits(digits).tolist() == [1]
    assert [tuple(w.shape) for w, _ in small_network()] == [(4, 3), (3, 3)]
