"""The walk's numbers are the network's, and every cell is the sum of the terms it shows."""

from itertools import pairwise
from typing import get_args

import pytest
import torch
from torch import Tensor

from core.backprop.network import Layer, loss_and_gradients
from core.backprop.step import Step, factor, number
from core.backprop.walk import columns, seen, walk
from core.config.errors import ConfigError
from core.config.run import Activation

SIZES = [(4, 3, 3), (5, 3), (6, 4, 5, 3)]


def case(sizes: tuple[int, ...], images: int = 2) -> tuple[list[Layer], Tensor, Tensor]:
    """Layers of those sizes, a batch and its labels, in float64."""
    draw = torch.Generator().manual_seed(3)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    layers = [Layer(some(a, b), some(b)) for a, b in pairwise(sizes)]
    return layers, some(images, sizes[0]), torch.arange(images) % sizes[-1]


@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_results_are_those_of_the_network(
    sizes: tuple[int, ...], activation: Activation, dtype: torch.dtype
) -> None:
    layers, x, labels = case(sizes)
    layers = [Layer(weight.to(dtype), bias.to(dtype)) for weight, bias in layers]
    x = x.to(dtype)
    loss, gradients = loss_and_gradients(layers, activation, x, labels)
    steps = walk(layers, activation, x, labels)
    assert len(steps) == 8 * len(layers)
    assert [step.phase for step in steps].index("loss") == 2 * len(layers)
    found = {step.result.notation: step.result.tensor for step in steps}
    assert torch.equal(found["L"], loss)
    names = {1: [""], 2: ["_h", "_o"], 3: ["_1", "_2", "_3"]}[len(layers)]
    for name, gradient in zip(names, gradients, strict=True):
        assert torch.equal(found[f"∂L/∂W{name}"], gradient.weight)
        assert torch.equal(found[f"∂L/∂b{name}"], gradient.bias)
    for name, layer, gradient in zip(names, layers, gradients, strict=True):
        assert torch.equal(found[f"W{name}"], layer.weight - 0.1 * gradient.weight)
        assert torch.equal(found[f"b{name}"], layer.bias - 0.1 * gradient.bias)


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("images", [1, 2])
def test_the_terms_of_every_cell_sum_to_it(sizes: tuple[int, ...], activation: Activation, images: int) -> None:
    layers, x, labels = case(sizes, images)
    for step in walk(layers, activation, x, labels):
        for row in range(step.result.grid.shape[0]):
            for column in range(step.result.grid.shape[1]):
                cell = step.cell(row, column)
                assert cell.value == float(step.result.grid[row, column])
                assert float(cell.terms.sum()) == pytest.approx(cell.value, abs=1e-12)
                assert len(cell.reads) == len(step.operands)
                assert len(cell.path) == len(step.gaps)
                for index in range(len(cell.terms)):
                    assert cell.written(index).count("{") == cell.written(index).count("}")


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_a_cell_tells_which_rows_and_columns_it_reads(activation: Activation) -> None:
    layers, x, labels = case((4, 3, 3))
    steps = walk(layers, activation, x, labels)
    first = steps[0].cell(1, 2)
    assert first.reads == ((1, None), (None, 2), (None, 2))
    assert first.path == ((None, 2),)
    upward = next(step for step in steps if step.result.notation == "∂L/∂a_h")
    assert upward.cell(0, 1).reads == ((0, None), (1, None))
    assert upward.cell(0, 1).path == ((1, None),)
    weights = next(step for step in steps if step.result.notation == "∂L/∂W_h")
    assert weights.cell(3, 2).path == ((3, 2),)
    assert len(weights.cell(3, 2).terms) == len(x)


def test_a_long_sum_shows_its_largest_terms_and_the_rest_as_one() -> None:
    layers, x, labels = case((784, 10, 10), 1)
    cell = walk(layers, "sigmoid", x, labels)[0].cell(0, 7)
    kept, rest = cell.largest(4)
    assert len(kept) == 4
    assert kept == sorted(kept)
    outside = [i for i in range(785) if i not in kept]
    assert float(cell.terms[kept].abs().min()) >= float(cell.terms[outside].abs().max())
    assert float(cell.terms[kept].sum()) + rest == pytest.approx(cell.value)
    text = cell.worked(4)
    assert "781" in text
    assert number(cell.value, 6) in text
    assert text.count("{") == text.count("}")


def test_the_diagram_has_a_column_for_all_that_is_lit() -> None:
    for sizes in SIZES:
        layers, x, labels = case(sizes)
        parts = columns(layers)
        assert [part.units for part in parts[:2]] == list(sizes[:2])
        assert parts[-1] == ("L", 1)
        steps = walk(layers, "tanh", x, labels)
        for step in steps:
            assert max(step.columns) < len(parts)
            assert all(gap + 1 < len(parts) for gap in step.gaps)
            assert_belongs(step, parts)
        going = {step.column for step in steps if step.phase in ("forward", "loss")}
        assert going == set(range(1, len(parts)))


def assert_belongs(step: Step, parts: list[tuple[str, int]]) -> None:
    """The result stands in the column that bears its name and has its size."""
    if step.column is not None:
        name, units = parts[step.column]
        assert step.result.notation.removeprefix("∂L/∂").replace("δ", "z") == name
        assert step.result.grid.shape[-1] == units


def test_values_appear_going_forward_and_gradients_coming_back() -> None:
    layers, x, labels = case((4, 3, 3))
    steps = walk(layers, "sigmoid", x, labels)
    start = seen(steps, 0, 1)
    assert [entry and entry[0] for entry in start] == ["x", "z_h", None, None, None, None]
    assert torch.equal(start[1][1], steps[0].result.tensor[1])  # type: ignore[index]
    for image in (0, 1):
        names, values = zip(*(entry for entry in seen(steps, 4, image) if entry), strict=True)
        assert names == ("x", "z_h", "a_h", "z_o", "ŷ", f"loss of image {image}")
        assert float(values[5]) == pytest.approx(-float(values[4][labels[image]].log()))  # its own, not the mean
    each = steps[4].each
    assert float(each.mean()) == pytest.approx(float(steps[4].result.tensor))
    assert [entry and entry[0] for entry in seen(steps, 13, 0)] == [None, "δ_h", "∂L/∂a_h", "δ_o", None, None]


def test_of_all_probabilities_only_the_right_digits_enter_the_loss() -> None:
    layers, x, labels = case((4, 3, 3))
    step = next(step for step in walk(layers, "tanh", x, labels) if step.phase == "loss")
    assert step.enters.tolist() == labels.tolist()
    assert step.cell(0, 0).several == ((0, 0), (1, 1))  # ŷ[n, y_n], in ŷ and in y


def test_a_step_downhill_makes_the_loss_smaller() -> None:
    layers, x, labels = case((4, 3, 3))
    steps = walk(layers, "tanh", x, labels, 0.01)
    new = [step.result.tensor for step in steps if step.phase == "update"]
    moved = [Layer(new[0], new[1]), Layer(new[2], new[3])]
    before, after = (loss_and_gradients(these, "tanh", x, labels)[0] for these in (layers, moved))
    assert after < before
    text = next(step for step in steps if step.phase == "update").cell(1, 2).worked()
    assert r"\eta" in text
    assert "0.01" in text


def test_errors_are_called_delta() -> None:
    layers, x, labels = case((6, 4, 5, 3))
    notation = [step.result.notation for step in walk(layers, "tanh", x, labels) if step.phase == "backward"]
    assert [name for name in notation if "δ" in name] == ["δ_3", "δ_2", "δ_1"]
    assert not any("z" in name for name in notation)
    assert [step.result.shape for step in walk(layers, "tanh", x, labels)][:2] == ["(2, 4)", "(2, 4)"]


def test_numbers_read_as_numbers() -> None:
    assert number(0.25) == "0.25"
    assert number(1.5e-7) == r"1.5 \cdot 10^{-7}"
    assert number(-0.0) == "0"
    assert factor(-2.0) == "(-2)"


def test_nonsense_is_refused() -> None:
    layers, x, labels = case((4, 3, 3))
    with pytest.raises(ConfigError, match="first layer takes 4"):
        walk(layers, "relu", x[:, :3], labels)
