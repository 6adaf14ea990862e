"""A board that answers to clicks: one on an empty place sets a point there, one on a point takes it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import BLUE, GREEN
from core.charts.style import figure
from core.lessons.regression.charts.regression_fit import answer_line

PLACES, POINTS = 0, 1  # the two traces that can be clicked


def placing_board(
    points: Sequence[tuple[float, float]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    step: float,
    curve: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    height: int = 420,
) -> go.Figure:
    """Invisible markers at every `step` catch the clicks; `points` stand on top, every fifth for the test.

    curve: x (P,) and y (P,) of a network, drawn below them.
    """
    xs, ys = (np.arange(low, high + step / 2, step) for low, high in (x_range, y_range))
    across, upward = (grid.flatten() for grid in np.meshgrid(xs, ys))
    fig = figure(
        height=height,
        x_title="x",
        y_title="y",
        x_range=(x_range[0] - step, x_range[1] + step),
        y_range=(y_range[0] - step, y_range[1] + step),
    )
    unchanged = {"marker": {"opacity": 0.0}}
    fig.add_scatter(
        x=across,
        y=upward,
        mode="markers",
        name="places",
        marker={"size": 13, "opacity": 0.0},
        selected=unchanged,
        unselected=unchanged,
        showlegend=False,
        hovertemplate="click to place a point at (%{x:g}, %{y:g})<extra></extra>",
    )
    colors = [GREEN if index % 5 == 4 else BLUE for index in range(len(points))]
    fig.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        name="points",
        marker={"size": 12, "color": colors, "line": {"color": "white", "width": 1}},
        selected={"marker": {"opacity": 1.0}},
        unselected={"marker": {"opacity": 1.0}},
        showlegend=False,
        hovertemplate="click to take away (%{x:g}, %{y:g})<extra></extra>",
    )
    if curve is not None:
        line = answer_line(*curve)
        line.update(hoverinfo="skip", hovertemplate=None, showlegend=False)
        fig.add_trace(line)
    fig.update_xaxes(fixedrange=True, zeroline=True, zerolinecolor="rgba(128,140,152,0.4)", showgrid=True)
    fig.update_yaxes(fixedrange=True, zeroline=True, zerolinecolor="rgba(128,140,152,0.4)")
    return fig.update_layout(clickmode="event+select", dragmode=False)
