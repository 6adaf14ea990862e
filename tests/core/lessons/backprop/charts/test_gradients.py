"""Charts of gradients: secant and tangent, errors, products, bands, tiles and thumbnails."""

import math
from dataclasses import dataclass

import numpy as np

from core.charts.palette import GREEN, VERMILLION
from core.lessons.backprop.charts.gradients import (
    ABOVE,
    BELOW,
    banded_figure,
    output_error_figure,
    secant_figure,
    shrinking_figure,
    width_errors_figure,
)
from core.lessons.backprop.charts.tensors import thumbnail, tiles_figure


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


def test_tiles_are_green_or_red_and_say_so() -> None:
    fig = tiles_figure([[True, False]], [["2e-16", "0.98"]], [["one", "other"]], rows=["gradient"], columns=["W", "b"])
    heat = fig.data[0]
    assert heat.z.tolist() == [[1, 0]]
    assert [color for _, color in heat.colorscale] == [VERMILLION, GREEN]
    assert [list(row) for row in heat.text] == [["✓ 2e-16", "✗ 0.98"]]


def test_a_product_that_vanishes_leaves_the_logarithmic_axis() -> None:
    fig = shrinking_figure(["a", "b", "c"], [1.0, 0.1, 0.0], 1, other=[1, 1, 1], label="us", other_label="them")
    assert [trace.name for trace in fig.data[:2]] == ["them", "us"]
    assert np.isnan(fig.data[1].y[2])
    assert list(fig.data[2].x) == [1]
    assert len(shrinking_figure(["a", "b"], [1.0, 0.0], 1).data) == 1


def test_thumbnails_are_square_and_keep_the_sign() -> None:
    picture = thumbnail(np.array([[-1.0, 1.0]]), size=10)
    assert picture.shape == (10, 10, 4)
    assert picture[0, 0, 2] > picture[0, 0, 0]  # blue below zero
    assert picture[0, 9, 0] > picture[0, 9, 2]
    assert thumbnail(np.random.default_rng(0).normal(size=(512, 256))).shape == (168, 168, 4)
    folded = thumbnail(np.ones((1, 50)), kind="share")
    assert folded[0, 0, 3] == 255
    assert folded[-1, -1, 3] == 0


@dataclass(frozen=True)
class Values:
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def test_bands_reach_from_the_lowest_to_the_highest() -> None:
    bands = {"a": Values((1.0, 10.0), (0.5, 5.0), (2.0, 20.0)), "b": Values((3.0, 4.0), (3.0, 4.0), (3.0, 4.0))}
    fig = banded_figure([1, 256], bands, {"a": "#112233", "b": "#445566"}, x_title="x", y_title="y", log_x=True)
    band, line = fig.data[0], fig.data[1]
    assert list(band.y) == [2.0, 20.0, 5.0, 0.5]
    assert list(line.y) == [1.0, 10.0]
    assert line.line.color == "#112233"
    assert (fig.layout.xaxis.type, fig.layout.yaxis.type) == ("log", "log")
    assert list(fig.layout.xaxis.ticktext) == ["1", "256"]


def test_what_a_log_axis_cannot_hold_is_a_gap() -> None:
    nan = float("nan")
    bands = {"a": Values((nan, 0.0, 3.0), (nan, 0.0, 3.0), (nan, 0.0, 3.0))}
    fig = banded_figure([1, 2, 3], bands, {"a": "#112233"}, x_title="x", y_title="y")
    assert np.isnan(fig.data[0].y[:2]).all()
    assert fig.data[0].y[2] == 3.0


def test_a_wide_axis_keeps_few_marks() -> None:
    bands = {"a": Values((1e-30, 1.0), (1e-30, 1.0), (1e-30, 1.0))}
    fig = banded_figure([1, 2], bands, {"a": "#112233"}, x_title="x", y_title="y")
    assert fig.layout.yaxis.dtick == 4
