"""Figures of the feature maps: what the pictures hold, cell by cell."""

import base64
import io

import numpy as np
from PIL import Image

from core.lessons.cnn.charts.accuracy import digit_pairs_figure, knock_out_figure
from core.lessons.cnn.charts.maps import framed_picture, heat_over_figure, map_sprites, strip


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


def test_charts_hold_their_intervals_in_view() -> None:
    fig = knock_out_figure([0.2, 0.9], [(0.15, 0.26), (0.85, 0.93)], 0.95)
    assert fig.layout.yaxis.range[0] < 0.15
    assert list(fig.data[0].error_y.array) == [0.26 - 0.2, 0.93 - 0.9]
    pairs = digit_pairs_figure([0.9] * 10, [0.5] + [0.9] * 9, [7] * 10)
    assert [trace.name for trace in pairs.data[1:]] == ["untouched", "edited"]
    assert pairs.data[2].customdata[0][0] == "-40.0 percentage points"
