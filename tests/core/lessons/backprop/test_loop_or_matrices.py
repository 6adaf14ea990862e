"""Three forms of one gradient agree; their times have the right shape, whatever they are."""

import pytest
import torch

from core.backprop import network as matrices
from core.backprop import per_sample
from core.backprop.network import Layer
from core.config.errors import ConfigError
from core.lessons.backprop import loop_or_matrices
from core.lessons.backprop.loop_or_matrices import FORMS, compare, sweep, time_curve
from core.lessons.backprop.vanishing import network


def batch(images: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return torch.rand(images, 784, generator=generator), torch.arange(images) % 10


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("images", [1, 17])
def test_all_forms_find_the_same_gradient(activation: str, images: int) -> None:
    layers = network(activation, "pytorch", 2, 12, seed=0)  # type: ignore[arg-type]
    found = compare(layers, activation, *batch(images), repetitions=3)  # type: ignore[arg-type]
    assert found.images == images
    assert set(found.differences) == {"loop", "autograd"}
    for sizes in found.differences.values():
        assert list(sizes) == ["W1", "b1", "W2", "b2", "W3", "b3"]
        assert max(sizes.values()) < 1e-5
    assert found.losses["loop"] == pytest.approx(found.losses["matrices"], rel=1e-5)
    assert found.losses["autograd"] == pytest.approx(found.losses["matrices"], rel=1e-5)
    for time in found.times.values():
        assert 0 < time.low <= time.median <= time.high
    assert found.slower["matrices"] == 1
    assert all(ratio > 0 for ratio in found.slower.values())


def test_what_is_timed_is_what_the_lesson_computes() -> None:
    layers = [Layer(w.double(), b.double()) for w, b in network("sigmoid", "xavier", 1, 9, seed=1)]
    x, labels = batch(6)
    right = matrices.loss_and_gradients(layers, "sigmoid", x.double(), labels)
    loop = per_sample.loss_and_gradients(layers, "sigmoid", x.double(), labels)
    for found in (loop, *(form(layers, "sigmoid", x.double(), labels) for form in FORMS.values())):
        torch.testing.assert_close(found[0], right[0])
        for ours, theirs in zip(found[1], right[1], strict=True):
            torch.testing.assert_close(ours.weight, theirs.weight)
            torch.testing.assert_close(ours.bias, theirs.bias)
    assert not any(tensor.requires_grad for layer in layers for tensor in layer)


def test_a_wrong_form_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = network("sigmoid", "pytorch", 1, 5, seed=0)

    def slip(*arguments: object) -> loop_or_matrices.Found:
        loss, gradients = loop_or_matrices.by_matrices(*arguments)  # type: ignore[arg-type]
        gradients[0].weight.mul_(1.01)
        return loss, gradients

    monkeypatch.setitem(FORMS, "loop", slip)
    found = compare(layers, "sigmoid", *batch(4), repetitions=1)
    assert found.differences["loop"]["W1"] == pytest.approx(0.01, rel=0.05)
    assert found.differences["loop"]["W2"] == 0


def test_a_time_is_the_median_and_the_middle_half() -> None:
    assert loop_or_matrices.timing([5.0, 1.0, 100.0, 2.0, 3.0, 4.0, 0.1]) == loop_or_matrices.Timing(3.0, 1.0, 5.0)
    assert loop_or_matrices.timing([2.0]) == loop_or_matrices.Timing(2.0, 2.0, 2.0)


def test_a_sweep_has_one_entry_a_size() -> None:
    layers = network("sigmoid", "pytorch", 1, 5, seed=0)
    found = sweep(layers, "sigmoid", *batch(10), sizes=(1, 4, 10, 64), repetitions=2)
    assert [forms.images for forms in found] == [1, 4, 10]
    curve = time_curve(found, "loop")
    assert curve.mean == tuple(1e3 * forms.times["loop"].median for forms in found)
    assert all(low <= mean <= high for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True))


def test_what_makes_no_sense_is_refused() -> None:
    layers = network("sigmoid", "pytorch", 1, 5, seed=0)
    with pytest.raises(ConfigError, match="at least one repetition"):
        compare(layers, "sigmoid", *batch(2), repetitions=0)
    with pytest.raises(ConfigError, match="no image"):
        compare(layers, "sigmoid", *batch(0))
