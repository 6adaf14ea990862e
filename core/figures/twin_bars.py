"""Two accuracies for each name, one below the other, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures.palette import GRAY
from core.figures.template import AXIS, figure

BREAK = 24  # letters a line of a name may have
ROW = 62  # screen pixels for two bars


@dataclass(frozen=True)
class Twin:
    """One of the two series: its name, its colour, and for each row the accuracy and its 95 % interval."""

    name: str
    color: str
    accuracy: Sequence[float]
    intervals: Sequence[tuple[float, float]]


def twin_bars_figure(names: Sequence[str], twins: Sequence[Twin], *, guessing: float = 0.1) -> go.Figure:
    """Bars for each of `names`, first on top; a dotted line for guessing. Long names break into lines."""
    rows = [_broken(name) for name in names]
    fig = figure(height=88 + ROW * len(rows), x_title="read correctly", x_range=(0.0, 1.2), legend=True)
    for twin in twins:
        fig.add_bar(
            x=list(twin.accuracy), y=rows, orientation="h", name=twin.name, marker_color=twin.color,
            text=[f"{share:.0%}" for share in twin.accuracy], textposition="none",
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.6, "width": 4, "color": AXIS,
                "array": [high - x for x, (_, high) in zip(twin.accuracy, twin.intervals, strict=True)],
                "arrayminus": [x - low for x, (low, _) in zip(twin.accuracy, twin.intervals, strict=True)],
            },
            customdata=list(twin.intervals),
            hovertemplate=f"<b>{twin.name}</b>, %{{y}}: %{{x:.1%}}<br>95 %: %{{customdata[0]:.1%}} to "
            "%{customdata[1]:.1%}<extra></extra>",
        )  # fmt: skip
        # An invisible series of points carries the numbers, to the right of the interval and on its own bar.
        fig.add_scatter(
            x=[high for _, high in twin.intervals], y=rows, mode="text", showlegend=False, hoverinfo="skip",
            text=[f" {share:.0%}" for share in twin.accuracy], textposition="middle right",
            textfont={"color": twin.color, "size": 12}, offsetgroup=twin.name,
        )  # fmt: skip
    fig.add_vline(x=guessing, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True)
    return fig.update_layout(
        bargap=0.28,
        bargroupgap=0.08,
        dragmode=False,
        barmode="group",
        scattermode="group",
        legend_traceorder="normal",
    )


def _broken(name: str) -> str:
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > BREAK:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
