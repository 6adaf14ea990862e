"""A check as tiles: green where two ways agree, red where they do not, with the number in it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import GREEN, VERMILLION
from core.charts.style import figure

ROW = 46  # screen pixels


def tiles_figure(
    right: Sequence[Sequence[bool]],
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
) -> go.Figure:
    """One tile for each of R rows and C columns.

    right: whether it is green. texts: what stands in it, after a tick or a cross, so that nobody needs to
    tell the colors apart. hovers: what it says when pointed at.
    """
    fig = figure(height=ROW * len(rows) + 34)
    marked = [
        [f"{'✓' if ok else '✗'} {text}" for ok, text in zip(*both, strict=True)]
        for both in zip(right, texts, strict=True)
    ]
    fig.add_heatmap(
        z=np.asarray(right, dtype=float),
        x=list(columns),
        y=list(rows),
        zmin=0,
        zmax=1,
        colorscale=[[0, VERMILLION], [1, GREEN]],
        showscale=False,
        xgap=4,
        ygap=4,
        text=marked,
        texttemplate="%{text}",
        textfont={"color": "white", "size": 13},
        customdata=[list(row) for row in hovers],
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.update_xaxes(type="category", side="top", showline=False, fixedrange=True, tickfont_size=13)
    fig.update_yaxes(
        type="category", autorange="reversed", showgrid=False, fixedrange=True, showticklabels=len(rows) > 1
    )
    return fig.update_layout(margin={"l": 4, "r": 4, "t": 28, "b": 4}, dragmode=False)
