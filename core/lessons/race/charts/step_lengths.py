"""Something positive at every step, one line an optimizer, on a log axis."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from core.charts.style import AXIS, add_line, figure

FEW = 300  # points a line


def lengths_figure(
    lines: Mapping[str, ArrayLike],
    colors: Mapping[str, str],
    *,
    y_title: str,
    updates: int,
    y_range: tuple[float, float] | None = None,
    level: float | None = None,
    height: int = 260,
) -> go.Figure:
    """lines: name → values (T,) at updates 1…T; zeros have no place on a log axis and are left out.

    level: a height to mark. updates: where the x axis ends.
    """
    fig = figure(
        height=height, x_title="update", y_title=y_title, log_y=True, x_range=(0, max(1, updates)), y_range=y_range
    )
    fig.update_yaxes(title_standoff=16)
    if y_range is not None and y_range[1] > 30 * y_range[0]:  # whole decades only, five of them or so
        fig.update_yaxes(dtick=max(1, round(np.log10(y_range[1] / y_range[0]) / 5)))
    for name, line in lines.items():
        values = np.asarray(line, dtype=float)
        few = np.unique(np.linspace(0, max(0, len(values) - 1), FEW).round().astype(int))[: len(values)]
        shown = np.where(values > 0, values, np.nan)
        add_line(fig, few + 1, shown[few], name=name, color=colors[name], label=False, width=1.8, hover="%{y:.3g}")
    if level is not None:
        fig.add_hline(y=level, line_dash="dot", line_width=1.4, line_color=AXIS)
    return fig


def common_range(groups: Sequence[ArrayLike], decades: float = 8.0) -> tuple[float, float]:
    """One range for several log charts: from the smallest to the largest value, at most so many decades.

    groups: numbers in any shape; what is not finite and positive does not count.
    """
    known = np.concatenate([np.ravel(np.asarray(group, dtype=float)) for group in groups] or [np.ones(1)])
    known = known[np.isfinite(known) & (known > 0)]
    if not len(known):
        return 0.1, 10.0
    high = float(min(known.max(), 1e12))
    return max(float(known.min()), high / 10**decades) / 1.5, high * 1.5
