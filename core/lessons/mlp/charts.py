"""Charts of the MLP lesson: weights before and after training, activations' derivatives, one gradient step."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VIOLET
from core.charts.series import bar, dots, line, series

NOW, START = VIOLET, GRAY
Floats = NDArray[np.float64]


def trained_and_initial_figure(
    edges: ArrayLike, now: ArrayLike, start: ArrayLike, *, x_title: str, height: int = 220, legend: bool = True
) -> go.Figure:
    """Shares of all numbers in each bin, (bins,), between edges (bins + 1,): trained filled, initial a line.

    Where one of them is far narrower its peak leaves the chart at the top, so that the other can be seen.
    """
    ends, after, before = (np.asarray(values, dtype=float) for values in (edges, now, start))
    lower, higher = sorted((float(after.max()), float(before.max())))
    filled = bar(
        (ends[:-1] + ends[1:]) / 2,
        after,
        "trained",
        NOW,
        width=np.diff(ends),
        marker={"line": {"width": 0}},
        opacity=0.75,
        customdata=np.column_stack([ends[:-1], ends[1:]]),
        hover="trained: %{y:.2%} between %{customdata[0]:.3g} and %{customdata[1]:.3g}",
    )
    return series(
        [filled, line(np.repeat(ends, 2)[1:-1], np.repeat(before, 2), "initial", START, width=2, hover=None)],
        height=height,
        x_title=x_title,
        y_title="share",
        legend=legend,
        x_range=(ends[0], ends[-1]),
        y_range=(0.0, 1.08 * (min(higher, 4 * lower) or 1.0)),
        x_axis={"nticks": 6},
        y_axis={"tickformat": "~%", "nticks": 4},
        bargap=0,
    )


def derivative_figure(
    values: ArrayLike, derivative: Callable[[Floats], ArrayLike], *, name: str, height: int = 240
) -> go.Figure:
    """Histogram of pre-activations `values` (any shape), scaled to the height of `derivative`'s curve.

    derivative: places (P,) → the activation's derivative there (P,).
    """
    points = np.asarray(values, dtype=float).ravel()
    reach = max(6.0, float(np.quantile(np.abs(points), 0.995)))
    grid = np.linspace(-reach, reach, 401)
    curve = np.asarray(derivative(grid), dtype=float)
    counts, edges = np.histogram(points, bins=60, range=(-reach, reach))
    columns = bar(
        (edges[:-1] + edges[1:]) / 2,
        counts / max(1, counts.max()) * curve.max(),
        "pre-activations z before training",
        GRAY,
        width=np.diff(edges),
        marker={"line": {"width": 0}},
        opacity=0.55,
        customdata=counts / max(1, len(points)),
        hover="%{customdata:.2%} of all z near %{x:.2f}",
    )
    return series(
        [columns, line(grid, curve, name, ORANGE, width=2.4, hover="derivative %{y:.4f}", across="z = %{x:.2f}")],
        height=height,
        x_title="pre-activation z",
        y_title="derivative",
        x_range=(-reach, reach),
        y_range=(min(0.0, float(curve.min())), 1.08 * float(curve.max())),
        legend=True,
        bargap=0,
    )


def relative_gradients_figure(names: Sequence[str], values: Sequence[float], own: int | None) -> go.Figure:
    """A dot on a log axis for each initialization, first name on top: the first layer's |gradient| over |weight|.

    own: the place of this network's initialization, in its color.
    """
    colors = [NOW if place == own else GRAY for place in range(len(names))]
    labels = [f"<b>{name}</b>" if place == own else name for place, name in enumerate(names)]
    return series(
        [dots(values, list(range(len(names))), "", colors, size=11, customdata=names, hover="%{customdata}: %{x:.2g}")],
        height=70 + 27 * len(names),
        x_title="relative gradient of the first layer",
        log_x=True,
        x_axis={"showgrid": True, "dtick": 1},
        y_axis={"tickvals": list(range(len(names))), "ticktext": labels, "range": [len(names) - 0.5, -0.5]},
        still=True,
    )


def loss_along_figure(
    weights: ArrayLike,
    losses: ArrayLike,
    *,
    before: tuple[float, float],
    after: tuple[float, float],
    slope: float,
    y_title: str = "loss of the batch (nats)",
    height: int = 300,
) -> go.Figure:
    """losses (P,) at weights (P,), the tangent of that `slope` at `before`, and the two ends of the step.

    before, after: (weight, loss) of the step.
    """
    x, y = np.asarray(weights, dtype=float), np.asarray(losses, dtype=float)
    finite = y[np.isfinite(y)]
    low, high = float(finite.min()), float(finite.max())
    room = 0.12 * (high - low) or 1e-6 * max(1.0, abs(high))
    tangent = before[1] + slope * (x - before[0])
    inside = (tangent >= low - room) & (tangent <= high + room)
    side = 1 if after[0] >= before[0] else -1
    ends = (("before", before, GRAY, 17, -side, -34), ("after", after, GREEN, 9, side, 34))
    traces = [
        line(x[inside], tangent[inside], "tangent", ORANGE, dash="dot", hover=f"slope {slope:.4g}"),
        line(x, y, "loss", BLUE, hover="%{y:.6g}"),
    ]
    marks = []
    for name, (weight, loss), color, size, sign, down in ends:
        hover = f"<b>{name}</b><br>weight %{{x:.6g}}<br>loss %{{y:.6g}}"
        rim = {"line": {"color": "white", "width": 1.5}}
        traces.append(dots([weight], [loss], name, color, size=size, marker=rim, hover=hover))
        arrow = {"ax": 34 * sign, "ay": down, "arrowcolor": color, "arrowwidth": 1.2, "arrowhead": 0}
        marks.append({"x": weight, "y": loss, "text": name, "font": {"color": color, "size": 13}, **arrow})
    return series(
        traces,
        marks,
        height=height,
        x_title="value of the weight",
        y_title=y_title,
        x_range=(float(x[0]), float(x[-1])),
        y_range=(low - room, high + room),
    )
