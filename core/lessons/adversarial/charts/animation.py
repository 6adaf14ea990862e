"""An attack on one image, animated: image, perturbation and probabilities move together, step by step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.animation import add_player
from core.charts.palette import DIGITS, DIVERGING, GRAY, GRAY_INK
from core.charts.series import bar, line
from core.charts.style import AXIS, GRID, Part, figure, heat, note
from core.formatting import probability

UPPER, LOWER = (0.5, 0.93), (0.0, 0.33)  # where the images and the curves stand, as shares of the height
IMAGE, CHANGE, BARS = (0.0, 0.26), (0.29, 0.55), (0.69, 1.0)  # of the width
NAMED = 0.2  # digits that ever come to this probability are named


def attack_film_figure(
    steps: Sequence[int], images: ArrayLike, changes: ArrayLike, chances: ArrayLike, *, height: int = 520
) -> go.Figure:
    """Its frames are the steps; it stands at the first. All scales are the same in every frame.

    steps (T,). images (T, 28, 28) in [0, 1]. changes (T, 28, 28): image minus original, colored from minus
    to plus the largest of them all. chances (T, 10). Below, all ten curves and a line at the step shown.
    """
    pictures = (np.asarray(images, dtype=float).clip(0, 1) * 255).round().astype(np.uint8)
    shifts = np.asarray(changes, dtype=float)
    tinted = np.round(shifts / (float(np.abs(shifts).max(initial=0.0)) or 1.0) * 127).astype(np.int8)
    likely = np.asarray(chances, dtype=float)
    digits = [str(digit) for digit in range(10)]
    span = max(1, steps[-1] - steps[0])
    moving = [
        heat(pictures[0][::-1], GRAY_INK, 0, 255, xaxis="x", yaxis="y"),
        heat(tinted[0][::-1], DIVERGING, -127, 127, xaxis="x2", yaxis="y2"),
        bar(
            digits,
            likely[0],
            "probability",
            list(DIGITS),
            xaxis="x3",
            yaxis="y3",
            hovertext=_in_percent(likely[0]),
            hover="%{x}: %{hovertext}",
        ),
        line([steps[0]] * 2, [0, 1], "step", GRAY, width=2, dash="dot", hover=None, xaxis="x4", yaxis="y4"),
    ]
    curves = [
        line(
            steps,
            likely[:, digit],
            str(digit),
            DIGITS[digit],
            hovertext=_in_percent(likely[:, digit]),
            hover="%{hovertext}",
            across="step %{x}",
            xaxis="x4",
            yaxis="y4",
        )
        for digit in np.argsort(-likely[-1]).tolist()
    ]
    titles = (("image", sum(IMAGE) / 2), ("perturbation", sum(CHANGE) / 2), ("probability", sum(BARS) / 2))
    above: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 4}
    fig = figure(
        [*moving, *curves],
        [*(note(title, x, UPPER[1], **above) for title, x in titles), *_named(steps[-1], likely)],
        height=height,
        x_axis=_square("y", IMAGE),
        y_axis=_square("x", UPPER),
        xaxis2=_square("y2", CHANGE),
        yaxis2=_square("x2", UPPER),
        xaxis3=_axis("y3", BARS, type="category", tickangle=0, tickvals=digits, tickfont={"size": 10}),
        yaxis3=_axis("x3", UPPER, share=True, range=[0, 1.02]),
        xaxis4=_axis(
            "y4",
            (0.0, 1.0),
            range=[steps[0] - 0.01 * span, steps[-1] + 0.05 * span],
            title={"text": "step", "standoff": 4},
            dtick=1 if span <= 8 else None,
            nticks=9 if span > 8 else None,
        ),
        yaxis4=_axis("x4", LOWER, share=True, range=[-0.03, 1.05]),
        margin={"t": 8},
        dragmode=False,
    )
    frames = [
        go.Frame(
            name=str(step),
            traces=[0, 1, 2, 3],
            data=[
                {"type": "heatmap", "z": pictures[k][::-1]},
                {"type": "heatmap", "z": tinted[k][::-1]},
                {"type": "bar", "y": likely[k]},
                {"type": "scatter", "x": [step, step], "y": [0, 1]},
            ],
        )
        for k, step in enumerate(steps)
    ]
    return add_player(fig, frames, redraw=True, pace=max(60, min(400, 4000 // max(1, len(steps)))))


def _square(anchor: str, place: tuple[float, float]) -> Part:
    """An axis of one of the two square images, hung from the same line."""
    axis = {"visible": False, "domain": place, "constrain": "domain", "fixedrange": True, "anchor": anchor}
    if anchor.startswith("x"):
        axis |= {"scaleanchor": anchor, "constraintoward": "top"}
    return axis | {"range": [-0.5, 27.5]}


def _axis(anchor: str, place: tuple[float, float], *, share: bool = False, **more: Any) -> Part:
    """An axis of the bars or the curves; share: an upright one of probabilities."""
    axis = {"domain": place, "anchor": anchor, "fixedrange": True, "zeroline": False, "ticks": "", "automargin": True}
    if share:
        return axis | {"gridcolor": GRID, "tickformat": ".0%", "tickvals": [0, 0.5, 1]} | more
    return axis | {"showgrid": False, "linecolor": AXIS, "showline": True} | more


def _named(end: int, likely: NDArray[np.float64]) -> list[Part]:
    """Digits at the ends of their curves, the likeliest first, where none is too near."""
    notes: list[Part] = []
    for digit in np.argsort(-likely[-1]).tolist():
        last = float(likely[-1, digit])
        if likely[:, digit].max() >= NAMED and all(abs(last - other["y"]) > 0.13 for other in notes):
            words = note(f"<b>{digit}</b>", end, last, color=DIGITS[digit], size=14, xanchor="left", xshift=5)
            notes.append({**words, "xref": "x4", "yref": "y4"})
    return notes


def _in_percent(shares: NDArray[np.float64]) -> list[str]:
    return [probability(share) for share in shares.tolist()]
