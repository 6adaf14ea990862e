"""How large the factor of a step is at every learning rate, with the zones it falls into."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE, VERMILLION
from core.charts.style import AXIS, add_line, figure

LIMITS = (0.001, 5.0)
COLORS: Mapping[str, str] = {"crawling": GRAY, "straight down": GREEN, "oscillating": ORANGE, "diverging": VERMILLION}


def rate_zones_figure(
    zones: Sequence[tuple[str, float, float]], lr: float | None, bend: float = 2.0, *, height: int = 270
) -> go.Figure:
    """|1 − bend · lr| against lr on a log axis.

    zones: (name, from, to) in rates, shaded and named. lr: the present rate, marked; None where the
    zones do not hold for it.
    """
    rates = np.geomspace(*LIMITS, 400)
    top = 1.6
    fig = figure(
        height=height,
        x_title="learning rate",
        y_title=f"|1 − {bend:g} · lr|",
        log_x=True,
        x_range=LIMITS,
        y_range=(-0.04, top),
    )
    for name, low, high in zones:
        left, right = max(low, LIMITS[0]), min(high, LIMITS[1])
        fig.add_vrect(x0=left, x1=right, fillcolor=COLORS[name], opacity=0.13, line_width=0, layer="below")
        fig.add_annotation(
            x=(np.log10(left) + np.log10(right)) / 2,
            y=top * 0.98,
            yanchor="top",
            text=name,
            textangle=-90,
            showarrow=False,
            font={"color": COLORS[name], "size": 12},
        )
    fig.add_hline(y=1, line_dash="dot", line_width=1.2, line_color=AXIS)
    add_line(fig, rates, np.abs(1 - bend * rates), name="|factor|", color=BLUE, label=False)
    if lr is not None:
        size = abs(1 - bend * lr)
        fig.add_scatter(
            x=[lr],
            y=[min(size, top)],
            mode="markers",
            name="now",
            cliponaxis=False,
            marker={
                "size": 13,
                "color": "white",
                "line": {"color": BLUE, "width": 3.5},
                "symbol": "circle" if size <= top else "triangle-up",
            },
            hovertemplate=f"lr {lr:g}: |factor| {size:.4g}<extra></extra>",
        )
    ticks = [0.001, 0.01, 0.1, 0.5, 1.0, 5.0]
    fig.update_xaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks], tickangle=0, fixedrange=True)
    return fig.update_yaxes(dtick=0.5, fixedrange=True).update_layout(dragmode=False)
