"""Kernels, feature maps and digits as pictures, cell by cell."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.heatmaps import SCALES, Kind, clickable_cells
from core.charts.images import picture
from core.charts.palette import DIVERGING, GREEN, ORANGE, SEQUENTIAL, Scale, along, rgb
from core.charts.style import bare, figure, write_all

DIM = "rgba(128, 140, 152, 0.55)"  # what is padding, over its black zeros


def picked_map_figure(
    values: ArrayLike,
    name: str,
    *,
    scale: Scale,
    limits: tuple[float, float],
    frame: tuple[int, int, int] | None = None,
    border: int = 0,
    click: bool = False,
    height: int = 300,
) -> go.Figure:
    """values (R, C) as square cells, called "name[row, column]" on hover.

    frame: (top, left, side) in cells of a framed window. border: outer rows and columns that are padding:
    dimmed, and not counted by the hover text (they have negative places or ones past the end). click: cells
    can be selected; a selected point's y and x are its row and column.
    """
    cells = np.asarray(values, dtype=float)
    rows, columns = cells.shape
    fig = figure(height=height)
    fig.add_heatmap(
        z=cells,
        x=list(range(columns)),
        y=list(range(rows)),
        zmin=limits[0],
        zmax=limits[1],
        colorscale=[list(stop) for stop in scale],
        showscale=False,
        zsmooth=False,
        customdata=np.stack([*(np.indices(cells.shape) - border), cells], axis=-1),
        hovertemplate=f"{name}[%{{customdata[0]}}, %{{customdata[1]}}] = %{{customdata[2]:.4g}}<extra></extra>",
    )
    bare(fig)
    if click:
        clickable_cells(fig, rows, columns, size=max(6, min(30, (height - 20) // rows)))
        # The markers would have the axes leave room around them.
        fig.update_xaxes(range=[-0.5, columns - 0.5])
        fig.update_yaxes(autorange=None, range=[rows - 0.5, -0.5])
    for top, left, bottom, right in _rim(rows, columns, border):
        fig.add_shape(
            type="rect", x0=left - 0.5, x1=right + 0.5, y0=top - 0.5, y1=bottom + 0.5, line_width=0, fillcolor=DIM
        )
    if frame is not None:
        top, left, side = frame
        fig.add_shape(
            type="rect",
            x0=left - 0.5,
            x1=left + side - 0.5,
            y0=top - 0.5,
            y1=top + side - 0.5,
            line={"color": GREEN, "width": 3},
        )
    return fig


def _rim(rows: int, columns: int, border: int) -> list[tuple[int, int, int, int]]:
    """Four bars (first row, first column, last row, last column) that make up the border."""
    if border == 0:
        return []
    inner = rows - border - 1
    return [
        (0, 0, border - 1, columns - 1),
        (rows - border, 0, rows - 1, columns - 1),
        (border, 0, inner, border - 1),
        (border, columns - border, inner, columns - 1),
    ]


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


WIDEST = 72  # screen pixels of a kernel at most


def kernel_grid_figure(
    kernels: ArrayLike, *, inputs: Sequence[int], outputs: Sequence[int], top: float | None = None, width: int = 600
) -> go.Figure:
    """kernels (R, C, k, k): those of input channels `inputs` (R) and output channels `outputs` (C).

    top: the size that has the full color, the same for all; None gives each kernel its own. width: screen
    pixels there are, which decide the height; the picture itself takes what it gets.
    """
    grid = np.asarray(kernels, dtype=float)
    rows, columns, side, _ = grid.shape
    peaks = np.abs(grid).max(axis=(2, 3), keepdims=True)
    tops = np.where(peaks > 0, peaks, 1.0) if top is None else np.full(peaks.shape, top or 1.0)
    gap = 1
    pitch = side + gap
    canvas = np.full((rows * pitch - gap, columns * pitch - gap), np.nan)
    told = np.full((*canvas.shape, 3), np.nan)
    for row, column in np.ndindex(rows, columns):
        at = np.s_[row * pitch : row * pitch + side, column * pitch : column * pitch + side]
        canvas[at] = grid[row, column] / tops[row, column]
        told[at] = np.stack(
            [np.full((side, side), inputs[row]), np.full((side, side), outputs[column]), grid[row, column]], axis=-1
        )
    shown = min(WIDEST, (width - 70) // columns)
    fig = figure(height=rows * shown + 64, x_title="output channel", y_title="input channel")
    fig.add_heatmap(
        z=canvas,
        customdata=told,
        zmin=-1,
        zmax=1,
        showscale=False,
        zsmooth=False,
        hoverongaps=False,
        colorscale=[list(stop) for stop in DIVERGING],
        hovertemplate="from %{customdata[0]} to %{customdata[1]}<br>weight %{customdata[2]:.4f}<extra></extra>",
    )
    bare(fig)
    middle = (side - 1) / 2
    fig.update_xaxes(
        visible=True,
        showline=False,
        showgrid=False,
        side="top",
        tickvals=[i * pitch + middle for i in range(columns)],
        ticktext=[str(i) for i in outputs],
    )
    fig.update_yaxes(
        visible=True,
        showgrid=False,
        constraintoward="top",
        tickvals=[i * pitch + middle for i in range(rows)],
        ticktext=[str(i) for i in inputs],
    )
    fig.update_xaxes(constraintoward="left")
    return fig.update_layout(margin={"l": 4, "r": 4, "t": 4, "b": 4})


def map_sprites(maps: ArrayLike, tops: ArrayLike, *, kind: Kind) -> str:
    """maps (N, H, W) one below the other as one PNG of W by N·H pixels, as a data URL; no maps give "".

    tops: (N,), the size at which the colors of each map end. kind: "signed" is blue below zero, orange
    above; "share" goes from dark at zero to yellow at the top; "image" from black to white.
    255 shades; cells that are NaN are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    count, _, wide = stack.shape
    if not count:
        return ""
    limit = np.asarray(tops, dtype=float)[:, None, None]
    limit = np.where(limit > 0, limit, 1.0)
    known = np.isfinite(stack)
    share = np.nan_to_num(stack) / limit
    share = np.clip(share / 2 + 0.5 if kind == "signed" else share, 0.0, 1.0)
    index = np.where(known, 1 + np.round(share * 254), 0).astype(np.uint8)
    image = Image.fromarray(index.reshape(-1, wide), mode="P")
    image.putpalette(shades(SCALES[kind]).tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", transparency=0)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def shades(scale: Scale) -> NDArray[np.uint8]:
    """256 colors (256, 3): the first is for nothing at all, the others go along the scale."""
    colors = along(scale, np.linspace(0.0, 1.0, 255))
    return np.concatenate([np.zeros((1, 3)), colors]).round().astype(np.uint8)


def strip(values: ArrayLike, columns: int = 64) -> NDArray[np.float64]:
    """A layer's units (N,) in rows of at most `columns`, NaN in the cells left over."""
    numbers = np.asarray(values, dtype=float)
    wide = min(columns, len(numbers))
    cells = np.full(-(-len(numbers) // wide) * wide, np.nan)
    cells[: len(numbers)] = numbers
    return cells.reshape(-1, wide)


def map_strip(
    maps: ArrayLike, *, tops: ArrayLike, signed: bool, columns: int = 8, width: int = 720
) -> NDArray[np.uint8]:
    """Maps (C, H, W) in rows of `columns` as RGBA bytes, enlarged by a whole factor to about `width` pixels.

    tops: the value at the end of the scale, one for all maps or (C,) for each its own. signed: blue below
    zero, orange above, pale at zero; otherwise from 0 to the top, dark to bright. Gaps, and values that are
    no numbers, are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    count, high, wide = stack.shape
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    factor = max(1, width // (columns * wide))
    gap = max(2, factor * wide // 12)
    cell_high, cell_wide = high * factor + gap, wide * factor + gap
    sheet = np.zeros((rows * cell_high - gap, columns * cell_wide - gap, 4), dtype=np.uint8)
    inked = (
        _colors(stack, np.asarray(tops, dtype=float).reshape(-1, 1, 1), signed)
        .repeat(factor, axis=1)
        .repeat(factor, axis=2)
    )
    for index, tile in enumerate(inked):
        up, left = (index // columns) * cell_high, (index % columns) * cell_wide
        sheet[up : up + high * factor, left : left + wide * factor] = tile
    return sheet


def _colors(values: NDArray[np.float64], tops: NDArray[np.float64], signed: bool) -> NDArray[np.uint8]:
    scale = DIVERGING if signed else SEQUENTIAL
    end = np.where(np.isfinite(tops) & (tops > 0), tops, 1.0)
    known = np.isfinite(values)
    place = np.where(known, values, 0.0) / end
    position = np.clip(place / 2 + 0.5 if signed else place, 0.0, 1.0)
    opaque = np.where(known, 255.0, 0.0)[..., None]
    return np.concatenate([along(scale, position), opaque], axis=-1).round().astype(np.uint8)


def heat_over_figure(
    image: ArrayLike, heat: ArrayLike, *, top: float, value_name: str, digit: bool = True, height: int = 260
) -> go.Figure:
    """image (28, 28) in [0, 1], heat (28, 28) from 0 to `top`, NaN where there is none; hover tells both.

    digit: let the ink shine through, and the more the less heat there is; else the heat alone.
    """
    ink = np.clip(np.asarray(image, dtype=float), 0.0, 1.0)
    values = np.asarray(heat, dtype=float)
    share = np.clip(np.nan_to_num(values) / (top or 1.0), 0.0, 1.0)
    colors = shades(SEQUENTIAL)[1 + np.round(share * 254).astype(int)].astype(float)
    gray = np.repeat(ink[..., None] * 255, 3, axis=2)
    cover = (0.25 + 0.65 * share if digit else np.ones_like(share))[..., None]
    cover = np.where(np.isfinite(values)[..., None], cover, 0.0)
    mixed = (1 - cover) * gray + cover * colors
    if not digit:
        mixed[~np.isfinite(values)] = 128.0
    told = np.where(np.isfinite(values), [[f"{v:.4g}" for v in row] for row in values], "none here")
    fig = figure(height=height)
    fig.add_image(
        z=mixed.round().astype(np.uint8),
        zsmooth=False,
        customdata=np.dstack([ink.round(3).astype(str), told]),
        hovertemplate="row %{y}, column %{x}<br>ink %{customdata[0]}<br>"
        f"{value_name} %{{customdata[1]}}<extra></extra>",
    )
    return bare(fig)


LINE = 2  # screen pixels


def framed_picture(
    image: ArrayLike, window: tuple[int, int, int, int], *, size: int = 112, outside: float = 0.45
) -> NDArray[np.uint8]:
    """image (H, W) in [0, 1], enlarged by a whole factor; window (top, left, bottom, right) framed.

    The rows top … bottom − 1 and columns left … right − 1 keep their brightness, all others are dimmed to
    `outside` of it. The frame runs inside the window's outermost pixels. Returns (H·k, W·k, 3) bytes.
    """
    pixels = np.asarray(image, dtype=float)
    factor = max(1, size // max(pixels.shape))
    top, left, bottom, right = window
    share = np.full(pixels.shape, outside)
    share[top:bottom, left:right] = 1.0
    shown = picture(pixels * share, size=factor * max(pixels.shape))
    ink = rgb(ORANGE)
    a, b, c, d = (edge * factor for edge in (top, left, bottom, right))
    if c > a and d > b:
        shown[a : a + LINE, b:d] = shown[c - LINE : c, b:d] = ink
        shown[a:c, b : b + LINE] = shown[a:c, d - LINE : d] = ink
    return shown
