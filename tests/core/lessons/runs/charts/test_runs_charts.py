"""Figures of the Runs page: curves of several runs, the board of two networks, settings, trials."""

from datetime import datetime

import numpy as np
import pytest

from core.lessons.runs.charts.comparisons import both_board
from core.lessons.runs.charts.hyperparameters import parallel_figure, scatter_figure, trials_figure, trials_map
from core.lessons.runs.charts.run_curves import Curve, many_curves_figure, run_color
from core.lessons.runs.charts.scale import scale

STEPS = np.arange(1.0, 1001.0)
LOSS = 2.0 / np.sqrt(STEPS)


def curve(**changes: object) -> Curve:
    values = {"name": "a", "place": 0, "split": "train", "x": STEPS, "y": LOSS, "each_step": True, **changes}
    return Curve(**values)  # type: ignore[arg-type]


def test_a_curve_of_steps_has_band_raw_line_and_smoothed_line() -> None:
    fig = many_curves_figure([curve(smooth=LOSS)], axis="step", y_title="loss")
    band, raw, smooth = fig.data
    assert band.fill == "toself"
    assert (raw.opacity, smooth.opacity) == (0.35, None)
    assert len(raw.x) == 200
    assert len(smooth.x) <= 400
    assert np.nanmax(band.y) == LOSS.max()
    assert raw.line.color == smooth.line.color == run_color(0)
    assert len(many_curves_figure([curve(smooth=LOSS)], axis="step", y_title="loss", spread=False).data) == 2
    assert len(many_curves_figure([curve()], axis="step", y_title="loss", spread=False).data) == 1


def test_splits_have_dashes_and_runs_colors() -> None:
    three = [
        curve(split=split, place=place, each_step=False, x=np.array([0.0, 1.0]), y=np.array([0.1, 0.9]))
        for place, split in enumerate(("train", "validation", "test"))
    ]
    fig = many_curves_figure(three, axis="epoch", y_title="accuracy", percent=True)
    assert [trace.line.dash for trace in fig.data] == ["solid", "dot", "dash"]
    assert len({trace.line.color for trace in fig.data}) == 3
    assert fig.layout.yaxis.tickformat == ".1~%"


def test_logarithmic_axes_leave_out_what_has_no_logarithm() -> None:
    one = curve(x=np.array([0.0, 1.0, 2.0]), y=np.array([1.0, 0.0, 0.5]), each_step=False)
    fig = many_curves_figure([one], axis="step", y_title="loss", log_x=True, log_y=True)
    assert fig.layout.xaxis.type == fig.layout.yaxis.type == "log"
    assert list(fig.data[0].x) == [1.0, 2.0]
    assert np.isnan(fig.data[0].y[0])


def test_the_clock_shows_local_time_and_has_no_logarithm() -> None:
    start = datetime(2024, 5, 6, 7, 8, 9)
    x = start.timestamp() + np.array([0.0, 60.0])
    fig = many_curves_figure(
        [curve(x=x, y=np.array([1.0, 0.5]), each_step=False)], axis="clock", y_title="loss", log_x=True
    )
    assert fig.layout.xaxis.type == "date"
    assert str(np.datetime64(fig.data[0].x[0], "s")) == "2024-05-06T07:08:09"


def test_names_cannot_write_into_the_hover_text() -> None:
    fig = many_curves_figure([curve(name="<b>%{x}</b>")], axis="step", y_title="loss", spread=False)
    assert "<b>%{x}" not in fig.data[0].hovertemplate.removeprefix("<b>")


def test_nothing_to_draw_is_no_failure() -> None:
    empty = curve(x=np.empty(0), y=np.empty(0))
    none = curve(y=np.full(1000, np.nan))
    assert len(many_curves_figure([empty, none], axis="step", y_title="loss").data) == 0


def test_the_board_lights_one_field_and_writes_all_four() -> None:
    fig = both_board({"both": 9000, "only A": 1, "only B": 22, "neither": 3}, "only B")
    words = {note.text: (note.x, note.y) for note in fig.layout.annotations}
    assert words["<b>9,000</b><br>both"] == (0, 0)
    assert words["<b>22</b><br>only B"] == (1, 0)  # the column where A did not, the row where B did
    assert words["<b>1</b><br>only A"] == (0, 1)
    assert sorted(shape.opacity for shape in fig.layout.shapes) == [0.18, 0.18, 0.18, 0.5]


def test_scatter_has_intervals_groups_and_a_log_axis_for_rates() -> None:
    fig = scatter_figure(
        scale("lr", [0.001, 0.1, 0.1]),
        [0.8, 0.9, 0.95],
        ([0.7, 0.85, 0.9], [0.85, 0.95, 0.97]),
        ["one", "two", "three"],
        y_title="accuracy",
        groups=["a", "b", "a"],
    )
    assert fig.layout.xaxis.type == "log"
    assert [trace.name for trace in fig.data] == ["a", "b"]
    assert list(fig.data[0].y) == [0.8, 0.95]
    assert list(fig.data[0].error_y.array) == pytest.approx([0.05, 0.02])
    assert list(fig.data[0].error_y.arrayminus) == pytest.approx([0.1, 0.05])


def test_words_stand_side_by_side_and_equal_ones_apart() -> None:
    fig = scatter_figure(
        scale("activation", ["relu", "relu", "tanh"]), [1, 2, 3], None, ["a", "b", "c"], y_title="loss", percent=False
    )
    assert list(fig.layout.xaxis.ticktext) == ["relu", "tanh"]
    assert len(set(fig.data[0].x)) == 3
    assert all(abs(x - place) < 0.3 for x, place in zip(fig.data[0].x, (0, 0, 1), strict=True))


def test_parallel_axes_end_at_the_result() -> None:
    scales = [scale("lr", [0.001, 0.1, 0.01]), scale("activation", ["relu", "tanh", "relu"])]
    fig = parallel_figure(scales, [0.5, 0.9, 0.7], result="test accuracy")
    lr, activation, result = fig.data[0].dimensions
    assert list(lr.tickvals) == pytest.approx([-3, -2, -1])
    assert list(lr.ticktext) == ["0.001", "0.01", "0.1"]
    assert list(lr.values) == pytest.approx([-3, -1, -2], abs=0.03)
    assert list(activation.values) == pytest.approx([0, 1, 0], abs=0.02)
    assert list(result["values"]) == [0.5, 0.9, 0.7]
    many = parallel_figure([scale("n", list(range(100)))], np.arange(100.0), result="loss", percent=False)
    assert len(many.data[0].dimensions[0].tickvals) == 8


def test_trials_have_a_star_and_a_map_with_means() -> None:
    rates, sizes = scale("lr", [0.1, 0.1, 1.0]), scale("batch", [32, 32, 64])
    fig = trials_figure(rates, {"validation": [0.8, 0.9, 0.7], "test": [0.8, 0.8, 0.8]}, 1, y_title="accuracy")
    assert [trace.name for trace in fig.data] == ["validation", "test", "best"]
    assert (fig.data[2].x[0], fig.data[2].y[0]) == (0.1, 0.9)
    board = trials_map(rates, sizes, [0.8, 0.9, 0.7], what="accuracy").data[0].z
    assert board[0][0] == pytest.approx(0.85)  # both trials of that pair
    assert board[1][1] == pytest.approx(0.7)
    assert np.isnan(board[0][1])
    assert np.isnan(board[1][0])


def test_losses_stand_on_a_logarithmic_axis_in_powers_of_ten() -> None:
    rates, sizes = scale("lr", [0.1, 1.0]), scale("batch", [32, 64])
    fig = trials_figure(rates, {"test": [1e-5, 0.1]}, 0, y_title="loss", percent=False, log_y=True)
    assert fig.layout.yaxis.type == "log"
    assert list(fig.data[0].text) == ["10⁻⁵", "0.1"]
    board = trials_map(rates, sizes, [1e-5, 0.1], what="loss", percent=False, log=True).data[0]
    assert board.z[0][0] == pytest.approx(-5)
    assert board.text[0][0] == "10⁻⁵"
    fig = scatter_figure(rates, [1e-5, 0.1], None, ["a", "b"], y_title="loss", percent=False, log_y=True)
    assert fig.layout.yaxis.type == "log"
    result = parallel_figure([rates], [1e-5, 0.1], result="loss", percent=False, log=True).data[0].dimensions[1]
    assert list(result["values"]) == pytest.approx([-5, -1])
    assert (result.ticktext[0], result.ticktext[-1]) == ("10⁻⁵", "0.1")
    assert list(result.ticktext[1:4]) == ["0.0001", "0.001", "0.01"]
