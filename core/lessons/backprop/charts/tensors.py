"""A check as colored tiles, a tensor as a thumbnail."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.heatmaps import SCALES, Kind, pool
from core.charts.palette import GREEN, VERMILLION, along
from core.charts.style import figure, heat

ROW = 46  # screen pixels
CELLS = 42  # a side of a thumbnail at most: more cannot be told apart


def tiles_figure(
    right: Sequence[Sequence[bool]],
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
) -> go.Figure:
    """One tile for each of R rows and C columns: green where two ways agree, red where they do not.

    right: whether it is green. texts: what stands in it, after a tick or a cross, so that nobody needs to
    tell the colors apart. hovers: what it says when pointed at.
    """
    marked = [
        [f"{'✓' if ok else '✗'} {text}" for ok, text in zip(*both, strict=True)]
        for both in zip(right, texts, strict=True)
    ]
    tiles = heat(
        np.asarray(right, dtype=float),
        ((0, VERMILLION), (1, GREEN)),
        0,
        1,
        gap=4,
        x=list(columns),
        y=list(rows),
        text=marked,
        texttemplate="%{text}",
        textfont={"color": "white", "size": 13},
        customdata=[list(row) for row in hovers],
        hover="%{customdata}",
    )
    axis = {"type": "category", "fixedrange": True, "showgrid": False}
    return figure(
        [tiles],
        height=ROW * len(rows) + 34,
        x_axis={**axis, "side": "top", "showline": False, "tickfont": {"size": 13}},
        y_axis={**axis, "autorange": "reversed", "showticklabels": len(rows) > 1},
        margin={"l": 4, "r": 4, "t": 28, "b": 4},
        dragmode=False,
    )


def thumbnail(values: ArrayLike, *, kind: Kind = "signed", size: int = 168) -> NDArray[np.uint8]:
    """values (R, C) as RGBA bytes (size, size, 4), colors as in `matrix_figure`.

    A long row is folded, 784 numbers into the image they are. Of a large matrix each block shows the number
    largest in size.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    if len(table) == 1 and table.shape[1] > CELLS:
        table = _folded(table[0])
    if max(table.shape) > CELLS:
        table = pool(table, -(-table.shape[0] // CELLS), -(-table.shape[1] // CELLS))
    top = float(np.nanmax(np.abs(table), initial=0.0)) or 1.0
    share = np.clip(table / (2 * top) + 0.5 if kind == "signed" else table / top, 0.0, 1.0)
    colors = along(SCALES[kind], share)
    opaque = np.where(np.isnan(table), 0.0, 255.0)[..., None]
    picture = np.concatenate([np.nan_to_num(colors), opaque], axis=-1).round().astype(np.uint8)
    rows, columns = (np.arange(size) * count // size for count in table.shape)
    enlarged: NDArray[np.uint8] = picture[rows][:, columns]
    return enlarged


def _folded(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """A row as a table that is nearly square, empty where numbers run out."""
    wide = int(np.ceil(np.sqrt(len(row))))
    table = np.full(-(-len(row) // wide) * wide, np.nan)
    table[: len(row)] = row
    return table.reshape(-1, wide)
