"""Figures that play: the first picture, the frames, axes that stand still, and charts with many decades."""

import numpy as np
import pytest

from core.charts.palette import optimizer_color
from core.lessons.race.charts.descent import (
    ZONES,
    beside_printed_figure,
    common_range,
    lengths_figure,
    rate_zones_figure,
    rolling_figure,
)
from core.lessons.race.charts.paths import CELLS, TAIL, OptimizerPath, color_bar, map_race_figure, relief, relief_uri


def test_the_ball_goes_from_place_to_place() -> None:
    x, across = np.array([6.0, 4.8, 3.84, 1e9]), np.linspace(-11, 11, 50)
    fig = rolling_figure(across, across**2, x, x**2, color="#1A83C4", bottoms=[(0.0, 0.0)])
    assert [frame.name for frame in fig.frames] == ["1", "2", "3"]  # the fourth lies 10⁸ pictures away
    assert [step.label for step in fig.layout.sliders[0].steps] == ["1", "2", "3"]
    for place, frame in enumerate(fig.frames):
        path, ball = frame.data
        assert [fig.data[trace].name for trace in frame.traces] == ["path", "ball"]
        np.testing.assert_array_equal(path.x, x[: place + 1])
        assert list(ball.x) == [x[place]]
        assert list(ball.text) == [f"x = {x[place]:.4g}"]
    assert list(fig.data[-1].x) == [6.0]  # it stands at the start
    assert list(fig.layout.xaxis.range) == [-11, 11]
    assert fig.layout.yaxis.range[1] < 140  # whatever the ball does
    assert fig.layout.xaxis.fixedrange


def test_a_ball_that_runs_away_leaves_no_place_that_a_browser_cannot_draw() -> None:
    """Uphill at a large rate x grows to 10³⁰⁰, and a browser fills its console with errors."""
    across = np.linspace(-11, 11, 50)
    for x in (6 * 2.1 ** np.arange(400), -6 * (-2.1) ** np.arange(400)):
        fig = rolling_figure(across, across**2, x, x**2, color="#1A83C4")
        drawn = list(fig.data) + [trace for frame in fig.frames for trace in frame.data]
        assert max(np.abs([*trace.x, *trace.y]).max(initial=0) for trace in drawn) < 1e4
        assert len(fig.frames) > 1


def test_zones_are_shaded_and_the_rate_is_marked() -> None:
    zones = [("slow convergence", 0.0, 0.025), ("converging", 0.025, 0.5), ("diverging", 1.0, float("inf"))]
    fig = rate_zones_figure(zones, 0.1)
    assert [(s.x0, s.x1) for s in fig.layout.shapes if s.type == "rect"] == [(0.001, 0.025), (0.025, 0.5), (1.0, 5.0)]
    assert {note.text for note in fig.layout.annotations} == {"slow convergence", "converging", "diverging"}
    assert {name for name, *_ in zones} <= set(ZONES)
    mark = fig.data[-1]
    assert (mark.x[0], mark.y[0]) == pytest.approx((0.1, 0.8))
    far = rate_zones_figure(zones, 5.0).data[-1]  # |1 − 10| = 9: beyond the chart, and said to be
    assert far.marker.symbol == "triangle-up"
    assert "|factor| 9" in far.hovertemplate
    assert "now" not in {trace.name for trace in rate_zones_figure(zones, None).data}  # another optimizer's


def test_printed_numbers_are_rings_of_their_own() -> None:
    fig = beside_printed_figure([6.0, -4.0, 0.0], {14: 0.33, 15: 0.26})
    ours, printed = fig.data
    assert printed.name == "book chapter"
    assert list(printed.x) == [14, 15]
    assert list(ours.y[:2]) == [6.0, 4.0]
    assert np.isnan(ours.y[2])
    far = beside_printed_figure(6 * 2.1 ** np.arange(900.0), {14: 0.33})
    assert far.layout.yaxis.range[1] <= 6


def race(points: int, moments: list[int]) -> object:
    x, y = np.linspace(-2, 2, 41), np.linspace(-1, 1, 41)
    heights = y[:, None] ** 2 + x[None] ** 2
    line = np.stack([np.linspace(-2, 0, points), np.linspace(1, 0, points)], axis=1)
    ways = [OptimizerPath(name, line, np.arange(points) * 2, optimizer_color(name)) for name in ("sgd", "adam")]
    return map_race_figure(
        x, y, heights, ways, picture=relief_uri(heights), start=(-2, 1), minima=[(0, 0)], moments=moments
    )


def test_comets_stand_where_the_update_is() -> None:
    fig = race(60, [0, 1, 50, 118])
    assert [frame.name for frame in fig.frames] == ["0", "1", "50", "118"]
    for frame, last in zip(fig.frames, (0, 0, 25, 59), strict=True):
        assert [fig.data[trace].name for trace in frame.traces] == ["sgd", "adam"]
        for comet in frame.data:
            assert comet.x[-1] == pytest.approx(-2 + 2 * last / 59)
            assert len(comet.x) == min(TAIL, last + 1)
            assert list(comet.marker.size) == [0] * (len(comet.x) - 1) + [13]
    assert {trace.type for trace in fig.data[1:]} == {"scatter"}  # playing makes Plotly forget others
    assert fig.layout.images[0].source.startswith("data:image/png;base64,")


def test_the_start_lies_over_the_balls_and_around_them() -> None:
    fig = race(60, [0, 118])
    start = fig.data[-1]
    assert (start.name, start.x[0], start.y[0]) == ("start", -2, 1)
    assert "open" in start.marker.symbol
    assert start.marker.size > max(max(trace.marker.size) for trace in fig.frames[0].data)


def test_the_bar_says_which_height_is_which_blue() -> None:
    heights = np.geomspace(0.01, 100, 50).reshape(5, 10)
    bar = next(trace for trace in race(3, [0, 4]).data if trace.name == "f")
    assert bar.marker.colorbar.title.text == "f"
    marker = color_bar(heights)
    floor = 100 * 1e-5
    shown = dict(zip(marker["colorbar"]["ticktext"], marker["colorbar"]["tickvals"], strict=True))
    assert list(shown) == ["0.01", "0.1", "1", "10", "100"]
    for told, at in shown.items():
        assert 10**at - floor == pytest.approx(float(told), rel=0.05)
    deepest, ground = (ink for _, ink in marker["colorscale"])
    assert (deepest[-5:], ground[-3:]) == (",0.5)", ",0)")  # as the map's own water, in either theme


def test_a_map_is_wettest_at_its_lowest_and_has_lines() -> None:
    x = np.linspace(-1, 1, 201)
    drawn = relief(x[None] ** 2 + (x[:, None] + 1) ** 2)  # lowest in the middle of the lower edge
    assert drawn.shape == (201, 201, 4)
    water = drawn[..., 3]
    assert water[-1, 100] > 100
    assert water[0, 3] < water[-1, 100]
    along = drawn[-1, :, 0].astype(int)  # the ink turns gray where a line is crossed
    assert ((along[1:] > 60) & (along[:-1] <= 60)).sum() >= 10


def test_every_place_of_the_map_can_be_clicked() -> None:
    fig = race(3, [0, 4])
    clicks = next(trace for trace in fig.data if trace.type == "scatter" and len(trace.x) == CELLS**2)
    assert (min(clicks.x), max(clicks.x), min(clicks.y), max(clicks.y)) == (-2, 2, -1, 1)
    assert fig.layout.clickmode == "event+select"
    corner = clicks.customdata[0][0]
    assert corner == pytest.approx(5.0)


def test_log_charts_leave_zeros_out_and_share_a_range() -> None:
    lines = {"SGD": np.geomspace(1, 1e-12, 2000), "Adam": np.array([0.0, 1.0])}
    low, high = common_range(list(lines.values()))
    assert high == pytest.approx(1.5)
    assert low == pytest.approx(1e-8 / 1.5)
    fig = lengths_figure(
        lines, dict.fromkeys(lines, "#000000"), y_title="length", updates=2000, y_range=(low, high), mark=0.1
    )
    assert len(fig.data[0].x) <= 300
    assert np.isnan(fig.data[1].y[0])
    assert fig.data[0].x[-1] == 2000
    assert common_range([np.zeros(3)]) == (0.1, 10.0)
    empty = lengths_figure({"SGD": []}, {"SGD": "#000000"}, y_title="length", updates=1)
    assert len(empty.data[0].x) == 0
