"""Two accuracies for each name as dots, close together, each with its whole interval to be seen."""

from collections.abc import Sequence
from textwrap import wrap

import plotly.graph_objects as go

from core.figures.template import figure
from core.figures.twin_bars import BREAK, Twin

ROW = 46  # screen pixels for two dots


def twin_dots_figure(names: Sequence[str], twins: Sequence[Twin]) -> go.Figure:
    """A row for each of `names`, first on top; fractions, on an axis that need not begin at zero.

    Use it where intervals are what matters; bars hide the lower half of theirs.
    """
    rows = range(len(names))
    ends = [low for twin in twins for low, _ in twin.intervals]
    low = max(0.0, min(ends, default=0.0) - 0.03)
    fig = figure(
        height=84 + ROW * len(names),
        x_title="read correctly",
        x_range=(low, 1 + 0.12 * (1 - low)),
        legend=True,
    )
    for place, twin in enumerate(twins):
        at = [row + (place - (len(twins) - 1) / 2) * 0.36 for row in rows]
        fig.add_scatter(
            x=list(twin.accuracy), y=at, mode="markers", name=twin.name,
            marker={"size": 10, "color": twin.color},
            error_x={
                "type": "data", "symmetric": False, "thickness": 2, "width": 4, "color": twin.color,
                "array": [high - x for x, (_, high) in zip(twin.accuracy, twin.intervals, strict=True)],
                "arrayminus": [x - down for x, (down, _) in zip(twin.accuracy, twin.intervals, strict=True)],
            },
            customdata=[(name, *both) for name, both in zip(names, twin.intervals, strict=True)],
            hovertemplate=f"<b>{twin.name}</b>, %{{customdata[0]}}: %{{x:.1%}}<br>95 %: "
            "%{customdata[1]:.1%} to %{customdata[2]:.1%}<extra></extra>",
        )  # fmt: skip
        for share, (_, high), y in zip(twin.accuracy, twin.intervals, at, strict=True):
            fig.add_annotation(
                x=high, y=y, text=f"{share:.0%}", showarrow=False, xanchor="left", xshift=6,
                font={"color": twin.color, "size": 12},
            )  # fmt: skip
    fig.update_xaxes(tickformat=".0%", nticks=6, showgrid=True, fixedrange=True)
    fig.update_yaxes(
        tickvals=list(rows), ticktext=["<br>".join(wrap(name, BREAK)) for name in names],
        range=[len(names) - 0.5, -0.6], showgrid=False, fixedrange=True,
    )  # fmt: skip
    return fig.update_layout(dragmode=False, legend_traceorder="normal")
