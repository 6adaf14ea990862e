"""Kernels, feature maps and digits as images, cell by cell."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.heatmaps import SCALES, Kind, clickable_cells
from core.charts.images import Bytes, data_url, picture
from core.charts.palette import DIVERGING, GREEN, ORANGE, SEQUENTIAL, Scale, along, rgb
from core.charts.style import Part, cell_frame, heat, image_figure, note

DIM = "rgba(128, 140, 152, 0.55)"  # what is padding, over its black zeros
WIDEST = 72  # screen pixels of a kernel at most
LINE = 2  # screen pixels of a patch's frame


def picked_map_figure(
    values: ArrayLike,
    name: str,
    *,
    scale: Scale,
    limits: tuple[float, float],
    frame: tuple[int, int, int] | None = None,
    border: int = 0,
    click: bool = False,
    height: int = 250,
) -> go.Figure:
    """values (R, C) as square cells, called "name[row, column]" on hover.

    frame: (top, left, side) in cells of a framed window. border: outer rows and columns that are padding:
    dimmed, and not counted by the hover text (they have negative places or ones past the end). click: cells
    can be selected; a selected point's y and x are its row and column.
    """
    cells = np.asarray(values, dtype=float)
    rows, columns = cells.shape
    trace = heat(
        cells,
        scale,
        *limits,
        x=list(range(columns)),
        y=list(range(rows)),
        customdata=np.stack([*(np.indices(cells.shape) - border), cells], axis=-1),
        hover=f"{name}[%{{customdata[0]}}, %{{customdata[1]}}] = %{{customdata[2]:.4g}}",
    )
    marks = _rim(rows, columns, border)
    if frame is not None:
        top, left, side = frame
        marks.append(cell_frame(left, left + side - 1, top, top + side - 1, GREEN, width=3))
    fig = image_figure([trace], marks, height=height)
    if click:
        clickable_cells(fig, rows, columns, size=max(6, min(30, (height - 20) // rows)))
        # The markers would have the axes leave room around them.
        fig.update_xaxes(range=[-0.5, columns - 0.5])
        fig.update_yaxes(autorange=None, range=[rows - 0.5, -0.5])
    return fig


def _rim(rows: int, columns: int, border: int) -> list[Part]:
    """Four dim bars that make up the border."""
    if border == 0:
        return []
    inner = rows - border - 1
    bars = (  # first row, first column, last row, last column
        (0, 0, border - 1, columns - 1),
        (rows - border, 0, rows - 1, columns - 1),
        (border, 0, inner, border - 1),
        (border, columns - border, inner, columns - 1),
    )
    return [
        {**cell_frame(left, right, top, bottom, DIM, width=0), "fillcolor": DIM} for top, left, bottom, right in bars
    ]


def number_grid_figure(
    values: ArrayLike,
    *,
    scale: Scale = DIVERGING,
    limits: tuple[float, float] | None = None,
    frame: tuple[int, int] | None = None,
    cell: int | None = None,
) -> go.Figure:
    """values (R, C), at most about 6×6, printed to three digits. limits: of the colors, ±largest size if None.

    frame: (row, column) of a cell to frame. cell: a row's height in screen pixels.
    """
    cells = np.asarray(values, dtype=float)
    few = len(cells) <= 3
    top = float(np.abs(cells).max(initial=0.0)) or 1.0
    low, high = limits or (-top, top)
    shares = (cells - low) / ((high - low) or 1.0)
    marks = [
        note(written(float(value)), column, row, size=13 if few else 11, color=_ink(scale, float(shares[row, column])))
        for (row, column), value in np.ndenumerate(cells)
    ]
    if frame is not None:
        marks.append(cell_frame(frame[1], frame[1], frame[0], frame[0], GREEN, width=3))
    trace = heat(cells, scale, low, high, gap=2, hover="row %{y}, column %{x}: %{z:.6g}")
    return image_figure([trace], marks, height=(cell or (46 if few else 34)) * len(cells) + 4, square=False)


def written(value: float) -> str:
    """A number to three digits, never "-0", and 0 for what is only left over by rounding."""
    return f"{round(value, 12) + 0.0:.3g}".replace("-", "−")


def _ink(scale: Scale, share: float) -> str:
    """Black on bright colors, white on dark ones."""
    red, green, blue = along(scale, share)
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"


def kernel_grid_figure(
    kernels: ArrayLike, *, inputs: Sequence[int], outputs: Sequence[int], top: float | None = None, width: int = 600
) -> go.Figure:
    """kernels (R, C, k, k): those of input channels `inputs` (R) and output channels `outputs` (C).

    top: the size that has the full color, the same for all; None gives each kernel its own. width: screen
    pixels there are, which decide the height; the picture itself takes what it gets.
    """
    grid = np.asarray(kernels, dtype=float)
    rows, columns, side, _ = grid.shape
    sizes = np.abs(grid).max(axis=(2, 3), keepdims=True)
    tops = np.where(sizes > 0, sizes, 1.0) if top is None else np.full(sizes.shape, top or 1.0)
    pitch, middle = side + 1, (side - 1) / 2
    canvas = np.full((rows * pitch - 1, columns * pitch - 1), np.nan)
    customdata = np.full((*canvas.shape, 3), np.nan)
    for row, column in np.ndindex(rows, columns):
        at = np.s_[row * pitch : row * pitch + side, column * pitch : column * pitch + side]
        canvas[at] = grid[row, column] / tops[row, column]
        customdata[at][..., :2] = inputs[row], outputs[column]
        customdata[at][..., 2] = grid[row, column]
    hover = "from %{customdata[0]} to %{customdata[1]}<br>weight %{customdata[2]:.4f}"
    channels = {
        axis: {
            "visible": True,
            "showgrid": False,
            "title": {"text": f"{axis} channel", "standoff": 8},
            "tickvals": [i * pitch + middle for i in range(len(places))],
            "ticktext": [str(place) for place in places],
        }
        for axis, places in (("input", inputs), ("output", outputs))
    }
    return image_figure(
        [heat(canvas, DIVERGING, -1, 1, customdata=customdata, hover=hover)],
        height=rows * min(WIDEST, (width - 70) // columns) + 64,
        x_axis={**channels["output"], "showline": False, "side": "top", "constraintoward": "left"},
        y_axis={**channels["input"], "constraintoward": "top"},
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
    )


def _shares(maps: ArrayLike, tops: ArrayLike, signed: bool) -> NDArray[np.float64]:
    """Where values (N, H, W) lie along a scale, 0 … 1, whose end is at tops (N,) or one for all; NaN stays."""
    end = np.asarray(tops, dtype=float).reshape(-1, 1, 1)
    place = np.asarray(maps, dtype=float) / np.where(np.isfinite(end) & (end > 0), end, 1.0)
    place[~np.isfinite(place)] = np.nan
    return np.clip(place / 2 + 0.5 if signed else place, 0.0, 1.0)


def map_sprites(maps: ArrayLike, tops: ArrayLike, *, kind: Kind) -> str:
    """maps (N, H, W) one below the other as one PNG of W by N·H pixels, as a data URL; no maps give "".

    tops: (N,), the size at which the colors of each map end. kind: "signed" is blue below zero, orange
    above; "share" goes from dark at zero to yellow at the top; "image" from black to white.
    255 shades; cells that are NaN are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    if not len(stack):
        return ""
    share = _shares(stack, tops, kind == "signed")
    index = np.where(np.isnan(share), 0, 1 + np.round(np.nan_to_num(share) * 254)).astype(np.uint8)
    image = Image.fromarray(index.reshape(-1, stack.shape[-1]), mode="P")
    image.putpalette(shades(SCALES[kind]).tobytes())
    return data_url(image, transparency=0)


def shades(scale: Scale) -> Bytes:
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


def map_strip(maps: ArrayLike, *, tops: ArrayLike, signed: bool, columns: int = 8, width: int = 720) -> Bytes:
    """Maps (C, H, W) in rows of `columns` as RGBA bytes, enlarged by a whole factor to about `width` pixels.

    tops: the value at the end of the scale, one for all maps or (C,) for each its own. signed: blue below
    zero, orange above, pale at zero; otherwise from 0 to the top, dark to bright. Gaps, and values that are
    no numbers, are see-through.
    """
    stack = np.asarray(maps, dtype=float)
    count, high, wide = stack.shape
    columns = max(1, min(columns, count))
    factor = max(1, width // (columns * wide))
    gap = max(2, factor * wide // 12)
    cell_high, cell_wide = high * factor + gap, wide * factor + gap
    sheet = np.zeros((-(-count // columns) * cell_high - gap, columns * cell_wide - gap, 4), dtype=np.uint8)
    share = _shares(stack, tops, signed)
    colors = along(DIVERGING if signed else SEQUENTIAL, np.nan_to_num(share))
    opaque = np.where(np.isnan(share), 0.0, 255.0)[..., None]
    inked = np.concatenate([colors, opaque], axis=-1).round().astype(np.uint8)
    for index, tile in enumerate(inked.repeat(factor, axis=1).repeat(factor, axis=2)):
        up, left = (index // columns) * cell_high, (index % columns) * cell_wide
        sheet[up : up + high * factor, left : left + wide * factor] = tile
    return sheet


def heat_over_figure(
    image: ArrayLike, heat: ArrayLike, *, top: float, value_name: str, digit: bool = True, height: int = 260
) -> go.Figure:
    """A saliency map or Grad-CAM over its image: image (28, 28) in [0, 1], heat (28, 28) from 0 to `top`, NaN
    where there is none; hover tells both.

    digit: let the digit shine through, and the more the less heat there is; else the heat alone.
    """
    ink = np.clip(np.asarray(image, dtype=float), 0.0, 1.0)
    values = np.asarray(heat, dtype=float)
    known = np.isfinite(values)
    share = np.clip(np.nan_to_num(values) / (top or 1.0), 0.0, 1.0)
    colors = shades(SEQUENTIAL)[1 + np.round(share * 254).astype(int)].astype(float)
    cover = np.where(known, 0.25 + 0.65 * share if digit else 1.0, 0.0)[..., None]
    mixed = (1 - cover) * (ink[..., None] * 255) + cover * colors
    if not digit:
        mixed[~known] = 128.0
    customdata = np.where(known, [[f"{v:.4g}" for v in row] for row in values], "none here")
    place = "row %{y}, column %{x}<br>pixel %{customdata[0]}<br>"
    trace = {
        "type": "image",
        "z": mixed.round().astype(np.uint8),
        "zsmooth": False,
        "customdata": np.dstack([ink.round(3).astype(str), customdata]),
        "hovertemplate": f"{place}{value_name} %{{customdata[1]}}<extra></extra>",
    }
    return image_figure([trace], height=height)


def framed_picture(
    image: ArrayLike, window: tuple[int, int, int, int], *, size: int = 112, outside: float = 0.45
) -> Bytes:
    """image (H, W) in [0, 1], enlarged by a whole factor; window (top, left, bottom, right) framed.

    The rows top … bottom − 1 and columns left … right − 1 keep their brightness, all others are dimmed to
    `outside` of it. The frame runs inside the window's outermost pixels. Returns (H·k, W·k, 3) bytes.
    """
    pixels = np.asarray(image, dtype=float)
    top, left, bottom, right = window
    share = np.full(pixels.shape, outside)
    share[top:bottom, left:right] = 1.0
    shown = picture(pixels * share, size=size)
    factor = len(shown) // len(pixels)
    ink = rgb(ORANGE)
    a, b, c, d = (edge * factor for edge in (top, left, bottom, right))
    if c > a and d > b:
        shown[a : a + LINE, b:d] = shown[c - LINE : c, b:d] = ink
        shown[a:c, b : b + LINE] = shown[a:c, d - LINE : d] = ink
    return shown
