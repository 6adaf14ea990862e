"""How large gradients are, how they are measured, and what becomes of them on the way back."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, ORANGE, PURPLE, SKY, VERMILLION, VIOLET
from core.charts.series import band, bar, dots, level, line, series, upright
from core.charts.style import note

Point = tuple[float, float]
DTYPES: Final = {"float64": BLUE, "float32": ORANGE}
BELOW, ABOVE = DIVERGING[1][1], DIVERGING[3][1]
#: The activations of the vanishing gradient.
ACTIVATION_COLORS: Final = {"sigmoid": VIOLET, "tanh": GREEN, "relu": VERMILLION}
#: The three forms of one gradient; the two that train have the colors of their networks.
FORM_COLORS: Final = {"loop": ORANGE, "matrices": SKY, "autograd": BLUE}


def secant_figure(
    weights: ArrayLike,
    losses: ArrayLike,
    *,
    at: Point,
    slope: float,
    ends: tuple[Point, Point],
    y_title: str = "loss on the batch (nats)",
    height: int = 330,
) -> go.Figure:
    """losses (P,) at weights (P,); the tangent of that `slope` through `at`, a (weight, loss); the secant
    through `ends`. Both lines are drawn as far as the window reaches; the axes do not move with the point."""
    x, y = np.asarray(weights, dtype=float), np.asarray(losses, dtype=float)
    low, high = float(y.min()), float(y.max())
    room = 0.15 * (high - low) or 1e-6 * max(1.0, abs(high))
    (left, first), (right, second) = ends
    measured = (second - first) / (right - left) if right != left else 0.0
    traces = [line(x, y, "loss", BLUE, hover="%{y:.6g}")]
    lines = (("secant", (left, first), measured, PURPLE, "solid"), ("tangent", at, slope, ORANGE, "dot"))
    for name, through, steep, color, dash in lines:
        height_of = through[1] + steep * (x - through[0])
        inside = (height_of >= low - room) & (height_of <= high + room)
        traces.append(line(x[inside], height_of[inside], name, color, dash=dash, hover=f"slope {steep:.6g}"))
    for name, points, color, size in (("w ± ε", ends, PURPLE, 9), ("w", (at,), ORANGE, 13)):
        xs, ys = zip(*points, strict=True)
        rim = {"line": {"color": "white", "width": 1.5}}
        hover = f"<b>{name}</b><br>weight %{{x:.9g}}<br>loss %{{y:.9g}}"
        traces.append(dots(xs, ys, name, color, size=size, marker=rim, hover=hover, showlegend=False))
    return series(
        traces,
        height=height,
        x_title="value of this weight",
        y_title=y_title,
        legend=True,
        x_range=(float(x[0]), float(x[-1])),
        y_range=(low - room, high + room),
    )


def width_errors_figure(
    widths: Sequence[float], errors: Mapping[str, Sequence[float]], *, chosen: float, height: int = 330
) -> go.Figure:
    """errors: type name → error (W,) for each of the `widths`, on log–log axes; a line at the chosen width.

    An error of exactly zero has no place on a log axis; its point is left out.
    """
    return series(
        [
            line(widths, _positive(values), name, DTYPES.get(name, GRAY), size=5, hover="error %{y:.3g}")
            for name, values in errors.items()
        ],
        [upright(chosen)],
        height=height,
        x_title="step ε",
        y_title="error of the finite difference",
        legend=True,
        log_x=True,
        log_y=True,
        x_range=(min(widths) / 2, max(widths) * 2),
        x_axis={"dtick": 3},
        y_axis={"nticks": 8},
    )


def shrinking_figure(
    names: Sequence[str],
    sizes: ArrayLike,
    current: int,
    *,
    other: ArrayLike | None = None,
    label: str = "",
    other_label: str = "",
    height: int = 300,
) -> go.Figure:
    """sizes (F,): RMS after each factor, on a logarithmic axis; zeros have no place there and are left out.

    names: the factors, left to right. current: the factor to mark. other: the same of another network, in
    gray. label, other_label: what the two lines are, told on hover and in the legend.
    """
    lines = [] if other is None else [(other, other_label, GRAY, 1.6)]
    hover = "after %{customdata}: %{y:.4g}"
    traces = [
        line(
            range(len(names)),
            _positive(values),
            caption,
            color,
            width=width,
            size=7,
            hover=hover,
            across="",
            customdata=list(names),
        )
        for values, caption, color, width in [*lines, (sizes, label, ORANGE, 2.4)]
    ]
    now = float(np.asarray(sizes, dtype=float)[current])
    if now > 0:
        ring = {"line": {"color": GREEN, "width": 3}}
        traces.append(dots([current], [now], "now", "rgba(0,0,0,0)", size=17, marker=ring, showlegend=False))
    return series(
        traces,
        height=height,
        y_title="RMS of the product so far",
        log_y=True,
        legend=other is not None,
        x_ticks=dict(enumerate(names)),
        x_axis={"tickangle": -40, "range": [-0.4, len(names) - 0.6], "fixedrange": True},
        y_axis={"nticks": 6, "fixedrange": True},
    )


def output_error_figure(
    errors: Sequence[float], *, label: int, y_title: str, fixed: bool, height: int = 260
) -> go.Figure:
    """errors (K,): ŷ − y for each class; that of the `label` is named. fixed: the axis is −1…1."""
    names = [str(k) for k in range(len(errors))]
    colors = [ABOVE if e > 0 else BELOW for e in errors]
    below = errors[label] < 0
    anchor = {"yanchor": "top" if below else "bottom", "yshift": -2 if below else 2}
    return series(
        [bar(names, list(errors), "", colors, marker={"line": {"width": 0}}, hover="class %{x}: %{y:+.4f}")],
        [level(0, dash="solid", width=1), {**note("true class", names[label], errors[label]), **anchor}],
        height=height,
        x_title="class",
        y_title=y_title,
        y_range=(-1.15, 1.15) if fixed else None,
        x_axis={"type": "category"},
        dragmode=False,
    )


class Banded(Protocol):
    """What is drawn: one entry a place in each."""

    @property
    def mean(self) -> Sequence[float]: ...
    @property
    def low(self) -> Sequence[float]: ...
    @property
    def high(self) -> Sequence[float]: ...


def banded_figure(
    x: ArrayLike,
    bands: Mapping[str, Banded],
    colors: Mapping[str, str],
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    hover: str = "%{text}",
    height: int = 320,
) -> go.Figure:
    """One line a name over the places x (P,), with its band, on a logarithmic y axis.

    bands: name as written in the legend → its values. colors: the same names → hues. A place whose value is
    not finite or not positive is a gap in the line.
    """
    places = np.asarray(x, dtype=float)
    traces = []
    for place, (name, values) in enumerate(bands.items()):
        low, high = _positive(values.low), _positive(values.high)
        known = np.isfinite(low) & np.isfinite(high)
        if known.sum() > 1:
            traces.append(band(places[known], low[known], high[known], colors[name]))
        width = max(1.8, 4.4 - 1.3 * place)  # a line under another stays visible
        middle = _positive(values.mean)
        traces.append(line(places, middle, name, colors[name], width=width, size=width + 4, hover=hover))
    every = np.concatenate([_positive([*values.low, *values.high]) for values in bands.values()])
    every = every[np.isfinite(every)]
    reach = float(np.log10(every.max() / every.min())) if len(every) else 1.0
    return series(
        traces,
        height=height,
        x_title=x_title,
        y_title=y_title,
        log_x=log_x,
        log_y=True,
        legend=True,
        x_ticks={place: f"{place:g}" for place in places.tolist()} if log_x else None,
        x_axis=None if log_x else {"tickmode": "linear", "dtick": 1},
        # At most about eight powers of ten; where there are too few, marks between them are wanted.
        y_axis={"dtick": int(np.ceil(reach / 8))} if reach > 2 else None,
    )


def _positive(values: ArrayLike) -> NDArray[np.float64]:
    """The numbers, those that have no place on a log axis as NaN."""
    numbers = np.asarray(values, dtype=float)
    return np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)
