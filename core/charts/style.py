"""The one look of every chart: transparent ground, quiet grid, fonts and ink left to the page's theme.

Nothing here sets a text or background color, so one figure serves the light and the dark theme.
`uirevision` is constant: zooming survives an update of the same chart while a run is live.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go

HEIGHT = 300
GRID = "rgba(128, 140, 152, 0.22)"
AXIS = "rgba(128, 140, 152, 0.55)"
LINE_WIDTH = 2.2


def figure(
    *,
    height: int = HEIGHT,
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    percent_y: bool = False,
    legend: bool = False,
) -> go.Figure:
    """An empty chart in the house style; add traces to it.

    Titles carry the unit ("loss (nats)", "examples seen"). A fixed range keeps a live chart from jumping;
    on a log axis it is given in data units all the same. `percent_y` shows fractions as percentages.
    """
    axis = {"gridcolor": GRID, "linecolor": AXIS, "zeroline": False, "automargin": True, "ticks": ""}
    across = {"title": {"text": x_title, "standoff": 8}, "showgrid": False, "showline": True}
    upward = {"title": {"text": y_title, "standoff": 8}, "showgrid": True, "showline": False}
    if percent_y:
        upward["tickformat"] = ".0%"
    # One layout at once: Plotly checks every update anew, and a live chart is made twice a second.
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 16, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "closest",
            "uirevision": "keep",
            "showlegend": legend,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
            "bargap": 0.25,
            "dragmode": "zoom",
            "xaxis": {**axis, **across, **_scale(log_x, x_range)},
            "yaxis": {**axis, **upward, **_scale(log_y, y_range)},
        }
    )


def _scale(log: bool, limits: tuple[float, float] | None) -> dict[str, object]:
    """Settings of a logarithmic or fixed axis; Plotly wants the limits of a log axis as exponents."""
    settings: dict[str, object] = {}
    if log:
        settings |= {"type": "log", "exponentformat": "power"}
    if limits is not None:
        settings["range"] = [float(np.log10(v)) for v in limits] if log else list(limits)
    return settings


def bare(fig: go.Figure) -> go.Figure:
    """Strip the axes from a picture and keep its pixels square, first row on top."""
    fig.update_xaxes(visible=False, constrain="domain", fixedrange=True)
    fig.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain", fixedrange=True)
    return fig.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode=False)


def write_all(fig: go.Figure, notes: Iterable[dict[str, Any]]) -> go.Figure:
    """Put `notes` on the chart, after those it has: each what `fig.add_annotation` would take, without arrow.

    A hundred of them one by one take half a second.
    """
    written = [{"showarrow": False, **note} for note in notes]
    return fig.update_layout(annotations=[*fig.layout.annotations, *written])
