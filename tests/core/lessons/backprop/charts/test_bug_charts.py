"""Figures of the gradient check and of planted bugs: what is drawn is what was given."""

import math

import numpy as np
import pytest

from core.charts.images import WIDE, gradient_pictures
from core.charts.palette import DIVERGING, GREEN, VERMILLION
from core.lessons.backprop.charts.gradients import ABOVE, BELOW, output_error_figure, secant_figure, width_errors_figure
from core.lessons.backprop.charts.tensors import tiles_figure
from core.lessons.backprop.charts.training import BUG, RIGHT, Learning, planted_accuracy_figure, planted_loss_figure


@pytest.mark.parametrize("shape", [(28, 28), (10, 100), (1, 100), (1, 3), (3, 4), (32, 32)])
def test_pictures_fit_and_keep_every_cell(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(size=(3, *shape))
    found = gradient_pictures(values)
    count, high, wide, channels = found.shape
    assert (count, channels) == (3, 4)
    assert wide <= max(WIDE, shape[1])
    assert wide % shape[1] == high % shape[0] == 0
    assert high <= 170


def test_one_number_has_one_color_and_the_unmeasured_none() -> None:
    ways = np.array([[[1.0, -2.0, 0.0]], [[1.0, -2.0, 0.0]], [[2.0, np.nan, 0.0]]])
    found = gradient_pictures(ways)
    assert np.array_equal(found[0], found[1])
    cell = found.shape[2] // 3
    assert not np.array_equal(found[0][0, 0], found[2][0, 0])  # the scale is common: 2 is darker than 1
    assert found[2][0, cell, 3] == 0
    assert found[0][0, cell, 3] == 255
    middle = DIVERGING[2][1]
    assert found[0][0, -1, :3].tolist() == [int(middle[i : i + 2], 16) for i in (1, 3, 5)]


def test_tiles_are_green_or_red_and_say_so() -> None:
    fig = tiles_figure([[True, False]], [["2e-16", "0.98"]], [["one", "other"]], rows=["gradient"], columns=["W", "b"])
    heat = fig.data[0]
    assert heat.z.tolist() == [[1, 0]]
    assert [color for _, color in heat.colorscale] == [VERMILLION, GREEN]
    assert [list(row) for row in heat.text] == [["✓ 2e-16", "✗ 0.98"]]


def test_the_secant_goes_through_its_ends_and_the_tangent_has_its_slope() -> None:
    x = np.linspace(-2, 2, 41)
    fig = secant_figure(x, x**2, at=(1.0, 1.0), slope=2.0, ends=((0.0, 0.0), (2.0, 4.0)))
    lines = {trace.name: trace for trace in fig.data}
    secant, tangent = lines["secant"], lines["tangent"]
    assert np.allclose(np.diff(secant.y) / np.diff(secant.x), 2.0)
    assert np.allclose(secant.y, 2 * np.asarray(secant.x))
    assert np.allclose(tangent.y, 2 * np.asarray(tangent.x) - 1)
    flat = secant_figure(x, x * 0, at=(0.0, 0.0), slope=0.0, ends=((0.5, 0.0), (0.5, 0.0)))
    assert all(math.isfinite(limit) for limit in flat.layout.yaxis.range)


def test_errors_of_zero_are_left_out_of_the_log_axis() -> None:
    fig = width_errors_figure([1, 0.1, 0.01], {"float64": [0.1, 0.0, 1e-9]}, chosen=0.1)
    assert np.isnan(fig.data[0].y[1])
    assert fig.layout.xaxis.type == fig.layout.yaxis.type == "log"


def test_output_errors_name_the_label() -> None:
    fig = output_error_figure([0.2, -0.7, 0.5], label=1, y_title="ŷ − y", fixed=True)
    assert list(fig.data[0].marker.color) == [ABOVE, BELOW, ABOVE]
    assert fig.layout.annotations[0].x == "1"


def test_a_loss_that_explodes_leaves_the_chart_and_a_dead_one_ends() -> None:
    right = Learning(64, [2.3, 2.0, 1.5], (0, 192), (0.1, 0.7))
    bug = Learning(64, [2.3, 1e30, None], (0, 64), (0.1, 0.2))
    fig = planted_loss_figure(right, bug)
    assert fig.layout.yaxis.range[1] < 10
    curves = {trace.name: trace for trace in fig.data}
    assert list(curves[RIGHT].x) == [0, 64, 128]
    assert np.isnan(curves[BUG].y[2])
    assert planted_accuracy_figure(right, bug).data[1].y[-1] == 0.2
    assert planted_loss_figure(right, right).layout.xaxis.range == fig.layout.xaxis.range
