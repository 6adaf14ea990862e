"""How wrong a finite difference is: too wide and the curve bends, too narrow and digits cancel."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, ORANGE
from core.charts.style import add_line, figure

COLORS = {"float64": BLUE, "float32": ORANGE}


def width_errors_figure(
    widths: Sequence[float], errors: Mapping[str, Sequence[float]], *, chosen: float, height: int = 330
) -> go.Figure:
    """errors: type name → error (W,) for each of the `widths`, on log–log axes; a line at the chosen width.

    An error of exactly zero has no place on a log axis; its point is left out.
    """
    fig = figure(
        height=height,
        x_title="step ε",
        y_title="error of the finite difference",
        legend=True,
        log_x=True,
        log_y=True,
        x_range=(min(widths) / 2, max(widths) * 2),
    )
    for name, values in errors.items():
        numbers = np.asarray(values, dtype=float)
        add_line(
            fig,
            widths,
            np.where(numbers > 0, numbers, np.nan),
            name=name,
            color=COLORS.get(name, GRAY),
            label=False,
            hover="error %{y:.3g}",
        )
        fig.data[-1].update(mode="lines+markers", marker_size=5)
    fig.add_vline(x=chosen, line_dash="dot", line_width=1.6, line_color=GRAY)
    return fig.update_xaxes(dtick=3).update_yaxes(nticks=8)
