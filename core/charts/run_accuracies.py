"""Runs side by side: each accuracy as a dot with its interval."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import model_color
from core.charts.style import AXIS, figure
from core.formatting import percent


class Scored(Protocol):
    """What is drawn of a run: fractions in [0, 1]."""

    @property
    def test_accuracy(self) -> float | None: ...
    @property
    def ci_low(self) -> float | None: ...
    @property
    def ci_high(self) -> float | None: ...


def record_figure(runs: Sequence[tuple[str, str, Scored]]) -> go.Figure:
    """(label, recipe id, run) from top to bottom; the dot's color is the recipe's."""
    fig = figure(height=80 + 44 * max(1, len(runs)), x_title="test accuracy")
    rows = [(label, recipe, run) for label, recipe, run in runs if run.test_accuracy is not None]
    x = np.array([run.test_accuracy for _, _, run in rows], dtype=float)
    low = np.array([run.ci_low for _, _, run in rows], dtype=float)
    high = np.array([run.ci_high for _, _, run in rows], dtype=float)
    places = list(range(len(rows)))
    fig.add_scatter(
        x=x,
        y=places,
        mode="markers",
        marker={"size": 10, "color": [model_color(recipe) for _, recipe, _ in rows]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": high - x,
            "arrayminus": x - low,
            "thickness": 1.6,
            "color": AXIS,
        },
        customdata=np.stack([low, high], axis=1) if len(rows) else None,
        hovertemplate="%{x:.2%} (95%: %{customdata[0]:.2%} to %{customdata[1]:.2%})<extra></extra>",
    )
    fig.update_xaxes(tickformat=".1~%", showgrid=True, nticks=6)
    for place, (label, _, _), accuracy in zip(
        places, rows, x.tolist(), strict=True
    ):  # inside the chart: a phone has no margin
        fig.add_annotation(
            x=0,
            xref="paper",
            y=place,
            text=f"<b>{percent(accuracy)}</b>  {label}",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            yshift=6,
            font_size=12,
        )
    fig.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.8])
    return fig
