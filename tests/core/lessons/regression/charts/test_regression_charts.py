"""Figures of the page on regression: axes that stay, what is drawn, and where clicks land."""

import numpy as np
import pytest

from core.lessons.regression.charts.fit import PLACES, POINTS, bends_figure, fit_figure, fit_film, placing_board
from core.lessons.regression.charts.losses import (
    fit_losses_figure,
    residual_counts_figure,
    residuals_figure,
    width_losses_figure,
)

GRID = np.linspace(-4, 4, 31)
POINTS_DRAWN = {"train": ([-2.0, 0.0, 2.0], [0.0, 1.0, 3.0]), "validation": ([1.0], [0.5])}


def names(fig: object) -> list[str]:
    return [trace.name for trace in fig.data]  # type: ignore[attr-defined]


def test_the_fit_keeps_its_axes_whatever_the_network_says() -> None:
    wild = fit_figure(GRID, 1e6 * GRID, GRID, POINTS_DRAWN, (-2, 2))
    none = fit_figure(GRID, None, None, POINTS_DRAWN, (-2, 2))
    assert wild.layout.yaxis.range == none.layout.yaxis.range
    assert names(wild) == ["true curve", "training", "validation", "network"]
    assert names(none) == ["training", "validation"]
    shaded = [(shape.x0, shape.x1) for shape in wild.layout.shapes]
    assert shaded == [(-4, -2), (2, 4)]


def test_axes_of_one_height_and_of_nothing() -> None:
    low, high = fit_figure(GRID, None, None, {"train": ([0.0, 1.0], [2.0, 2.0])}, (-2, 2)).layout.yaxis.range
    assert low < 2 < high
    assert fit_figure(GRID, None, None, {}, (-2, 2)).layout.yaxis.range == (-1.0, 1.0)


def test_only_the_networks_curve_moves_in_the_film() -> None:
    fig = fit_film(GRID, [(0.0, GRID), (12.0, GRID**2)], GRID, POINTS_DRAWN, (-2, 2))
    assert [frame.name for frame in fig.frames] == ["0", "12"]
    assert fig.data[fig.frames[1].traces[0]].name == "network"
    assert np.allclose(fig.frames[1].data[0].y, GRID**2, atol=1e-3)


def rows(n: int) -> list[dict[str, float | int | None]]:
    return [
        {"epoch": k, "train_loss": 1 / (k + 1), "validation_loss": 2 / (k + 1), "test_loss": None} for k in range(n)
    ]


def test_losses_floor_and_kept_epoch() -> None:
    fig = fit_losses_figure(rows(500), 600, floor=0.04, kept=123)
    assert fig.layout.xaxis.range == (0, 600)
    assert {"training", "validation"} <= set(names(fig))
    assert "test" not in names(fig)
    texts = [note.text for note in fig.layout.annotations]
    assert any("σ² = 0.04" in text for text in texts)
    assert any("epoch 123" in text for text in texts)
    (floor,) = (note for note in fig.layout.annotations if "σ²" in note.text)
    assert floor.y == pytest.approx(np.log10(0.04)), "Plotly wants exponents on a log axis"
    low, high = fig.layout.yaxis.range
    assert low <= np.log10(1 / 500) < np.log10(2) <= high
    assert fit_losses_figure([], 10).layout.yaxis.type == "log"
    assert fit_losses_figure(rows(3), 10, log_y=False).layout.yaxis.type is None


def test_a_loss_of_zero_stays_on_the_log_axis() -> None:
    fig = fit_losses_figure([{"epoch": 0, "train_loss": 0.0, "validation_loss": None}], 1)
    assert fig.data[0].y[0] == 1e-9
    assert fig.layout.yaxis.range[0] == -9


def test_residuals_and_their_counts() -> None:
    left = {"train": ([0.0, 1.0, 2.0], [-0.2, 0.1, 0.1]), "test": ([0.5], [0.3])}
    fig = residuals_figure(left, noise=0.1)
    assert any(shape.y0 == -0.1 and shape.y1 == 0.1 for shape in fig.layout.shapes)
    counts = residual_counts_figure(left)
    for bar in counts.data:
        assert sum(bar.y) == pytest.approx(1.0)
        assert bar.x[0] == -bar.x[-1]
    assert sum(residual_counts_figure({"train": ([], [])}).data[0].y) == 0


def test_bends_in_color_up_to_the_newest() -> None:
    parts, places = np.stack([GRID, -GRID, GRID**2]), np.array([1.0, np.nan, -9.0])
    fig = bends_figure(
        GRID, parts, [2, 0, 1], 2, parts[[2, 0]].sum(0), parts.sum(0), POINTS_DRAWN, places, (-2, 2), kinks="kink"
    )
    units = [trace for trace in fig.data if (trace.name or "").startswith("unit")]
    assert [unit.name for unit in units] == ["unit 3, kink at x = -9", "unit 1, kink at x = 1", "unit 2"]
    assert [unit.opacity for unit in units][1] == 1.0, "the newest stands out"
    assert units[2].opacity < units[0].opacity
    kinks = next(trace for trace in fig.data if trace.name == "kink")
    assert list(kinks.x) == [1.0], "one outside the picture and one without a place are not marked"


def test_the_thin_lines_of_bends_add_up_to_the_thick_one() -> None:
    parts, base = np.stack([GRID, GRID**2]), 3 - GRID
    fig = bends_figure(
        GRID, parts, [0, 1], 2, base + parts.sum(0), base + parts.sum(0), POINTS_DRAWN, [0.0, 1.0], (-2, 2), base=base
    )
    thin = [trace for trace in fig.data if trace.name == "baseline" or (trace.name or "").startswith("unit")]
    thick = next(trace for trace in fig.data if trace.name == "partial sum")
    assert len(thin) == 3
    assert np.allclose(sum(np.asarray(trace.y) for trace in thin), thick.y, atol=1e-4)
    assert not [trace for trace in fig.data if trace.name == "network"], "it would lie under the sum"
    labels = [note for note in fig.layout.annotations if "no points" in note.text]
    assert [note.yanchor for note in labels] == ["bottom", "bottom"], "the sum is high on both sides"


def test_width_losses_draw_medians_and_dots() -> None:
    train, validation = {1: [0.4, 0.2, 0.3], 4: [0.1]}, {1: [0.5], 4: [0.0]}
    fig = width_losses_figure(train, validation, {}, 0.09, (1, 4))
    line = next(trace for trace in fig.data if trace.name == "training, last epoch")
    assert list(line.y) == [0.3, 0.1]
    assert "validation, best checkpoint" not in names(fig)
    assert len(fig.data[0].x) == 4


def test_the_board_catches_clicks_everywhere_and_points_are_on_top() -> None:
    points = [(0.0, 0.5), (1.0, -0.5), (0.25, 0.0), (-1.0, 0.0), (0.75, 0.75)]
    fig = placing_board(points, (-1, 1), (-1, 1), 0.25, (GRID, GRID))
    assert len(fig.data[PLACES].x) == 81
    assert set(zip(fig.data[PLACES].x, fig.data[PLACES].y, strict=True)) >= set(points)
    assert list(zip(fig.data[POINTS].x, fig.data[POINTS].y, strict=True)) == points
    colors = fig.data[POINTS].marker.color
    assert colors[4] not in colors[:4], "every fifth is kept for the test"
    assert fig.data[2].hoverinfo == "skip", "the curve lets clicks through"
    assert fig.layout.clickmode == "event+select"
