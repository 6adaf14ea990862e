"""The lit network: lines of one number's way, values in circles."""

from core.charts.computation_graph import BACKWARD, FORWARD
from core.charts.palette import GREEN
from core.lessons.backprop.charts.network_diagram import Lit, network_diagram_figure

SMALL = [("x", 4), ("z_h", 3), ("a_h", 3), ("z_o", 3), ("ŷ", 3), ("L", 1)]


def lines(fig: object, color: str) -> list[tuple[float, float, float, float]]:
    """Every line of a color as (x0, y0, x1, y1)."""
    found = []
    for trace in fig.data:  # type: ignore[attr-defined]
        if trace.mode == "lines" and trace.line.color == color:
            x, y = trace.x, trace.y
            found += [(x[at], y[at], x[at + 1], y[at + 1]) for at in range(0, len(x), 3)]
    return found


def test_the_way_of_one_number_is_lit_within_its_step() -> None:
    fig = network_diagram_figure(SMALL, Lit((0, 1), (0,), ((None, 2),)), single=[1])
    assert len(lines(fig, FORWARD)) == 4 * 3
    green = lines(fig, GREEN)
    assert len(green) == 4
    assert len({end[3] for end in green}) == 1
    back = network_diagram_figure(SMALL, Lit((1, 2), (1,), ((1, 1),), backward=True), single=[1])
    assert len(lines(back, BACKWARD)) == 3
    assert len(lines(back, GREEN)) == 1
    arrow = next(note for note in back.layout.annotations if note.showarrow)
    assert arrow.x < arrow.ax


def test_only_the_unit_that_enters_is_lit() -> None:
    fig = network_diagram_figure(SMALL, Lit((4, 5), (4,), ((1, 0),), enters=1), single=[1])
    (lit,) = lines(fig, FORWARD)
    assert (lit[1], lit[3]) == (0.5, 0.5)
    said = [trace for trace in fig.data if trace.mode == "markers+text"][4]
    assert [ink == FORWARD for ink in said.marker.line.color] == [False, True, False]
    alone = network_diagram_figure(SMALL, Lit((4, 5), (4,)), values=[None] * 5 + [("loss of image 0", [0.7])])
    assert [trace for trace in alone.data if trace.mode == "markers+text"][5].customdata[0] == ("loss of image 0 = 0.7")


def test_circles_tell_their_values_and_blocks_their_size() -> None:
    values = [("x", [1, 2, 3, 4]), ("h", [0.5, -1.5e-5, 0]), None]
    fig = network_diagram_figure(SMALL, Lit((0, 1), (0,)), values=values)
    circles = [trace for trace in fig.data if trace.mode == "markers+text"]
    assert list(circles[1].text) == ["0.5", "−2·10⁻⁵", "0"]
    assert circles[1].customdata[1] == "h[1] = -1.5 × 10⁻⁵"
    assert circles[2].text is None
    big = network_diagram_figure([("x", 784), ("h_1", 100), ("o", 10)], Lit((0, 1), (0,), ((None, 3),)))
    notes = [note.text for note in big.layout.annotations]
    assert {"784", "100", "<b>h</b><sub>1</sub>"} <= set(notes)
    assert len(lines(big, FORWARD)) < 1000
