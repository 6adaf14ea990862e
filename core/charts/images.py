"""Images on the screen: sharp pixels, whole grids of digits, many in one small file."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.palette import DIVERGING, GRAY_INK, Scale, along
from core.charts.style import Part, heat, image_figure, note

COLUMNS = 40  # digits a row of a sprite sheet
WIDE = 155  # screen pixels that a gradient's image may take
LARGEST = 24  # screen pixels of one of its cells, at most
Bytes = NDArray[np.uint8]


def pixel_heatmap(
    image: ArrayLike,
    *,
    height: int = 320,
    scale: Scale = GRAY_INK,
    limits: tuple[float, float] = (0.0, 1.0),
    value_name: str = "value",
    numbers: bool = False,
) -> go.Figure:
    """One image (H, W) as sharp squares without axes; hovering tells row, column and value.

    `numbers` writes each pixel as a byte (0-255) into its square; use a height of 600 or more then.
    """
    pixels = np.asarray(image, dtype=float)
    bytes_: Part = {"text": np.round(pixels * 255).astype(int), "texttemplate": "%{text}", "textfont": {"size": 9}}
    hover = f"row %{{y}}, column %{{x}}<br>{value_name} %{{z:.3f}}"
    return image_figure([heat(pixels, scale, *limits, hover=hover, **(bytes_ if numbers else {}))], height=height)


def image_grid(
    images: ArrayLike,
    captions: Sequence[str] = (),
    *,
    columns: int = 10,
    cell: int = 64,
    scale: Scale = GRAY_INK,
    limits: tuple[float, float] = (0.0, 1.0),
) -> go.Figure:
    """Images (N, H, W) in rows, a caption under each; hovering tells caption and pixel value.

    One heatmap for all of them keeps a hundred images as quick as one. `cell` is the height of an image on
    the screen in pixels; the width follows from the space there is.
    """
    stack = np.asarray(images, dtype=float)
    count, high, wide = stack.shape
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    gap, text_gap = max(1, wide // 14), max(1, high // 14) + (round(high * 0.3) if captions else 0)
    canvas = np.full((rows * (high + text_gap), columns * (wide + gap) - gap), np.nan)
    names = np.full(canvas.shape, "", dtype=object)
    notes = []
    for index, image in enumerate(stack):
        top, left = (index // columns) * (high + text_gap), (index % columns) * (wide + gap)
        canvas[top : top + high, left : left + wide] = image
        if index < len(captions):
            names[top : top + high, left : left + wide] = captions[index]
            notes.append(note(captions[index], left + wide / 2 - 0.5, top + high, yanchor="top"))
    cells = heat(canvas, scale, *limits, customdata=names, hover="%{customdata}<br>value %{z:.3f}")
    return image_figure([cells], notes, height=max(60, round(canvas.shape[0] * cell / high)))


def picture(image: ArrayLike, *, size: int = 280, transparent: bool = False) -> Bytes:
    """An image (H, W) with values in [0, 1] as sharp gray bytes for the screen, enlarged by a whole factor.

    Returns (H·k, W·k, 3), or (…, 4) with black made see-through.
    """
    gray = np.round(np.clip(np.asarray(image, dtype=float), 0.0, 1.0) * 255).astype(np.uint8)
    return enlarged(np.stack([gray] * (4 if transparent else 3), axis=-1), size)


def enlarged(image: Bytes, size: int) -> Bytes:
    """Bytes (H, W, …) k times as large, k whole, about `size` pixels: browsers smooth what they stretch."""
    factor = max(1, size // max(image.shape[:2]))
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def tinted(values: ArrayLike, scale: Scale = DIVERGING) -> Bytes:
    """Numbers (…) in [-1, 1] as RGB bytes (…, 3); 0 is the middle of `scale`."""
    position = np.clip(np.nan_to_num(np.asarray(values, dtype=float)) / 2 + 0.5, 0.0, 1.0)
    return along(scale, position).round().astype(np.uint8)


def shade(values: ArrayLike, scale: Scale) -> Bytes:
    """Signed values (…, H, W) as RGBA bytes (…, H, W, 4): zero in the middle of `scale`, ends at the 99.5th
    percentile of the size, so that one extreme weight does not pale all others."""
    signed = np.asarray(values, dtype=float)
    colors = tinted(signed / (float(np.quantile(np.abs(signed), 0.995)) or 1.0), scale)
    return np.concatenate([colors, np.full_like(colors[..., :1], 255)], axis=-1)


def sprite_sheet(images: ArrayLike, columns: int = COLUMNS) -> str:
    """Images (N, H, W) in [0, 1] side by side as one gray PNG, `columns` a row, as a data URL.

    Image i starts at pixel (W·(i mod columns), H·(i div columns)). A thousand digits make about 250 kB.
    """
    stack = np.asarray(images, dtype=float)
    count, high, wide = stack.shape
    rows = max(1, -(-count // columns))
    sheet = np.zeros((rows * columns, high, wide), dtype=np.uint8)
    sheet[:count] = np.round(np.clip(stack, 0, 1) * 255)
    pixels = sheet.reshape(rows, columns, high, wide).swapaxes(1, 2).reshape(rows * high, columns * wide)
    return data_url(Image.fromarray(pixels))


def data_url(image: Image.Image, **settings: Any) -> str:
    """An image as a PNG that a page or a figure can carry. settings: of Pillow's encoder."""
    file = io.BytesIO()
    image.save(file, "PNG", **settings)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def gradient_pictures(ways: ArrayLike, *, wide: int = WIDE) -> Bytes:
    """ways (V, rows, columns): V pictures as RGBA bytes (V, H, W, 4), a number has the same color in all.

    Blue is below zero, orange above. NaN, what was not measured, is left see-through. Cells are enlarged
    here, so that no browser smooths them; where there are many columns and few rows they stand upright.
    """
    values = np.asarray(ways, dtype=float)
    known = np.isfinite(values)
    pictures = shade(np.where(known, values, 0.0), DIVERGING)
    pictures[..., 3] = np.where(known, 255, 0)
    rows, columns = values.shape[1:]
    across = int(np.clip(wide // columns, 1, LARGEST))
    down = across if rows > 12 else int(np.clip(90 // rows, across, LARGEST))
    return pictures.repeat(down, axis=1).repeat(across, axis=2)
