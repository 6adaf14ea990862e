"""Tables of cells: their numbers, frames, clicks, and what is pooled or folded."""

import numpy as np
import pytest

from core.charts.heatmaps import (
    EXACT,
    clickable_cells,
    confusion_figure,
    fold_width,
    mark_cell,
    matrix_figure,
    pool,
    unit_grid_figure,
)


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


def test_a_clicked_marker_names_its_cell() -> None:
    table = np.arange(100).reshape(10, 10)
    fig = mark_cell(clickable_cells(confusion_figure(table), 10, 10), 4, 9, "#000000")
    markers = fig.data[-1]
    place = [i for i in range(100) if (markers.y[i], markers.x[i]) == ("4", "9")]
    assert len(place) == 1
    assert markers.customdata[place[0]][0] == table[4, 9]
    assert markers.marker.opacity == 0


def test_units_keep_their_numbers() -> None:
    fig = unit_grid_figure(np.linspace(0, 1, 45), limits=(0, 1))
    cells = np.asarray(fig.data[0].z)
    assert cells.shape == (3, 20)
    assert cells[1, 3] == pytest.approx(23 / 44)
    assert np.isnan(cells[2, 5:]).all()
    assert fig.data[0].customdata[1][3] == 23
    assert unit_grid_figure([-0.5], limits=(-1, 1)).data[0].zmin == -1


def test_confusion_leaves_the_diagonal_pale_and_writes_every_count() -> None:
    counts = np.diag([8, 9]) + np.array([[0, 2], [1, 0]])
    fig = confusion_figure(counts)
    shades = np.asarray(fig.data[0].z, dtype=float)
    assert np.isnan(shades.diagonal()).all()
    assert shades[0, 1] == pytest.approx(0.2)
    assert {note.text for note in fig.layout.annotations} == {"8", "2", "1", "9"}


def test_a_class_never_seen_does_not_break_the_confusion() -> None:
    fig = confusion_figure(np.zeros((10, 10)))
    assert not np.nansum(np.asarray(fig.data[0].z))
    assert not fig.layout.annotations, "nothing to write into any cell"


def test_few_mistakes_are_readable_on_their_dark_ground() -> None:
    """Where all mistakes are rare every cell is dark, the commonest too."""
    table = np.diag([1000] * 10)
    table[9, 4] = 8
    mark = next(m for m in confusion_figure(table).layout.annotations if m.text == "8")
    assert mark.font.color == "#FFFFFF"
    table[9, 4] = 500
    mark = next(m for m in confusion_figure(table).layout.annotations if m.text == "500")
    assert mark.font.color == "#111111"
