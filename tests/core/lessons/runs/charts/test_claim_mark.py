"""The small drawing of claim and measurement: well-formed, everything inside, in the right order."""

import xml.etree.ElementTree as ET

import pytest

from core.lessons.runs.charts.comparisons import EDGE, WIDTH, claim_mark

NAMES = {"svg": "http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    ("value", "interval", "claim"),
    [
        (0.9891, (0.985, 0.993), 0.9906),
        (1.0, (1.0, 1.0), None),
        (0.0, (0.0, 0.0), None),
        (0.1, None, 0.9),
        (0.5, None, None),
    ],
)
def test_all_marks_are_inside(value: float, interval: tuple[float, float] | None, claim: float | None) -> None:
    root = ET.fromstring(claim_mark(value, interval, claim))
    circle = root.find("svg:circle", NAMES)
    assert circle is not None
    lines = [float(line.attrib[x]) for line in root.findall("svg:line", NAMES) for x in ("x1", "x2")]
    assert all(EDGE - 0.1 <= x <= WIDTH - EDGE + 0.1 for x in [float(circle.attrib["cx"]), *lines])
    assert (root.find("svg:path", NAMES) is None) == (claim is None)


def test_a_claim_above_stands_to_the_right() -> None:
    root = ET.fromstring(claim_mark(0.9, (0.88, 0.92), 0.95))
    circle, path = root.find("svg:circle", NAMES), root.find("svg:path", NAMES)
    assert circle is not None
    assert path is not None
    assert float(path.attrib["d"][1:].split()[0]) > float(circle.attrib["cx"])
    title = root.find("svg:title", NAMES)
    assert title is not None
    assert title.text == "measured 90.00%, 95% interval 88.00% to 92.00%; the source claims 95.00%"
