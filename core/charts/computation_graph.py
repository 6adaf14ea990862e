"""A graph of operations drawn from top to bottom: boxes with a few lines of text, arrows between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.palette import BLUE, ORANGE
from core.charts.style import AXIS, Part, image_figure, note

FORWARD, BACKWARD = BLUE, ORANGE
HALF = 0.34  # of the height of a row: a box's half
ROW = 112  # screen pixels a row
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
    places = _places(boxes)
    marks = [part for box, (x, half) in zip(boxes, places, strict=True) for part in _box(box, x, half)]
    for box, (x, _) in zip(boxes, places, strict=True):
        for number, source in enumerate(box.inputs):
            shift = 0.16 * (number - (len(box.inputs) - 1) / 2) if box.inputs.count(source) > 1 else 0.0
            marks += _edge((places[source][0], boxes[source].row), (x, box.row), shift)
    upward = {"range": [rows - 0.5, -0.5], "autorange": False}
    return image_figure([], marks, height=ROW * rows, square=False, x_axis={"range": [0, 1]}, y_axis=upward)


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


def _box(box: Box, x: float, half: float) -> list[Part]:
    corners = {"x0": x - half, "x1": x + half, "y0": box.row - HALF, "y1": box.row + HALF}
    look = {"line": {"color": AXIS, "width": 1}, "fillcolor": FILL, "layer": "below"}
    lines = (
        f"<b>{box.title}</b>",
        f"<span style='font-size:11px'>{box.note}</span>",
        f"<span style='color:{FORWARD}'>↓ value</span> {box.value}",
        f"<span style='color:{BACKWARD}'>↑ gradient</span> {box.gradient}",
    )
    return [{"type": "rect", **corners, **look}, note("<br>".join(lines), x, box.row, size=13, align="center")]


def _edge(upper: tuple[float, int], lower: tuple[float, int], shift: float) -> list[Part]:
    """Two arrows between boxes: down for the value, up for the gradient."""
    arrows = []
    for color, aside, down in ((FORWARD, -PULSE, True), (BACKWARD, PULSE, False)):
        top = (upper[0] + (shift or 0.25 * (lower[0] - upper[0])) + aside, upper[1] + HALF)
        bottom = (lower[0] + (shift or -0.12 * (lower[0] - upper[0])) + aside, lower[1] - HALF)
        arrows.append(arrow(top, bottom, color) if down else arrow(bottom, top, color))
    return arrows


def arrow(tail: tuple[float, float], tip: tuple[float, float], color: str, *, width: float = 1.8) -> Part:
    """An arrow from `tail` to `tip`, both (x, y) in data units."""
    ends = {"x": tip[0], "y": tip[1], "ax": tail[0], "ay": tail[1]}
    places = {"xref": "x", "yref": "y", "axref": "x", "ayref": "y"}
    head = {"showarrow": True, "arrowhead": 2, "arrowsize": 1.1, "arrowwidth": width, "arrowcolor": color}
    return {"text": "", **ends, **places, **head}
