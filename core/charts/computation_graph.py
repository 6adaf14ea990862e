"""A graph of operations drawn from top to bottom: boxes with a few lines of text, arrows between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.palette import BLUE, ORANGE
from core.charts.style import AXIS, bare, figure

FORWARD, BACKWARD = BLUE, ORANGE
HALF = 0.34  # of the height of a row: a box's half
ROW = 124  # screen pixels a row
FILL = "rgba(128, 140, 152, 0.10)"
PULSE = 0.028  # how far the two arrows of an edge stand apart, as a share of the width


@dataclass(frozen=True)
class Box:
    """One operation: `row` counts from the top (0), `inputs` are the positions of the boxes it came from."""

    title: str
    note: str
    value: str
    gradient: str
    row: int
    inputs: tuple[int, ...] = ()


def operations_figure(boxes: Sequence[Box]) -> go.Figure:
    """The graph with values going down (forward) and gradients coming back up (backward) at every box."""
    rows = max((box.row for box in boxes), default=0) + 1
    fig = bare(figure(height=ROW * rows))
    fig.update_xaxes(range=[0, 1], constrain=None)
    fig.update_yaxes(range=[rows - 0.5, -0.5], autorange=False, scaleanchor=None, constrain=None)
    places = _places(boxes)
    for box, (x, half) in zip(boxes, places, strict=True):
        _box(fig, box, x, half)
    for box, (x, _) in zip(boxes, places, strict=True):
        for number, source in enumerate(box.inputs):
            shift = 0.16 * (number - (len(box.inputs) - 1) / 2) if box.inputs.count(source) > 1 else 0.0
            _edge(fig, (places[source][0], boxes[source].row), (x, box.row), shift)
    return fig


def _places(boxes: Sequence[Box]) -> list[tuple[float, float]]:
    """Middle and half width of every box, as shares of the width.

    Boxes that share a row are spread evenly; a box alone in its row stands below what it was computed from.
    """
    crowd = [sum(other.row == box.row for other in boxes) for box in boxes]
    half = 0.46 / max(crowd)
    seen: dict[int, int] = {}
    places: list[tuple[float, float]] = []
    for box, count in zip(boxes, crowd, strict=True):
        index = seen.get(box.row, 0)
        seen[box.row] = index + 1
        x = (index + 0.5) / count
        if count == 1 and box.inputs:
            x = sum(places[source][0] for source in box.inputs) / len(box.inputs)
        places.append((x, half))
    return places


def _box(fig: go.Figure, box: Box, x: float, half: float) -> None:
    fig.add_shape(
        type="rect",
        x0=x - half,
        x1=x + half,
        y0=box.row - HALF,
        y1=box.row + HALF,
        line={"color": AXIS, "width": 1},
        fillcolor=FILL,
        layer="below",
    )
    lines = (
        f"<b>{box.title}</b>",
        f"<span style='font-size:11px'>{box.note}</span>",
        f"<span style='color:{FORWARD}'>↓ value</span> {box.value}",
        f"<span style='color:{BACKWARD}'>↑ gradient</span> {box.gradient}",
    )
    fig.add_annotation(x=x, y=box.row, text="<br>".join(lines), showarrow=False, align="center", font_size=13)


def _edge(fig: go.Figure, upper: tuple[float, int], lower: tuple[float, int], shift: float) -> None:
    """Two arrows between boxes: down for the value, up for the gradient."""
    for color, aside, down in ((FORWARD, -PULSE, True), (BACKWARD, PULSE, False)):
        top = (upper[0] + (shift or 0.25 * (lower[0] - upper[0])) + aside, upper[1] + HALF)
        bottom = (lower[0] + (shift or -0.12 * (lower[0] - upper[0])) + aside, lower[1] - HALF)
        tip, tail = (bottom, top) if down else (top, bottom)
        fig.add_annotation(
            x=tip[0],
            y=tip[1],
            ax=tail[0],
            ay=tail[1],
            xref="x",
            yref="y",
            axref="x",
            ayref="y",
            text="",
            showarrow=True,
            arrowhead=2,
            arrowsize=1.1,
            arrowwidth=1.8,
            arrowcolor=color,
        )
