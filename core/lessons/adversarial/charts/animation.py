"""An attack on one image as a film: picture, perturbation and probabilities move together, step by step."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import DIGITS, DIVERGING, GRAY, GRAY_INK
from core.charts.series import add_line
from core.charts.style import AXIS, GRID, figure
from core.formatting import probability

UPPER, LOWER = (0.5, 0.93), (0.0, 0.33)  # where the pictures and the curves stand, as shares of the height


def attack_film_figure(
    steps: Sequence[int], images: ArrayLike, changes: ArrayLike, chances: ArrayLike, *, height: int = 520
) -> go.Figure:
    """The film's frames are the steps; it stands at the first. All scales are the same in every frame.

    steps (T,). images (T, 28, 28) in [0, 1]. changes (T, 28, 28): image minus original, colored from minus
    to plus the largest of them all. chances (T, 10). Below, all ten curves and a line at the step shown; only
    digits that ever come to 20% are named there.
    """
    pictures, shifts = _as_bytes(images), np.asarray(changes, dtype=float)
    top = float(np.abs(shifts).max(initial=0.0)) or 1.0
    tinted = np.round(shifts / top * 127).astype(np.int8)
    likely = np.asarray(chances, dtype=float)
    fig = figure(height=height)
    _pictures(fig, pictures[0], tinted[0])
    _bars(fig, likely[0])
    _curves(fig, steps, likely)
    frames = [
        go.Frame(
            name=str(step),
            traces=[0, 1, 2, 3],
            data=[
                go.Heatmap(z=pictures[k][::-1]),
                go.Heatmap(z=tinted[k][::-1]),
                go.Bar(y=likely[k]),
                go.Scatter(x=[step, step], y=[0, 1]),
            ],
        )
        for k, step in enumerate(steps)
    ]
    add_player(fig, frames, redraw=True, pace=max(60, min(400, 4000 // max(1, len(steps)))))
    return fig.update_layout(dragmode=False, margin_t=8)


def _as_bytes(images: ArrayLike) -> NDArray[np.uint8]:
    pictures: NDArray[np.uint8] = (np.asarray(images, dtype=float).clip(0, 1) * 255).round().astype(np.uint8)
    return pictures


def _pictures(fig: go.Figure, image: NDArray[np.uint8], change: NDArray[np.int8]) -> None:
    """Two square pictures at the upper left, hung from the same line."""
    looks = (
        (image, GRAY_INK, 0, 255, "x", "y", (0.0, 0.26), "picture"),
        (change, DIVERGING, -127, 127, "x2", "y2", (0.29, 0.55), "change"),
    )
    for values, scale, low, high, across, upward, place, title in looks:
        fig.add_heatmap(
            z=values[::-1],
            zmin=low,
            zmax=high,
            colorscale=[list(stop) for stop in scale],
            showscale=False,
            zsmooth=False,
            hoverinfo="skip",
            xaxis=across,
            yaxis=upward,
        )
        x_name, y_name = across.replace("x", "xaxis"), upward.replace("y", "yaxis")
        fig.update_layout(
            {
                x_name: {
                    "visible": False,
                    "domain": place,
                    "constrain": "domain",
                    "fixedrange": True,
                    "anchor": upward,
                    "range": [-0.5, 27.5],
                },
                y_name: {
                    "visible": False,
                    "domain": UPPER,
                    "scaleanchor": across,
                    "constrain": "domain",
                    "constraintoward": "top",
                    "fixedrange": True,
                    "anchor": across,
                    "range": [-0.5, 27.5],
                },
            }
        )
        _titled(fig, title, sum(place) / 2)


def _bars(fig: go.Figure, chances: NDArray[np.float64]) -> None:
    """Ten bars at the upper right."""
    digits = [str(digit) for digit in range(10)]
    fig.add_bar(
        x=digits,
        y=chances,
        marker_color=list(DIGITS),
        xaxis="x3",
        yaxis="y3",
        showlegend=False,
        hovertext=[probability(chance) for chance in chances.tolist()],
        hovertemplate="%{x}: %{hovertext}<extra></extra>",
    )
    fig.update_layout(
        xaxis3={
            "type": "category",
            "domain": (0.69, 1.0),
            "anchor": "y3",
            "fixedrange": True,
            "showgrid": False,
            "linecolor": AXIS,
            "showline": True,
            "tickangle": 0,
            "ticks": "",
            "tickvals": digits,
            "tickfont": {"size": 10},
        },
        yaxis3={
            "domain": UPPER,
            "anchor": "x3",
            "range": [0, 1.02],
            "tickformat": ".0%",
            "gridcolor": GRID,
            "tickvals": [0, 0.5, 1],
            "fixedrange": True,
            "zeroline": False,
        },
    )
    _titled(fig, "probability", 0.845)


def _curves(fig: go.Figure, steps: Sequence[int], chances: NDArray[np.float64]) -> None:
    """Ten probabilities over the steps, and the line that marks the step shown."""
    fig.add_scatter(
        x=[steps[0]] * 2,
        y=[0, 1],
        mode="lines",
        line={"color": GRAY, "width": 2, "dash": "dot"},
        xaxis="x4",
        yaxis="y4",
        hoverinfo="skip",
        showlegend=False,
    )
    span = max(1, steps[-1] - steps[0])
    fig.update_layout(
        xaxis4={
            "domain": (0.0, 1.0),
            "anchor": "y4",
            "fixedrange": True,
            "showgrid": False,
            "linecolor": AXIS,
            "range": [steps[0] - 0.01 * span, steps[-1] + 0.05 * span],
            "automargin": True,
            "ticks": "",
            "title": {"text": "step", "standoff": 4},
            "zeroline": False,
            **({"dtick": 1} if span <= 8 else {"nticks": 9}),
        },
        yaxis4={
            "domain": LOWER,
            "anchor": "x4",
            "fixedrange": True,
            "range": [-0.03, 1.05],
            "gridcolor": GRID,
            "tickformat": ".0%",
            "tickvals": [0, 0.5, 1],
            "automargin": True,
            "zeroline": False,
            "ticks": "",
        },
    )
    named: list[float] = []
    for digit in np.argsort(-chances[-1]).tolist():
        add_line(fig, steps, chances[:, digit], name=str(digit), color=DIGITS[digit], label=False)
        fig.data[-1].update(
            xaxis="x4",
            yaxis="y4",
            hovertext=[probability(chance) for chance in chances[:, digit].tolist()],
            hovertemplate=f"<b>{digit}</b> %{{hovertext}}<br>step %{{x}}",
        )
        last = float(chances[-1, digit])
        if chances[:, digit].max() >= 0.2 and all(abs(last - other) > 0.13 for other in named):
            named.append(last)
            fig.add_annotation(
                x=steps[-1],
                y=last,
                xref="x4",
                yref="y4",
                text=f"<b>{digit}</b>",
                showarrow=False,
                xanchor="left",
                xshift=5,
                font={"color": DIGITS[digit], "size": 14},
            )


def _titled(fig: go.Figure, text: str, x: float) -> None:
    fig.add_annotation(
        x=x, y=UPPER[1], xref="paper", yref="paper", text=text, showarrow=False, yanchor="bottom", yshift=4
    )
