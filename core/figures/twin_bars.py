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
    rows = range(len(names))
    thick = 0.72 / max(1, len(twins))
    fig = figure(height=88 + ROW * len(names), x_title="read correctly", x_range=(0.0, 1.2), legend=True)
    for place, twin in enumerate(twins):
        at = [row + (place - (len(twins) - 1) / 2) * thick for row in rows]
        fig.add_bar(
            x=list(twin.accuracy), y=at, width=0.92 * thick, orientation="h", name=twin.name,
            marker_color=twin.color,
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.6, "width": 4, "color": AXIS,
                "array": [high - x for x, (_, high) in zip(twin.accuracy, twin.intervals, strict=True)],
                "arrayminus": [x - low for x, (low, _) in zip(twin.accuracy, twin.intervals, strict=True)],
            },
            customdata=[(name, *ends) for name, ends in zip(names, twin.intervals, strict=True)],
            hovertemplate=f"<b>{twin.name}</b>, %{{customdata[0]}}: %{{x:.1%}}<br>95 %: "
            "%{customdata[1]:.1%} to %{customdata[2]:.1%}<extra></extra>",
        )  # fmt: skip
        for share, (_, high), y in zip(twin.accuracy, twin.intervals, at, strict=True):
            fig.add_annotation(
                x=high, y=y, text=f"{share:.0%}", showarrow=False, xanchor="left", xshift=6,
                font={"color": twin.color, "size": 12},
            )  # fmt: skip
    fig.add_vline(x=guessing, line_dash="dot", line_width=1.6, line_color=GRAY)
    fig.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", fixedrange=True)
    fig.update_yaxes(
        tickvals=list(rows), ticktext=[_broken(name) for name in names], range=[len(names) - 0.5, -0.5],
        showgrid=False, fixedrange=True,
    )  # fmt: skip
    return fig.update_layout(barmode="overlay", dragmode=False, legend_traceorder="normal")


def _broken(name: str) -> str:
    """Words in lines of at most BREAK letters, where one word is no longer."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > BREAK:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
