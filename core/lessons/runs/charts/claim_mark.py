"""A measured accuracy with its interval and, where a text claims one, the claim: a drawing one line high."""

from html import escape

from core.charts.palette import BLUE, GRAY, ORANGE
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
