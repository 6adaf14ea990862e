"""Figures of the CNN page's tabs "By hand" and "Kernels"."""

import numpy as np
import pytest

from core.charts.heatmaps import confusion_figure
from core.charts.palette import DIVERGING, GRAY_INK
from core.lessons.cnn.charts.maps import kernel_grid_figure, number_grid_figure, picked_map_figure, written
from core.lessons.cnn.charts.training import moved_figure


def test_the_frame_and_the_dimmed_border() -> None:
    fig = picked_map_figure(np.zeros((32, 32)), "pixel", scale=GRAY_INK, limits=(0, 1), frame=(3, 5, 3), border=2)
    *rim, frame = fig.layout.shapes
    assert (frame.y0, frame.y1, frame.x0, frame.x1) == (2.5, 5.5, 4.5, 7.5)
    covered = np.zeros((32, 32), dtype=int)
    for bar in rim:
        rows, columns = (slice(int(bar.y0 + 0.5), int(bar.y1 + 0.5)), slice(int(bar.x0 + 0.5), int(bar.x1 + 0.5)))
        covered[rows, columns] += 1
    assert covered[2:-2, 2:-2].sum() == 0
    assert covered.sum() == 32 * 32 - 28 * 28
    assert covered.max() == 1
    assert fig.data[0].customdata[2, 3].tolist() == [0, 1, 0]  # counted from the picture's corner


def test_every_cell_can_be_clicked() -> None:
    fig = picked_map_figure(np.arange(12.0).reshape(3, 4), "output", scale=DIVERGING, limits=(-12, 12), click=True)
    marks = fig.data[1]
    assert (marks.x[7], marks.y[7]) == (3, 1)
    assert marks.customdata[7].tolist() == [1, 3, 7]
    assert list(fig.layout.xaxis.range) == [-0.5, 3.5]
    assert list(fig.layout.yaxis.range) == [2.5, -0.5]


def test_numbers_are_printed_and_readable() -> None:
    fig = number_grid_figure(np.array([[-2.0, 0.0], [-0.0, 0.12345]]), frame=(1, 0))
    texts = {(mark.y, mark.x): mark for mark in fig.layout.annotations}
    assert [texts[at].text for at in ((0, 0), (0, 1), (1, 0), (1, 1))] == ["−2", "0", "0", "0.123"]
    assert texts[0, 0].font.color == "#FFFFFF"  # on dark blue
    assert texts[0, 1].font.color == "#111111"  # on the pale middle
    assert fig.layout.shapes[0].y0 == 0.5
    assert written(-1e-7) == "−1e−07"
    assert written(-3e-17) == "0"
    black = number_grid_figure([[0.0, 1.0]], scale=GRAY_INK, limits=(0, 1)).layout.annotations
    assert [mark.font.color for mark in black] == ["#FFFFFF", "#111111"]


@pytest.mark.parametrize(("rows", "columns", "side"), [(1, 1, 3), (4, 8, 5), (8, 16, 1), (1, 4, 11)])
def test_every_kernel_has_its_place(rows: int, columns: int, side: int) -> None:
    kernels = np.random.default_rng(0).normal(size=(rows, columns, side, side))
    inputs, outputs = list(range(10, 10 + rows)), list(range(20, 20 + columns))
    fig = kernel_grid_figure(kernels, inputs=inputs, outputs=outputs, top=2.0)
    heat = fig.data[0]
    assert np.isfinite(heat.z).sum() == kernels.size
    for row, column in np.ndindex(rows, columns):
        at = np.s_[row * (side + 1) : row * (side + 1) + side, column * (side + 1) : column * (side + 1) + side]
        np.testing.assert_allclose(heat.z[at], kernels[row, column] / 2)
        np.testing.assert_allclose(heat.customdata[at][..., 2], kernels[row, column])
        assert (heat.customdata[at][..., :2] == [10 + row, 20 + column]).all()
    assert list(fig.layout.xaxis.ticktext) == [str(number) for number in outputs]


def test_each_kernel_on_its_own_scale() -> None:
    kernels = np.array([[[[0.1, -0.2]], [[30.0, 10.0]], [[0.0, 0.0]]]]).reshape(1, 3, 1, 2).repeat(2, axis=2)
    heat = kernel_grid_figure(kernels, inputs=[0], outputs=[0, 1, 2]).data[0].z
    np.testing.assert_allclose(heat[0, :2], [0.5, -1])
    np.testing.assert_allclose(heat[0, 3:5], [1, 1 / 3])
    np.testing.assert_allclose(heat[0, 6:], [0, 0])


def test_how_far_layers_moved() -> None:
    fig = moved_figure([0, 1, 2], {"conv1": [0, 0.5, 0.7], "conv2": [0, 0.1, 0.2]}, now=1)
    assert [line.name for line in fig.data] == ["conv1", "conv2"]
    assert fig.layout.shapes[0].x0 == 1
    assert {mark.text for mark in fig.layout.annotations} == {"conv1", "conv2"}


def test_few_mistakes_are_readable_on_their_dark_ground() -> None:
    """Where all mistakes are rare every cell is dark, the commonest too."""
    table = np.diag([1000] * 10)
    table[9, 4] = 8
    mark = next(m for m in confusion_figure(table).layout.annotations if m.text == "8")
    assert mark.font.color == "#FFFFFF"
    table[9, 4] = 500
    mark = next(m for m in confusion_figure(table).layout.annotations if m.text == "500")
    assert mark.font.color == "#111111"
