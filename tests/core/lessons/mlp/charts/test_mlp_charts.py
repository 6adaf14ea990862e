"""Figures of the MLP panels: the numbers they are given are the numbers they show."""

import numpy as np
import pytest

from core.charts.computation_graph import Box, operations_figure
from core.charts.heatmaps import clickable_cells, confusion_figure, mark_cell, unit_grid_figure
from core.charts.intervals import before_after_figure, digit_accuracy_figure
from core.lessons.mlp.charts import loss_along_figure, now_and_start_figure, slope_figure


def test_a_clicked_marker_names_its_cell() -> None:
    table = np.arange(100).reshape(10, 10)
    fig = mark_cell(clickable_cells(confusion_figure(table), 10, 10), 4, 9, "#000000")
    markers = fig.data[-1]
    place = [i for i in range(100) if (markers.y[i], markers.x[i]) == ("4", "9")]
    assert len(place) == 1
    assert markers.customdata[place[0]][0] == table[4, 9]
    assert markers.marker.opacity == 0


def test_operations_stand_where_their_inputs_lead() -> None:
    boxes = [
        Box("a", "", "1", "1", 0),
        Box("left", "", "1", "1", 1, (0,)),
        Box("right", "", "1", "1", 1, (0,)),
        Box("mul", "", "1", "1", 2, (1, 2)),
    ]
    fig = operations_figure(boxes)
    assert len(fig.layout.shapes) == 4
    arrows = [note for note in fig.layout.annotations if note.showarrow]
    assert len(arrows) == 2 * 4
    down = [arrow for arrow in arrows if arrow.y > arrow.ay]
    assert len(down) == 4


def test_units_keep_their_numbers() -> None:
    fig = unit_grid_figure(np.linspace(0, 1, 45), limits=(0, 1))
    cells = np.asarray(fig.data[0].z)
    assert cells.shape == (3, 20)
    assert cells[1, 3] == pytest.approx(23 / 44)
    assert np.isnan(cells[2, 5:]).all()
    assert fig.data[0].customdata[1][3] == 23
    assert unit_grid_figure([-0.5], limits=(-1, 1)).data[0].zmin == -1


def test_the_step_and_its_tangent() -> None:
    x = np.linspace(-1, 1, 21)
    fig = loss_along_figure(x, x**2, before=(0.5, 0.25), after=(0.4, 0.16), slope=1.0)
    tangent = next(trace for trace in fig.data if trace.name == "tangent")
    rise = (tangent.y[-1] - tangent.y[0]) / (tangent.x[-1] - tangent.x[0])
    assert rise == pytest.approx(1.0)
    flat = loss_along_figure(x, np.ones(21), before=(0, 1), after=(0, 1), slope=0.0)
    low, high = flat.layout.yaxis.range
    assert low < 1 < high


def test_histograms_and_bars_show_what_they_are_given() -> None:
    fig = now_and_start_figure([0, 1, 2], [0.25, 0.75], [0.5, 0.5], x_title="weight")
    assert list(fig.data[0].y) == [0.25, 0.75]
    assert list(fig.data[1].y) == [0.5] * 4
    pair = before_after_figure([0.1] * 10, [0.2] * 10)
    assert [trace.name for trace in pair.data] == ["untouched", "edited"]
    dots = digit_accuracy_figure([0.9] * 10, [(0.8, 0.95)] * 10, [100] * 10, 0.9)
    assert dots.data[3].error_y.arrayminus[0] == pytest.approx(0.1)
    perfect = digit_accuracy_figure([1.0] * 10, [(1.0, 1.0)] * 10, [5] * 10, 1.0)
    assert perfect.layout.yaxis.range[0] < 1


def test_the_slope_curve_counts_every_value() -> None:
    values = np.random.default_rng(0).normal(0, 2, 5000)
    fig = slope_figure(values, lambda at: np.exp(-(at**2)), name="slope")
    assert fig.data[0].customdata.sum() == pytest.approx(1, abs=0.01)
    assert max(fig.data[0].y) == pytest.approx(1, abs=0.01)
