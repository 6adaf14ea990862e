"""Images on the screen: sharp, in their places, zero in the middle of the scale."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.charts import images, palette
from core.charts.images import WIDE, gradient_pictures, sprite_sheet
from core.charts.palette import DIVERGING


def test_picture_enlarges_without_smoothing() -> None:
    image = np.linspace(0, 1, 28 * 28).reshape(28, 28)
    big = images.picture(image, size=112)
    assert big.shape == (112, 112, 3)
    assert np.array_equal(big[::4, ::4, 0], np.round(image * 255).astype(np.uint8))
    assert np.array_equal(big[:4, :4, 0], np.full((4, 4), big[0, 0, 0]))


def test_grid_keeps_every_image_and_caption() -> None:
    stack = np.random.default_rng(0).random((7, 28, 28))
    fig = images.image_grid(stack, [str(i) for i in range(7)], columns=3)
    board = np.asarray(fig.data[0].z, dtype=float)
    assert np.isclose(np.nansum(board), stack.sum())
    assert [note.text for note in fig.layout.annotations] == [str(i) for i in range(7)]


def test_shade_puts_zero_on_the_middle_of_the_scale() -> None:
    pixel = images.shade(np.array([[0.0, 1.0, -1.0]]), palette.DIVERGING)
    assert pixel[0, 0].tolist() == [0xF7, 0xF7, 0xF5, 255]
    assert pixel[0, 1, 0] > pixel[0, 1, 2], "positive is orange"
    assert pixel[0, 2, 2] > pixel[0, 2, 0], "negative is blue"


rng = np.random.default_rng(0)


def test_a_sprite_lies_where_the_map_cuts_it_out() -> None:
    images = np.round(rng.random((7, 28, 28)) * 255) / 255
    kind, content = sprite_sheet(images, columns=3).split(",")
    assert kind == "data:image/png;base64"
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    assert sheet.shape == (84, 84)
    np.testing.assert_array_equal(sheet[28:56, 56:84], np.round(images[5] * 255))
    assert sheet[56:, 28:].max() == 0


@pytest.mark.parametrize("shape", [(28, 28), (10, 100), (1, 100), (1, 3), (3, 4), (32, 32)])
def test_pictures_fit_and_keep_every_cell(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(size=(3, *shape))
    found = gradient_pictures(values)
    count, high, wide, channels = found.shape
    assert (count, channels) == (3, 4)
    assert wide <= max(WIDE, shape[1])
    assert wide % shape[1] == high % shape[0] == 0
    assert high <= 170


def test_one_number_has_one_color_and_the_unmeasured_none() -> None:
    ways = np.array([[[1.0, -2.0, 0.0]], [[1.0, -2.0, 0.0]], [[2.0, np.nan, 0.0]]])
    found = gradient_pictures(ways)
    assert np.array_equal(found[0], found[1])
    cell = found.shape[2] // 3
    assert not np.array_equal(found[0][0, 0], found[2][0, 0])  # the scale is common: 2 is darker than 1
    assert found[2][0, cell, 3] == 0
    assert found[0][0, cell, 3] == 255
    middle = DIVERGING[2][1]
    assert found[0][0, -1, :3].tolist() == [int(middle[i : i + 2], 16) for i in (1, 3, 5)]
