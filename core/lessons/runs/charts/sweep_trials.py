"""The trials of a sweep: accuracy over each setting that varies, and over two of them at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core import formatting
from core.charts.palette import SEQUENTIAL, SPLITS
from core.charts.style import figure
from core.lessons.runs.scale import Scale


def trials_figure(
    across: Scale,
    results: Mapping[str, Sequence[float]],
    best: int | None,
    *,
    y_title: str,
    percent: bool = True,
    log_y: bool = False,
    height: int = 300,
) -> go.Figure:
    """Every trial over one setting. results: split ("validation", "test") → its number for each trial, not a
    number where it is not known. best: place of the best trial in these lists: it gets a star.
    log_y: for losses; what is not positive has no place on it."""
    fig = figure(height=height, x_title=across.name, y_title=y_title, log_x=across.log, log_y=log_y, percent_y=percent)
    if percent:
        fig.update_yaxes(tickformat=".1~%")
    value = "%{y:.2%}" if percent else "%{text}"
    for split, values in results.items():
        fig.add_scatter(
            x=list(across.places),
            y=list(values),
            name=split,
            mode="markers",
            marker={
                "size": 9,
                "color": SPLITS[split],
                "opacity": 0.75,
                "symbol": "circle" if split == "validation" else "diamond",
            },
            hovertemplate=f"<b>{split}</b> {value}<extra></extra>",
            text=None if percent else [formatting.number(value) for value in values],
        )
    if best is not None and results:
        split, values = next(iter(results.items()))
        fig.add_scatter(
            x=[across.places[best]],
            y=[values[best]],
            mode="markers",
            name="best",
            hoverinfo="skip",
            marker={"size": 19, "symbol": "star-open", "color": SPLITS[split], "line_width": 2},
        )
    if across.named:
        count = max(1, len(across.ticks))
        fig.update_xaxes(range=[-0.6, count - 0.4])
    if across.named or len(across.ticks) <= 8:
        fig.update_xaxes(tickvals=list(across.ticks), ticktext=list(across.words))
    return fig


def trials_map(
    first: Scale,
    second: Scale,
    results: ArrayLike,
    *,
    what: str,
    percent: bool = True,
    log: bool = False,
    height: int = 320,
) -> go.Figure:
    """Mean result for each pair of values of two settings; a pair that has none yet stays empty.

    results: (R,), one a run, as both settings have R places. log: colors follow the logarithm, for losses
    that are all positive.
    """
    numbers = np.asarray(results, dtype=float)
    total = np.zeros((len(second.ticks), len(first.ticks)))
    count = np.zeros_like(total)
    for x, y, value in zip(first.places, second.places, numbers, strict=True):
        if np.isfinite(value) and np.isfinite(x) and np.isfinite(y):
            row, column = list(second.ticks).index(y), list(first.ticks).index(x)
            total[row, column] += value
            count[row, column] += 1
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    fig = figure(height=height, x_title=first.name, y_title=second.name)
    fig.add_heatmap(
        z=np.log10(mean) if log else mean,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverongaps=False,
        text=[
            ["" if np.isnan(v) else (formatting.percent(v) if percent else formatting.number(v)) for v in row]
            for row in mean
        ],
        hovertext=[["" if np.isnan(v) else formatting.number(v) for v in row] for row in mean],
        texttemplate="%{text}" if mean.size <= 64 else None,
        hovertemplate=f"{first.name} %{{x}}<br>{second.name} %{{y}}<br>{what} "
        + ("%{z:.2%}" if percent else "%{hovertext}")
        + "<extra></extra>",
    )
    fig.update_xaxes(tickvals=list(range(len(first.ticks))), ticktext=list(first.words), showline=False)
    fig.update_yaxes(tickvals=list(range(len(second.ticks))), ticktext=list(second.words), showgrid=False)
    return fig
