"""A measurement beside a claim, and two networks on the same images."""

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE
from core.charts.style import figure
from core.formatting import interval, percent

WIDTH, HEIGHT, LEVEL, EDGE = 260, 46, 16, 16  # pixels


def claim_mark(value: float, ci95: tuple[float, float] | None, claim: float | None) -> str:
    """An SVG: a dot at `value` with its 95% interval, a diamond at the claim; all fractions in [0, 1].

    The axis is as long as what it has to show, its ends are written below. Colors show on both themes.
    """
    known = [value, *(ci95 or ()), *([] if claim is None else [claim])]
    room = max(0.15 * (max(known) - min(known)), 0.002)
    low, high = max(0.0, min(known) - room), min(1.0, max(known) + room)

    def at(share: float) -> str:
        return f"{EDGE + (WIDTH - 2 * EDGE) * (share - low) / (high - low):.1f}"

    told = f"measured {percent(value, 2)}"
    parts = [f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{LEVEL}" y2="{LEVEL}" stroke="{GRAY}" opacity="0.45"/>']
    if ci95 is not None:
        told += f", 95% interval {interval(*ci95, 2)}"
        ends = [at(end) for end in ci95]
        both = f'x1="{ends[0]}" x2="{ends[1]}" y1="{LEVEL}" y2="{LEVEL}"'
        parts.append(f'<line {both} stroke="{BLUE}" stroke-width="3"/>')
        parts += [
            f'<line x1="{x}" x2="{x}" y1="{LEVEL - 6}" y2="{LEVEL + 6}" stroke="{BLUE}" stroke-width="2"/>'
            for x in ends
        ]
    parts.append(f'<circle cx="{at(value)}" cy="{LEVEL}" r="5.5" fill="{BLUE}"/>')
    if claim is not None:
        told += f"; the text claims {percent(claim, 2)}"
        x = float(at(claim))
        parts.append(f'<path d="M{x} {LEVEL - 9}l8 9l-8 9l-8-9z" fill="none" stroke="{ORANGE}" stroke-width="2.5"/>')
    font = f'font-family="sans-serif" font-size="11" fill="{GRAY}"'
    digits = 0 if high - low > 0.1 else 1
    parts.append(f'<text x="{EDGE}" y="{HEIGHT - 5}" {font}>{percent(low, digits)}</text>')
    parts.append(f'<text x="{WIDTH - EDGE}" y="{HEIGHT - 5}" text-anchor="end" {font}>{percent(high, digits)}</text>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    body = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{escape(told)}</title>{body}</svg>'


COLORS = {"both": GREEN, "only A": BLUE, "only B": ORANGE, "neither": GRAY}
_FIELDS = {"both": (0, 0), "only B": (1, 0), "only A": (0, 1), "neither": (1, 1)}  # column (A), row (B)


def both_board(counts: Mapping[str, int], chosen: str, *, height: int = 230) -> go.Figure:
    """counts: number of images of "both", "only A", "only B", "neither". chosen: the field that is lit.

    Columns: whether A read them; rows: whether B did.
    """
    fig = figure(height=height, x_range=(-0.5, 1.5), y_range=(1.5, -0.5))
    for group, (column, row) in _FIELDS.items():
        lit = group == chosen
        fig.add_shape(
            type="rect",
            x0=column - 0.47,
            x1=column + 0.47,
            y0=row - 0.45,
            y1=row + 0.45,
            fillcolor=COLORS[group],
            opacity=0.5 if lit else 0.18,
            line_width=0,
            layer="below",
        )
        fig.add_annotation(x=column, y=row, text=f"<b>{counts[group]:,}</b><br>{group}", showarrow=False, font_size=16)
    fig.add_scatter(
        x=[place[0] for place in _FIELDS.values()],
        y=[place[1] for place in _FIELDS.values()],
        mode="markers",
        marker={"size": 70, "opacity": 0},
        customdata=list(_FIELDS),
        hovertemplate="%{customdata}<extra></extra>",
    )
    fig.update_xaxes(tickvals=[0, 1], ticktext=["A read it", "A did not"], side="top", showline=False, fixedrange=True)
    fig.update_yaxes(
        tickvals=[0, 1], ticktext=["B read it", "B did not"], showgrid=False, tickangle=-90, fixedrange=True
    )
    return fig.update_layout(dragmode=False)
