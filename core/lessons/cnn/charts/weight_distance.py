"""How far each layer's weights went from their start, epoch by epoch."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.charts.palette import CATEGORICAL, GRAY
from core.charts.style import add_line, figure


def moved_figure(
    epochs: Sequence[float], moved: Mapping[str, Sequence[float]], *, now: float | None, height: int = 220
) -> go.Figure:
    """moved: layer name → fractions, one an epoch. now: the epoch being looked at, marked."""
    fig = figure(
        height=height,
        x_title="epoch",
        y_title="moved, of the start's size",
        percent_y=True,
        x_range=(min(epochs), max(epochs) or 1.0),
    )
    for (name, values), color in zip(moved.items(), CATEGORICAL, strict=False):
        add_line(fig, epochs, values, name=name, color=color, hover="%{y:.2%}")
    fig.update_yaxes(rangemode="tozero", tickformat=".0%")
    if now is not None:
        fig.add_vline(x=now, line={"color": GRAY, "width": 1.5, "dash": "dot"})
    return fig
