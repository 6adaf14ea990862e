"""Which digit, or which language, was taken for which."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.annotations import write_all
from core.charts.palette import SEQUENTIAL
from core.charts.style import figure


def confusion_figure(
    counts: ArrayLike, *, names: Sequence[str] | None = None, things: str = "images", height: int = 380
) -> go.Figure:
    """counts[t, p] (C, C): images of class t called p, written in each cell; color is the share of the row.

    The diagonal (called rightly) is left pale, so that the mistakes stand out. names: of the classes, their
    numbers if None. things: what is counted.
    """
    table = np.asarray(counts, dtype=float)
    size = len(table)
    share = table / table.sum(axis=1, keepdims=True).clip(1)
    off = share.copy()
    np.fill_diagonal(off, np.nan)
    names = [str(label) for label in range(size)] if names is None else list(names)
    fig = figure(height=height, x_title="called", y_title="is")
    fig.add_heatmap(
        z=off,
        x=names,
        y=names,
        zmin=0,
        zmax=max(0.05, float(np.nanmax(off))),
        showscale=False,
        xgap=1,
        ygap=1,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        customdata=np.stack([table, share], axis=-1),
        hovertemplate=f"%{{customdata[0]:,}} {things} of %{{y}} called %{{x}} (%{{customdata[1]:.2%}})<extra></extra>",
    )
    worst = max(0.05, float(np.nanmax(off, initial=0.0)))  # the end of the colors, as above
    notes = []
    for is_, called in np.argwhere(table > 0):
        right = is_ == called
        light = not right and off[is_, called] > 0.55 * worst
        font: dict[str, object] = {"size": 11}
        if not right:
            font["color"] = "#111111" if light else "#FFFFFF"
        text = f"{int(table[is_, called]):,}"
        notes.append({"x": int(called), "y": int(is_), "text": text, "font": font})
    write_all(fig, notes)
    fig.update_xaxes(type="category", showgrid=False, showline=False, fixedrange=True)
    fig.update_yaxes(type="category", showgrid=False, autorange="reversed", fixedrange=True, title_standoff=14)
    return fig.update_layout(dragmode=False)
