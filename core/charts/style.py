"""The one look of every chart: transparent ground, quiet grid, fonts and ink left to the page's theme.

Nothing here sets a text or background color, so one figure serves the light and the dark theme.
`uirevision` is constant: zooming survives an update of the same chart while a run is live.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.annotations import write_all
from core.charts.color_arrays import along
from core.charts.palette import GRAY_INK, Scale
from core.formatting import number, probability

HEIGHT = 300
GRID = "rgba(128, 140, 152, 0.22)"
AXIS = "rgba(128, 140, 152, 0.55)"
LINE_WIDTH = 2.2


def figure(
    *,
    height: int = HEIGHT,
    x_title: str = "",
    y_title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    percent_y: bool = False,
    legend: bool = False,
) -> go.Figure:
    """An empty chart in the house style; add traces to it.

    Titles carry the unit ("loss (nats)", "examples seen"). A fixed range keeps a live chart from jumping;
    on a log axis it is given in data units all the same. `percent_y` shows fractions as percentages.
    """
    axis = {"gridcolor": GRID, "linecolor": AXIS, "zeroline": False, "automargin": True, "ticks": ""}
    across = {"title": {"text": x_title, "standoff": 8}, "showgrid": False, "showline": True}
    upward = {"title": {"text": y_title, "standoff": 8}, "showgrid": True, "showline": False}
    if percent_y:
        upward["tickformat"] = ".0%"
    # One layout at once: Plotly checks every update anew, and a live chart is made twice a second.
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": 8, "r": 16, "t": 16, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "closest",
            "uirevision": "keep",
            "showlegend": legend,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
            "bargap": 0.25,
            "dragmode": "zoom",
            "xaxis": {**axis, **across, **_scale(log_x, x_range)},
            "yaxis": {**axis, **upward, **_scale(log_y, y_range)},
        }
    )


def _scale(log: bool, limits: tuple[float, float] | None) -> dict[str, object]:
    """Settings of a logarithmic or fixed axis; Plotly wants the limits of a log axis as exponents."""
    settings: dict[str, object] = {}
    if log:
        settings |= {"type": "log", "exponentformat": "power"}
    if limits is not None:
        settings["range"] = [float(np.log10(v)) for v in limits] if log else list(limits)
    return settings


def add_line(
    fig: go.Figure,
    x: ArrayLike,
    y: ArrayLike,
    *,
    name: str,
    color: str,
    label: bool = True,
    dash: str = "solid",
    width: float = LINE_WIDTH,
    opacity: float = 1.0,
    hover: str = "%{y:.4g}",
) -> go.Figure:
    """A curve y (P,) over x (P,) with its name written at its right end, which reads faster than a legend.

    hover: what is said of a point; %{text} is y written for people, where that may be a small power of ten.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    x_name = fig.layout.xaxis.title.text or "x"
    fig.add_scatter(
        x=xs,
        y=ys,
        name=name,
        mode="lines" if len(xs) > 1 else "markers",
        opacity=opacity,
        line={"color": color, "width": width, "dash": dash},
        marker={"color": color, "size": 7},
        hovertemplate=f"<b>{name}</b> {hover}<br>{x_name} %{{x:.6g}}<extra></extra>",
        text=[number(float(y)) for y in ys] if "%{text}" in hover else None,
    )
    known = np.flatnonzero(np.isfinite(ys))
    if label and len(known):
        end = known[-1]
        direct_label(fig, xs[end], ys[end], name, color)
    return fig


def direct_label(fig: go.Figure, x: float, y: float, text: str, color: str) -> go.Figure:
    """Write `text` to the right of the point (x, y), given in data units even on log axes."""
    if fig.layout.xaxis.type == "log":
        x = float(np.log10(x))
    if fig.layout.yaxis.type == "log":
        y = float(np.log10(y))
    fig.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=6, font={"color": color, "size": 13}
    )
    if fig.layout.xaxis.range:  # an axis that scales itself leaves room for its labels
        fig.update_layout(margin_r=max(fig.layout.margin.r or 0, 14 + 8 * len(text)))
    return fig


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


def bare(fig: go.Figure) -> go.Figure:
    """Strip the axes from a picture and keep its pixels square, first row on top."""
    fig.update_xaxes(visible=False, constrain="domain", fixedrange=True)
    fig.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain", fixedrange=True)
    return fig.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, dragmode=False)


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


def bars(
    values: ArrayLike, names: Sequence[str], colors: Sequence[str], *, height: int = 240, percent: bool = True
) -> go.Figure:
    """Horizontal bars, first name on top, the value written beside each; a percent axis is fixed at 0-100%.

    values: (B,), fractions where `percent`; names, colors: B of them.
    For ten probabilities: `bars(p, [str(d) for d in range(10)], palette.DIGITS)`.
    """
    numbers = np.asarray(values, dtype=float)
    top = 1.0 if percent else float(np.nanmax(numbers, initial=0.0)) or 1.0
    fig = figure(height=height, x_range=(0.0, top * 1.14))
    fig.add_bar(
        x=numbers,
        y=list(names),
        orientation="h",
        marker_color=list(colors),
        cliponaxis=False,
        text=[_written(v, percent) for v in numbers],
        textposition="outside",
        customdata=[probability(v) if percent else number(v, 4) for v in numbers],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    fig.update_xaxes(visible=False, fixedrange=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(margin={"l": 8, "r": 8, "t": 4, "b": 4}, bargap=0.3, dragmode=False)


def _written(value: float, percent: bool) -> str:
    """A bar's number; nothing beside bars too short to see, where "0.0%" ten times over is clutter."""
    if not percent:
        return number(value)
    return probability(value) if value >= 0.001 else ""


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
