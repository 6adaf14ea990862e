"""A walk of ours as a line, and a text's printed numbers as rings on it."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.palette import BLUE, ORANGE
from core.charts.style import add_line, figure

TOP = 1e6  # a walk that runs away leaves the chart here: three hundred powers of ten are no axis


def beside_printed_figure(x: ArrayLike, printed: Mapping[int, float], *, height: int = 260) -> go.Figure:
    """|x| (T,) at steps 1…T on a log axis, with the rings of printed: step → x."""
    xs = np.abs(np.asarray(x, dtype=float))
    xs[xs == 0] = np.nan  # has no place on a log axis
    known = np.concatenate([xs[np.isfinite(xs)], list(printed.values())])
    fig = figure(
        height=height,
        x_title="step",
        y_title="|x|",
        log_y=True,
        legend=True,
        x_range=(0.4, max(len(xs), *printed) + 0.6),
        y_range=(known.min() / 2, min(known.max() * 2, TOP)),
    )
    fig.update_yaxes(dtick=1, title_standoff=16)
    add_line(fig, np.arange(1, len(xs) + 1), xs, name="computed here", color=BLUE, label=False)
    fig.data[-1].update(mode="lines+markers", marker_size=5)
    fig.add_scatter(
        x=list(printed),
        y=list(printed.values()),
        mode="markers",
        name="the chapter's numbers",
        marker={"symbol": "circle-open", "size": 13, "color": ORANGE, "line_width": 2},
        hovertemplate="<b>the chapter</b>, step %{x}<br>x %{y:.12g}<extra></extra>",
    )
    return fig
