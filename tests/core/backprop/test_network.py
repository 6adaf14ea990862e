"""Backpropagation by hand against autograd, finite differences and the slides' own form."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, Tensor
from torch.nn import functional

from core.backprop import network, per_sample
from core.backprop.network import Layer, Loss, loss_and_gradients
from core.config.errors import ConfigError
from core.config.run import ACTIVATIONS, REDUCTIONS, Activation, Reduction
from core.lessons.backprop.gradient_check import agreement
from core.models.activations import ACTIVATION_FUNCTIONS

modest = settings(deadline=None, max_examples=40, derandomize=True)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Layer], Activation, Tensor, Tensor, Tensor]:
    """Layers of any widths and depth, an activation, a batch, its labels and target values."""
    widths = draw(st.lists(st.integers(1, 7), min_size=2, max_size=6))
    widths[-1] = max(2, widths[-1])
    count = draw(st.integers(1, 9))
    generator = Generator().manual_seed(draw(st.integers(0, 10_000)))
    layers = [
        Layer(_normal(generator, n_in, n_out) / n_in**0.5, _normal(generator, n_out))
        for n_in, n_out in pairwise(widths)
    ]
    labels = torch.randint(widths[-1], (count,), generator=generator)
    return (
        layers,
        draw(st.sampled_from(ACTIVATIONS)),
        _normal(generator, count, widths[0]),
        labels,
        _normal(generator, count, widths[-1]),
    )


def _normal(generator: Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def by_autograd(
    layers: list[Layer], activation: Activation, x: Tensor, target: Tensor, loss: Loss, reduction: Reduction
) -> tuple[Tensor, list[Tensor]]:
    """Plain PyTorch, written here anew: nothing of what is tested takes part."""
    leaves = [tensor.clone().requires_grad_() for layer in layers for tensor in layer]
    for index in range(0, len(leaves), 2):
        x = functional.linear(ACTIVATION_FUNCTIONS[activation](x) if index else x, leaves[index].T, leaves[index + 1])
    if loss == "cross-entropy":
        value = functional.cross_entropy(x, target, reduction=reduction)
    else:
        value = functional.mse_loss(x, target, reduction=reduction)
    value.backward()
    return value.detach(), [leaf.grad for leaf in leaves if leaf.grad is not None]


@modest
@given(problems(), st.sampled_from(list(network.LOSSES)), st.sampled_from(REDUCTIONS))
def test_by_hand_is_what_autograd_finds(problem, loss, reduction) -> None:  # type: ignore[no-untyped-def]
    layers, activation, x, labels, values = problem
    target = labels if loss == "cross-entropy" else values
    value, found = loss_and_gradients(layers, activation, x, target, loss=loss, reduction=reduction)
    wanted_value, wanted = by_autograd(layers, activation, x, target, loss, reduction)
    torch.testing.assert_close(value, wanted_value, rtol=1e-12, atol=1e-14)
    flat = [tensor for gradient in found for tensor in gradient]
    for mine, autograds in zip(flat, wanted, strict=True):
        assert mine.shape == autograds.shape
        assert agreement(mine, autograds).difference < 1e-10


@modest
@given(problems(), st.sampled_from(REDUCTIONS))
def test_one_image_at_a_time_adds_up_to_the_batch(problem, reduction) -> None:  # type: ignore[no-untyped-def]
    layers, activation, x, labels, _ = problem
    batch_loss, batch = loss_and_gradients(layers, activation, x, labels, reduction=reduction)
    slides_loss, slides = per_sample.loss_and_gradients(layers, activation, x, labels, reduction)
    torch.testing.assert_close(slides_loss, batch_loss, rtol=1e-12, atol=1e-14)
    for one, other in zip(slides, batch, strict=True):
        assert agreement(one.weight, other.weight).difference < 1e-12
        assert agreement(one.bias, other.bias).difference < 1e-12


def test_a_hopeless_answer_still_has_a_finite_loss() -> None:
    layers = [Layer(torch.tensor([[900.0, -900.0]], dtype=torch.float64), torch.zeros(2).double())]
    x, labels = torch.ones(1, 1, dtype=torch.float64), torch.tensor([1])
    value, found = loss_and_gradients(layers, "relu", x, labels)
    assert value == pytest.approx(1800)
    assert found[0].bias.tolist() == [1, -1]


def good() -> tuple[list[Layer], Tensor, Tensor]:
    generator = Generator().manual_seed(0)
    layers = [
        Layer(_normal(generator, 4, 3), _normal(generator, 3)),
        Layer(_normal(generator, 3, 2), _normal(generator, 2)),
    ]
    return layers, _normal(generator, 5, 4), torch.tensor([0, 1, 1, 0, 1])


LAYERS, X, LABELS = good()
SHORT_BIAS = [Layer(LAYERS[0].weight, LAYERS[0].bias[:2]), LAYERS[1]]
NO_MATRIX = [Layer(LAYERS[0].weight[0], LAYERS[0].bias), LAYERS[1]]
INFINITE = [LAYERS[0], Layer(LAYERS[1].weight * torch.inf, LAYERS[1].bias)]
BAD = {
    "no layer": ([], X, LABELS, "at least one layer"),
    "no image": (LAYERS, X[:0], LABELS[:0], "no image"),
    "a batch that is no matrix": (LAYERS, X[0], LABELS[:1], "must be a matrix"),
    "too few pixels": (LAYERS, X[:, :3], LABELS, "takes 4 inputs"),
    "layers that do not follow": ([LAYERS[0], LAYERS[0]], X, LABELS, "gives 3 values"),
    "a bias too short": (SHORT_BIAS, X, LABELS, "do not fit"),
    "a weight that is no matrix": (NO_MATRIX, X, LABELS, "do not fit"),
    "weights without bound": (INFINITE, X, LABELS, "not finite"),
    "a pixel that is no number": (LAYERS, X * torch.nan, LABELS, "not finite"),
    "a label too large": (LAYERS, X, LABELS + 1, "between 0 and 1"),
    "a negative label": (LAYERS, X, LABELS - 1, "between 0 and 1"),
    "labels that are no whole numbers": (LAYERS, X, LABELS.double(), "whole-number label"),
    "too few labels": (LAYERS, X, LABELS[:3], "whole-number label"),
}


@pytest.mark.parametrize(("layers", "x", "labels", "sentence"), BAD.values(), ids=BAD)
def test_nonsense_gets_a_sentence(layers: list[Layer], x: Tensor, labels: Tensor, sentence: str) -> None:
    for form in (loss_and_gradients, per_sample.loss_and_gradients):
        with pytest.raises(ConfigError, match=sentence) as caught:
            form(layers, "tanh", x, labels)
        assert str(caught.value).endswith(".")


def test_squared_error_wants_values_of_the_outputs_shape() -> None:
    with pytest.raises(ConfigError, match=r"Squared error needs targets of the outputs' shape \(5, 2\)"):
        loss_and_gradients(LAYERS, "tanh", X, LABELS, loss="squared-error")
