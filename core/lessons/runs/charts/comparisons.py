"""A measurement beside a claim, and two networks on the same images."""

from collections.abc import Mapping
from html import escape

import plotly.graph_objects as go

from core.charts.palette import BLUE, GRAY, GREEN, ORANGE
from core.charts.series import dots, series
from core.charts.style import note
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

    finding = f"measured {percent(value, 2)}"
    parts = [f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{LEVEL}" y2="{LEVEL}" stroke="{GRAY}" opacity="0.45"/>']
    if ci95 is not None:
        finding += f", 95% interval {interval(*ci95, 2)}"
        ends = [at(end) for end in ci95]
        both = f'x1="{ends[0]}" x2="{ends[1]}" y1="{LEVEL}" y2="{LEVEL}"'
        parts.append(f'<line {both} stroke="{BLUE}" stroke-width="3"/>')
        parts += [
            f'<line x1="{x}" x2="{x}" y1="{LEVEL - 6}" y2="{LEVEL + 6}" stroke="{BLUE}" stroke-width="2"/>'
            for x in ends
        ]
    parts.append(f'<circle cx="{at(value)}" cy="{LEVEL}" r="5.5" fill="{BLUE}"/>')
    if claim is not None:
        finding += f"; the source claims {percent(claim, 2)}"
        x = float(at(claim))
        parts.append(f'<path d="M{x} {LEVEL - 9}l8 9l-8 9l-8-9z" fill="none" stroke="{ORANGE}" stroke-width="2.5"/>')
    font = f'font-family="sans-serif" font-size="11" fill="{GRAY}"'
    digits = 0 if high - low > 0.1 else 1
    parts.append(f'<text x="{EDGE}" y="{HEIGHT - 5}" {font}>{percent(low, digits)}</text>')
    parts.append(f'<text x="{WIDTH - EDGE}" y="{HEIGHT - 5}" text-anchor="end" {font}>{percent(high, digits)}</text>')
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    body = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{escape(finding)}</title>{body}</svg>'


COLORS = {"both": GREEN, "only A": BLUE, "only B": ORANGE, "neither": GRAY}
_FIELDS = {"both": (0, 0), "only B": (1, 0), "only A": (0, 1), "neither": (1, 1)}  # column (A), row (B)


def both_board(counts: Mapping[str, int], chosen: str, *, height: int = 230) -> go.Figure:
    """Two networks on the same images as a board of four fields: which of them classifies how many correctly.

    counts: number of images of "both", "only A", "only B", "neither". chosen: the field that is lit. Columns:
    whether A is correct; rows: whether B is.
    """
    marks = []
    for group, (column, row) in _FIELDS.items():
        corners = {"x0": column - 0.47, "x1": column + 0.47, "y0": row - 0.45, "y1": row + 0.45}
        look = {"fillcolor": COLORS[group], "opacity": 0.5 if group == chosen else 0.18, "line": {"width": 0}}
        marks.append({"type": "rect", **corners, **look, "layer": "below"})
        marks.append(note(f"<b>{counts[group]:,}</b><br>{group}", column, row, size=16))
    x, y = zip(*_FIELDS.values(), strict=True)
    fields = dots(x, y, "", None, size=70, marker={"opacity": 0}, customdata=list(_FIELDS), hover="%{customdata}")
    return series(
        [fields],
        marks,
        height=height,
        x_range=(-0.5, 1.5),
        y_range=(1.5, -0.5),
        x_ticks={0: "A correct", 1: "A wrong"},
        x_axis={"side": "top", "showline": False},
        y_ticks={0: "B correct", 1: "B wrong"},
        y_axis={"showgrid": False, "tickangle": -90},
        still=True,
    )
