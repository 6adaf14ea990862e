"""Kernels, feature maps and digits as images, cell by cell."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.charts.palette import DIVERGING, GRAY_INK, SEQUENTIAL
from core.lessons.cnn.charts.maps import (
    framed_picture,
    heat_over_figure,
    kernel_grid_figure,
    map_sprites,
    map_strip,
    number_grid_figure,
    picked_map_figure,
    strip,
    written,
)


def pixels(url: str) -> np.ndarray:
    file = io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))
    return np.asarray(Image.open(file).convert("RGBA"))


def test_sprites_stand_one_below_the_other() -> None:
    maps = np.zeros((3, 2, 4))
    maps[1] = 2.0
    maps[2, 0, 0] = np.nan
    shown = pixels(map_sprites(maps, [1.0, 2.0, 0.0], kind="share"))
    assert shown.shape == (6, 4, 4)
    assert shown[0, 0].tolist() == [0, 34, 78, 255]  # dark at zero
    assert shown[2, 3].tolist() == [254, 232, 56, 255]  # yellow at its top
    assert shown[4, 0, 3] == 0  # nothing there
    assert shown[5, 0].tolist() == [0, 34, 78, 255]


def test_signed_sprites_are_pale_at_zero() -> None:
    shown = pixels(map_sprites([[[-1.0, 0.0, 1.0]]], [1.0], kind="signed"))[0, :, :3].astype(int)
    assert shown[0, 2] > shown[0, 0]  # blue below
    assert shown[2, 0] > shown[2, 2]  # orange above
    assert shown[1].min() > 240


def test_a_strip_keeps_the_order_of_its_units() -> None:
    cells = strip(np.arange(130.0))
    assert cells.shape == (3, 64)
    assert cells[1, 0] == 64
    assert cells[2, 1] == 129
    assert np.isnan(cells[2, 2:]).all()
    assert strip(np.arange(10.0)).shape == (1, 10)


def test_the_frame_marks_the_window_and_dims_the_rest() -> None:
    shown = framed_picture(np.ones((28, 28)), (4, 6, 14, 16), size=112)
    assert shown.shape == (112, 112, 3)
    assert shown[0, 0].tolist() == [115, 115, 115]
    assert shown[4 * 8, 6 * 4 + 20].tolist() == [255, 255, 255]
    assert shown[4 * 4, 6 * 4].tolist() == shown[14 * 4 - 1, 16 * 4 - 1].tolist() == [0xD9, 0x8E, 0x00]


def test_heat_leaves_the_digit_where_there_is_none() -> None:
    heat = np.full((28, 28), np.nan)
    heat[3, 4] = 2.0
    image = np.zeros((28, 28))
    image[5, 5] = 1.0
    fig = heat_over_figure(image, heat, top=2.0, value_name="heat")
    z = np.asarray(fig.data[0].z)
    assert z[5, 5].tolist() == [255, 255, 255]
    assert z[3, 4][0] > 200
    assert z[3, 4][2] < 80
    assert fig.data[0].customdata[3][4][1] == "2"
    assert fig.data[0].customdata[5][5][1] == "none here"
    alone = np.asarray(heat_over_figure(image, heat, top=2.0, value_name="heat", digit=False).data[0].z)
    assert alone[3, 4].tolist() == [254, 232, 56]
    assert np.asarray(heat_over_figure(image, np.zeros((28, 28)), top=0.0, value_name="x").data[0].z).max() < 256


def rgb(ink: str) -> list[int]:
    return [int(ink[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_strip_of_maps_is_sharp_and_on_one_scale() -> None:
    maps = np.zeros((3, 2, 2))
    maps[0, 0, 0], maps[1, 1, 1], maps[2, 0, 1] = 2.0, -2.0, np.nan
    sheet = map_strip(maps, tops=2.0, signed=True, columns=2, width=40)
    factor = 10
    assert sheet.dtype == np.uint8
    assert sheet[0, 0].tolist() == [*rgb(DIVERGING[-1][1]), 255]
    assert (sheet[:factor, :factor] == sheet[0, 0]).all()
    left = 2 * factor + max(2, factor * 2 // 12)
    assert sheet[factor, left + factor].tolist() == [*rgb(DIVERGING[0][1]), 255]
    up = 2 * factor + max(2, factor * 2 // 12)
    assert sheet[up, factor, 3] == 0, "no number, no ink"
    assert sheet[0, 2 * factor, 3] == 0, "gaps are see-through"


def test_each_map_may_have_a_scale_of_its_own() -> None:
    maps = np.stack([np.full((1, 1), 1.0), np.full((1, 1), 4.0), np.zeros((1, 1))])
    sheet = map_strip(maps, tops=[1.0, 4.0, 0.0], signed=False, columns=3, width=30)
    assert sheet[0, 0].tolist() == [*rgb(SEQUENTIAL[-1][1]), 255]
    assert sheet[0, 12].tolist() == [*rgb(SEQUENTIAL[-1][1]), 255]
    assert sheet[0, -1].tolist() == [*rgb(SEQUENTIAL[0][1]), 255]


@pytest.mark.parametrize("count", [1, 5, 16, 256])
@pytest.mark.parametrize("side", [1, 7, 28, 60])
def test_strips_of_every_size(count: int, side: int) -> None:
    sheet = map_strip(np.ones((count, side, side)), tops=1.0, signed=False)
    assert sheet.shape[2] == 4
    assert max(sheet.shape[:2]) < 12_000


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
