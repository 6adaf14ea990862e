"""A few cells with their numbers printed in them."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.annotations import write_all
from core.charts.color_arrays import along
from core.charts.palette import DIVERGING, GREEN, Scale
from core.charts.style import bare, figure


def number_grid_figure(
    values: ArrayLike,
    *,
    scale: Scale = DIVERGING,
    limits: tuple[float, float] | None = None,
    frame: tuple[int, int] | None = None,
    cell: int | None = None,
) -> go.Figure:
    """values (R, C), at most about 6×6, to three digits. limits: of the colors, ±largest size if None.

    frame: (row, column) of a cell to frame. cell: a row's height in screen pixels.
    """
    cells = np.asarray(values, dtype=float)
    top = float(np.abs(cells).max(initial=0.0)) or 1.0
    low, high = limits or (-top, top)
    height = cell or (46 if len(cells) <= 3 else 34)
    fig = figure(height=height * len(cells) + 4)
    fig.add_heatmap(
        z=cells,
        zmin=low,
        zmax=high,
        colorscale=[list(stop) for stop in scale],
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="row %{y}, column %{x}: %{z:.6g}<extra></extra>",
    )
    bare(fig)
    fig.update_yaxes(scaleanchor=None)
    notes = []
    for (row, column), value in np.ndenumerate(cells):
        share = (value - low) / ((high - low) or 1.0)
        font = {"size": 13 if len(cells) <= 3 else 11, "color": _ink(scale, float(share))}
        notes.append({"x": column, "y": row, "text": written(float(value)), "font": font})
    write_all(fig, notes)
    if frame is not None:
        row, column = frame
        fig.add_shape(
            type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5, line={"color": GREEN, "width": 3}
        )
    return fig


def written(value: float) -> str:
    """A number to three digits, never "-0", and 0 for what is only left over by rounding."""
    return f"{round(value, 12) + 0.0:.3g}".replace("-", "−")


def _ink(scale: Scale, share: float) -> str:
    """Black on bright colors, white on dark ones."""
    red, green, blue = along(scale, share)
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"
