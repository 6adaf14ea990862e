"""Figures of the hand-made backward pass: matrices, the lit network, the shrinking product, thumbnails."""

import numpy as np
import pytest

from core.charts.computation_graph import BACKWARD, FORWARD
from core.charts.heatmaps import EXACT, fold_width, matrix_figure, pool
from core.charts.palette import GREEN
from core.lessons.backprop.charts.gradients import shrinking_figure
from core.lessons.backprop.charts.network_diagram import Lit, network_diagram_figure
from core.lessons.backprop.charts.tensors import thumbnail

SMALL = [("x", 4), ("z_h", 3), ("a_h", 3), ("z_o", 3), ("ŷ", 3), ("L", 1)]


def frames(fig: object) -> list[tuple[float, float, float, float]]:
    """(left, right, top, bottom) of every frame."""
    shapes = fig.layout.shapes  # type: ignore[attr-defined]
    return [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in shapes]


def test_a_small_matrix_prints_its_numbers_and_frames_what_is_marked() -> None:
    table = np.arange(12).reshape(4, 3) - 6.0
    fig = matrix_figure(table, "W", marks=[(None, 2), (1, 0)])
    assert [note.text for note in fig.layout.annotations] == [f"{value:.3g}" for value in table.flatten()]
    assert frames(fig) == [(1.5, 2.5, -0.5, 3.5), (-0.5, 0.5, 0.5, 1.5)]
    assert fig.data[0].zmin == -fig.data[0].zmax == -6
    assert "W[%{customdata[0]},%{customdata[1]}]" in fig.data[0].hovertemplate


def test_a_click_names_the_cell_even_in_a_folded_row() -> None:
    fig = matrix_figure(np.arange(100)[None], "h", click=True, marks=[(0, 47)])
    assert np.asarray(fig.data[0].z).shape == (5, 20)
    points = np.asarray(fig.data[1].customdata)
    at = 2 * 20 + 7
    assert (fig.data[1].y[at], fig.data[1].x[at]) == (2, 7)
    assert list(points[at]) == [0, 47, 47]
    assert frames(fig) == [(6.5, 7.5, 1.5, 2.5)]


def test_a_column_cut_out_of_a_matrix_keeps_its_indices() -> None:
    fig = matrix_figure(np.arange(784.0)[:, None], "W", offset=(0, 9), marks=[(30, None)])
    places = np.asarray(fig.data[0].customdata)
    assert list(places[1, 2]) == [30, 9, 30]
    assert frames(fig) == [(1.5, 2.5, 0.5, 1.5)]


def test_a_large_matrix_shows_the_strongest_number_of_each_block() -> None:
    table = np.zeros((784, 100))
    table[17, 5], table[18, 5] = -3.0, 2.0
    fig = matrix_figure(table, "W", marks=[(None, 99)])
    cells = np.asarray(fig.data[0].z)
    assert table.size > EXACT >= cells.size * 0.5
    assert cells[2, 2] == -3
    assert np.count_nonzero(cells) == 1
    assert list(np.asarray(fig.data[0].customdata)[2, 2]) == [16, 23, 4, 5]
    assert frames(fig) == [(48.5, 49.5, -0.5, 97.5)]


def test_pooling_covers_every_cell_and_invents_none() -> None:
    table = np.random.default_rng(0).normal(size=(10, 7)) + 5
    found = pool(table, 4, 3)
    assert found.shape == (3, 3)
    assert found[2, 2] == np.max(table[8:, 6:])
    assert found[0, 0] == np.max(table[:4, :3])


@pytest.mark.parametrize(("shape", "wide"), [((1, 784), 28), ((100, 1), 20), ((1, 10), 5), ((2, 9), None)])
def test_only_single_rows_and_columns_fold(shape: tuple[int, int], wide: int | None) -> None:
    assert fold_width(*shape) == wide


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


def test_a_product_that_vanishes_leaves_the_logarithmic_axis() -> None:
    fig = shrinking_figure(["a", "b", "c"], [1.0, 0.1, 0.0], 1, other=[1, 1, 1], label="us", other_label="them")
    assert [trace.name for trace in fig.data[:2]] == ["them", "us"]
    assert np.isnan(fig.data[1].y[2])
    assert list(fig.data[2].x) == [1]
    assert len(shrinking_figure(["a", "b"], [1.0, 0.0], 1).data) == 1


def test_thumbnails_are_square_and_keep_the_sign() -> None:
    picture = thumbnail(np.array([[-1.0, 1.0]]), size=10)
    assert picture.shape == (10, 10, 4)
    assert picture[0, 0, 2] > picture[0, 0, 0]  # blue below zero
    assert picture[0, 9, 0] > picture[0, 9, 2]
    assert thumbnail(np.random.default_rng(0).normal(size=(512, 256))).shape == (168, 168, 4)
    folded = thumbnail(np.ones((1, 50)), kind="share")
    assert folded[0, 0, 3] == 255
    assert folded[-1, -1, 3] == 0
