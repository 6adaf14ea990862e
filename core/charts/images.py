"""Images on the screen: sharp pixels, whole grids of digits, many in one small file."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from core.charts.palette import DIVERGING, GRAY_INK, Scale, along
from core.charts.style import bare, figure, write_all


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
    fig = figure(height=height)
    fig.add_heatmap(
        z=pixels,
        zmin=limits[0],
        zmax=limits[1],
        colorscale=[list(stop) for stop in scale],
        showscale=False,
        zsmooth=False,
        hovertemplate=f"row %{{y}}, column %{{x}}<br>{value_name} %{{z:.3f}}<extra></extra>",
    )
    if numbers:
        fig.update_traces(text=np.round(pixels * 255).astype(int), texttemplate="%{text}", textfont_size=9)
    return bare(fig)


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
    fig = figure(height=max(60, round(canvas.shape[0] * cell / high)))
    notes = []
    for index, image in enumerate(stack):
        top, left = (index // columns) * (high + text_gap), (index % columns) * (wide + gap)
        canvas[top : top + high, left : left + wide] = image
        if index < len(captions):
            names[top : top + high, left : left + wide] = captions[index]
            below = {"x": left + wide / 2 - 0.5, "y": top + high, "yanchor": "top"}
            notes.append({**below, "text": captions[index], "font": {"size": 12}})
    write_all(fig, notes)
    fig.add_heatmap(
        z=canvas,
        customdata=names,
        zmin=limits[0],
        zmax=limits[1],
        showscale=False,
        zsmooth=False,
        colorscale=[list(stop) for stop in scale],
        hoverongaps=False,
        hovertemplate="%{customdata}<br>value %{z:.3f}<extra></extra>",
    )
    return bare(fig)


def picture(image: ArrayLike, *, size: int = 280, transparent: bool = False) -> NDArray[np.uint8]:
    """An image (H, W) with values in [0, 1] as sharp bytes for the screen, enlarged by a whole factor.

    Browsers smooth a small picture when they stretch it; enlarging it here keeps each pixel a square.
    Returns (H·k, W·k, 3), or (…, 4) with black made see-through.
    """
    pixels = np.clip(np.asarray(image, dtype=float), 0.0, 1.0)
    factor = max(1, size // max(pixels.shape))
    gray = np.kron(np.round(pixels * 255).astype(np.uint8), np.ones((factor, factor), dtype=np.uint8))
    layers = [gray, gray, gray, gray] if transparent else [gray, gray, gray]
    return np.stack(layers, axis=-1)


def shade(values: ArrayLike, scale: Scale) -> NDArray[np.uint8]:
    """Signed values (…, H, W) as RGBA bytes (…, H, W, 4): zero in the middle of `scale`, ends at the 99.5th
    percentile of the size, so that one extreme weight does not pale all others."""
    signed = np.asarray(values, dtype=float)
    top = float(np.quantile(np.abs(signed), 0.995)) or 1.0
    position = np.clip(signed / (2 * top) + 0.5, 0.0, 1.0)
    opaque = np.full_like(position, 255.0)[..., None]
    return np.concatenate([along(scale, position), opaque], axis=-1).round().astype(np.uint8)


COLUMNS = 40


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
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


WIDE = 155  # pixels of the screen a picture may take
LARGEST = 24  # pixels of one cell, at most


def gradient_pictures(ways: ArrayLike, *, wide: int = WIDE) -> NDArray[np.uint8]:
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
