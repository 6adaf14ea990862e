"""Accuracy digit by digit before and after a change: a line from one to the other."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import GRAY, ORANGE
from core.charts.style import figure
from core.formatting import points


def digit_pairs_figure(
    before: Sequence[float], after: Sequence[float], counts: Sequence[int], *, height: int = 250
) -> go.Figure:
    """before, after (10,): share of each digit's images read correctly; gray before, orange after."""
    low = min(*before, *after)
    room = 0.06 * (1 - low) or 0.01
    fig = figure(
        height=height,
        x_title="digit",
        y_title="read correctly",
        percent_y=True,
        legend=True,
        x_range=(-0.6, len(before) - 0.4),
        y_range=(max(0.0, low - room), 1.0 + room),
    )
    ends_x = [x for digit in range(len(before)) for x in (digit, digit, None)]
    ends_y = [y for pair in zip(before, after, strict=True) for y in (*pair, None)]
    fig.add_scatter(
        x=ends_x,
        y=ends_y,
        mode="lines",
        line={"color": ORANGE, "width": 2},
        opacity=0.6,
        hoverinfo="skip",
        showlegend=False,
    )
    for name, shares, color in (("untouched", before, GRAY), ("edited", after, ORANGE)):
        fig.add_scatter(
            x=list(range(len(shares))),
            y=list(shares),
            mode="markers",
            name=name,
            marker={"size": 10, "color": color},
            customdata=[[points(b - a, signed=True), n] for a, b, n in zip(before, after, counts, strict=True)],
            hovertemplate=f"<b>%{{x}}</b> {name}: %{{y:.2%}} of %{{customdata[1]}} images"
            "<br>change %{customdata[0]}<extra></extra>",
        )
    fig.update_yaxes(tickformat="~%")
    fig.update_xaxes(tickmode="linear", dtick=1)
    return fig.update_layout(dragmode=False)
