"""The one look of every chart: transparent ground, quiet grid, fonts and ink left to the page's theme.

Nothing here sets a text or background color, so one figure serves the light and the dark theme.
`uirevision` is constant: zooming survives an update of the same chart while a run is live.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import Scale

#: A trace, a shape, an annotation or an axis, in Plotly's own words.
Part = dict[str, Any]

HEIGHT = 300
GRID = "rgba(128, 140, 152, 0.22)"
AXIS = "rgba(128, 140, 152, 0.55)"
LINE_WIDTH = 2.2


def figure(
    traces: Iterable[Part] = (),
    marks: Iterable[Part] = (),
    *,
    height: int = HEIGHT,
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    percent_y: bool = False,
    legend: bool | Part = False,
    x_axis: Part | None = None,
    y_axis: Part | None = None,
    **layout: Any,
) -> go.Figure:
    """A chart in the house style, empty or with its traces; marks with a text are written, others drawn.

    Titles carry the unit ("loss (nats)", "examples seen"). A fixed range keeps a live chart from jumping;
    on a log axis it is given in data units all the same. `percent_y` shows fractions as percentages. legend: whether
    there is one, or how it looks. x_axis, y_axis, layout: more settings, as Plotly names them.
    """
    axis = {"gridcolor": GRID, "linecolor": AXIS, "zeroline": False, "automargin": True, "ticks": ""}
    across = {"title": {"text": x_title, "standoff": 8}, "showgrid": False, "showline": True}
    # Marks of the axis are wider than Plotly thinks, powers of ten most of all: nearer, the title would touch them.
    upward = {"title": {"text": y_title, "standoff": 18 if log_y else 14}, "showgrid": True, "showline": False}
    if percent_y:
        upward["tickformat"] = ".0%"
    look = legend if isinstance(legend, dict) else {}
    marks = list(marks)
    margin = {"l": 8, "r": 16, "t": 16, "b": 8, **layout.pop("margin", {})}
    # All at once: Plotly checks every update anew, and a live chart is made twice a second.
    return go.Figure(
        data=list(traces),
        layout={
            "height": height,
            "margin": margin,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "closest",
            "uirevision": "keep",
            "showlegend": bool(legend),
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": {"text": ""}, **look},
            "bargap": 0.25,
            "dragmode": "zoom",
            "shapes": [mark for mark in marks if "text" not in mark],
            "annotations": [mark for mark in marks if "text" in mark],
            "xaxis": {**axis, **across, **_scale(log_x, x_range), **(x_axis or {})},
            "yaxis": {**axis, **upward, **_scale(log_y, y_range), **(y_axis or {})},
            **layout,
        },
    )


def _scale(log: bool, limits: tuple[float, float] | None) -> Part:
    """Settings of a logarithmic or fixed axis; Plotly wants the limits of a log axis as exponents."""
    settings: Part = {}
    if log:
        settings |= {"type": "log", "exponentformat": "power"}
    if limits is not None:
        settings["range"] = [float(np.log10(v)) for v in limits] if log else list(limits)
    return settings


def note(text: str, x: Any, y: Any, *, color: str | None = None, size: int = 12, **more: Any) -> Part:
    """Words at a place of the chart, without an arrow. more: as Plotly names it (xref, xanchor, xshift, …)."""
    font = {"size": size} if color is None else {"size": size, "color": color}
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": font, **more}


def cell_frame(left: float, right: float, top: float, bottom: float, color: str, *, width: float = 2.5) -> Part:
    """A rectangle's edge around the cells from column `left` to `right` and row `top` to `bottom`."""
    corners = {"x0": left - 0.5, "x1": right + 0.5, "y0": top - 0.5, "y1": bottom + 0.5}
    return {"type": "rect", **corners, "line": {"color": color, "width": width}}


def heat(
    z: ArrayLike, scale: Scale, low: float, high: float, *, hover: str | None = None, gap: float = 0, **more: Any
) -> Part:
    """Numbers z (R, C) as sharp cells, colored along `scale` from `low` to `high`; NaN is left empty.

    hover: what is said of a cell. gap: pixels between cells. more: settings of the trace.
    """
    said = {"hoverinfo": "skip"} if hover is None else {"hovertemplate": f"{hover}<extra></extra>"}
    look = {"zmin": low, "zmax": high, "colorscale": [list(stop) for stop in scale], "xgap": gap, "ygap": gap}
    return {"type": "heatmap", "z": z, "showscale": False, "zsmooth": False, "hoverongaps": False} | look | said | more


def image_figure(
    traces: Iterable[Part],
    marks: Iterable[Part] = (),
    *,
    height: int,
    square: bool = True,
    x_axis: Part | None = None,
    y_axis: Part | None = None,
    margin: Part | None = None,
) -> go.Figure:
    """An image: no axes, first row on top, cells square unless they may stretch over the width there is."""
    hidden: Part = {"visible": False, "fixedrange": True, "constrain": "domain"}
    shape: Part = {"scaleanchor": "x"} if square else {}
    return figure(
        traces,
        marks,
        height=height,
        x_axis={**hidden, **(x_axis or {})},
        y_axis={**hidden, "autorange": "reversed", **shape, **(y_axis or {})},
        margin={"l": 0, "r": 0, "t": 0, "b": 0, **(margin or {})},
        dragmode=False,
    )
