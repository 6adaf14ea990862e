"""A drawing becomes what MNIST's makers would have made of it, so networks read it as well as MNIST."""

import itertools
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from PIL import Image

from core.config.run import DIGIT_READERS
from core.data import Digits, bundled, load
from core.data.drawing import MIDDLE, Drawing, from_canvas
from core.models.evaluation import predict
from core.models.trained_network import load_shipped
from core.recipes.texts import train_recipes
from core.storage.checkpoints import shipped
from pages.ui.kit.drawing.canvas import ALWAYS_A_DIGIT

CANVAS = 280
HALF = CANVAS // 2


def paste_anywhere(
    image: torch.Tensor, way: Image.Resampling, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A whole 28×28 enlarged to half the canvas, scaled 0.7-1.5, laid anywhere with its ink inside."""
    digit = Image.fromarray((image[0].numpy() * 255).round().astype(np.uint8)).resize((HALF, HALF), way)
    side = round(HALF * rng.uniform(0.7, 1.5))
    pixels = np.asarray(digit.resize((side, side), way))
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    top = rng.integers(0, CANVAS - ink.shape[0] + 1)
    left = rng.integers(0, CANVAS - ink.shape[1] + 1)
    canvas = np.zeros((CANVAS, CANVAS, 4), dtype=np.uint8)
    canvas[..., 3] = 255
    canvas[top : top + ink.shape[0], left : left + ink.shape[1], :3] = ink[..., None]
    return canvas


def train_quickly(train: Digits) -> torch.nn.Module:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(8):
        for batch in torch.randperm(len(train))[: 80 * 100].split(100):
            loss = torch.nn.functional.cross_entropy(net(train.images[batch]), train.labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net


def accuracy(net: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    return float((net(images).argmax(1) == labels).float().mean())


@cache
def digits_to_draw(size: str) -> Digits:
    """Half of the bundled 1,000, or every fifth of the real 10,000."""
    return load("full").test.take(slice(0, None, 5)) if size == "full" else bundled.train_and_test()[1].take(slice(500))


@cache
def read_back(size: str) -> torch.Tensor:
    """All of `digits_to_draw`, every other one drawn jagged, and read back: (N, 1, 28, 28)."""
    rng = np.random.default_rng(0)
    drawings = [
        from_canvas(paste_anywhere(image, way, rng))
        for image, way in zip(digits_to_draw(size).images, itertools.cycle(WAYS), strict=False)
    ]
    return torch.stack([drawing.image for drawing in drawings if drawing is not None])


@pytest.fixture(scope="module")
def net() -> torch.nn.Module:
    return train_quickly(bundled.train_and_test()[0])


WAYS = [Image.Resampling.NEAREST, Image.Resampling.BILINEAR]  # jagged and smooth
SIZES = ["small", pytest.param("full", marks=[pytest.mark.full, pytest.mark.long])]


def test_drawn_digits_keep_95_percent_of_the_accuracy(net: torch.nn.Module) -> None:
    test = digits_to_draw("small")
    clean = accuracy(net, test.images, test.labels)
    assert clean > 0.88
    assert accuracy(net, read_back("small"), test.labels) >= 0.95 * clean


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [n for n in train_recipes(DIGIT_READERS) if n in shipped()])
def test_shipped_networks_keep_95_percent_on_drawn_digits(name: str, size: str) -> None:
    model, test = load_shipped(name).model, digits_to_draw(size)
    drawings = read_back(size)
    clean, drawn_ = (
        float((predict(model, images).argmax(1) == test.labels).float().mean()) for images in (test.images, drawings)
    )
    assert clean > 0.8
    assert drawn_ >= 0.95 * clean


@pytest.mark.full
def test_the_middle_is_where_mnist_has_it() -> None:
    images = load("full").train.images[:, 0]
    place = torch.arange(28.0)
    for axis in (1, 2):
        mass = images.sum(dim=3 - axis)
        center = (mass * place).sum(dim=1) / mass.sum(dim=1)
        assert float(center.mean()) == pytest.approx(MIDDLE, abs=0.02)


def stroke(top: int, left: int, height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    canvas = np.zeros((CANVAS, CANVAS, 4), dtype=np.uint8)
    canvas[top : top + height, left : left + width] = 255
    return canvas


def drawn(canvas: object) -> Drawing:
    drawing = from_canvas(np.asarray(canvas))
    assert drawing is not None
    return drawing


def test_a_bar_fits_the_box_and_sits_in_the_middle() -> None:
    drawing = drawn(stroke(10, 230, 200, 40))
    assert drawing.image.shape == (1, 28, 28)
    assert drawing.image.dtype == torch.float32
    assert drawing.box == (230, 10, 270, 210)
    assert drawing.size == (4, 20)
    rows, columns = torch.nonzero(drawing.image[0], as_tuple=True)
    assert (rows.max() - rows.min() + 1, columns.max() - columns.min() + 1) == (20, 4)
    assert float(rows.float().mean()) == pytest.approx(MIDDLE, abs=0.51)
    assert float(columns.float().mean()) == pytest.approx(MIDDLE, abs=0.51)


def test_place_and_size_on_the_canvas_do_not_matter() -> None:
    small, large = drawn(stroke(3, 5, 60, 30)), drawn(stroke(70, 100, 200, 100))
    assert torch.equal(small.image, large.image)


def test_white_on_black_on_nothing_and_gray_are_the_same() -> None:
    on_nothing = stroke(50, 50, 120, 60)
    on_black = on_nothing.copy()
    on_black[..., 3] = 255
    for same in (on_black, on_nothing[..., 0], on_nothing / 255.0, on_black[..., :3]):
        torch.testing.assert_close(drawn(same).image, drawn(on_nothing).image)


def test_heavy_ink_in_a_corner_is_not_cut_off() -> None:
    canvas = stroke(0, 0, 90, 90)
    canvas[:, :4] = canvas[:4, :] = 255
    drawing = drawn(canvas)
    assert drawing.size == (20, 20)
    assert bool((drawing.image[0] > 0).any(dim=1).sum() == 20)


@pytest.mark.parametrize("shape", [(280, 280, 4), (280, 280), (1, 1, 4)])
def test_a_blank_canvas_is_none(shape: tuple[int, ...]) -> None:
    assert from_canvas(np.zeros(shape, dtype=np.uint8)) is None


def test_black_ink_is_no_ink() -> None:
    canvas = np.zeros((280, 280, 4), dtype=np.uint8)
    canvas[..., 3] = 255
    assert from_canvas(canvas) is None


def test_a_single_dot_is_a_drawing() -> None:
    assert drawn(stroke(100, 100, 1, 1)).size == (20, 20)


Canvas = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def dots_in_the_corners(canvas: Canvas) -> None:
    for row, column in ((0, 0), (0, 278), (278, 0), (278, 278)):
        canvas[row : row + 2, column : column + 2] = 255


def one_dot(canvas: Canvas) -> None:
    canvas[277:279, 277:279] = 255


def hairline_across(canvas: Canvas) -> None:
    canvas[:, 3:5] = 255
    canvas[40:42, :] = 255


def specks(canvas: Canvas) -> None:
    for row, column in np.random.default_rng(1).integers(0, 277, (12, 2)):
        canvas[row : row + 3, column : column + 3] = 255


STRAY = [dots_in_the_corners, specks]


@cache
def with_stray(stray: Callable[[Canvas], None] | None) -> tuple[torch.Tensor, torch.Tensor]:
    """A tenth of the bundled test digits, drawn with stray ink and read back, and their labels."""
    test = digits_to_draw("small").take(slice(0, 100))
    rng, found = np.random.default_rng(0), []
    for image in test.images:
        canvas = paste_anywhere(image, Image.Resampling.BILINEAR, rng)
        if stray is not None:
            stray(canvas)
        found.append(drawn(canvas).image)
    return torch.stack(found), test.labels


@pytest.mark.parametrize("stray", STRAY)
@pytest.mark.parametrize("name", ["linear-softmax", "cnn-bn"])
def test_stray_ink_costs_no_network_its_accuracy(name: str, stray: Callable[[Canvas], None]) -> None:
    model = load_shipped(name).model
    right = []
    for way in (None, stray):
        images, labels = with_stray(way)
        right.append(float((predict(model, images).argmax(1) == labels).float().mean()))
    assert right[1] >= right[0] - 0.02


@pytest.mark.parametrize("stray", [*STRAY, one_dot, hairline_across])
def test_stray_ink_does_not_move_the_box_of_a_thin_one(stray: Callable[[Canvas], None]) -> None:
    canvas = stroke(60, 130, 160, 12)
    stray(canvas)
    assert drawn(canvas).box == pytest.approx((130, 60, 142, 220), abs=2)


def test_a_blot_of_the_same_pen_beside_a_one_does_not_count() -> None:
    canvas = stroke(40, 130, 200, 20)
    rows, columns = np.ogrid[:280, :280]
    canvas[(rows - 60) ** 2 + (columns - 240) ** 2 < 100] = 255
    assert drawn(canvas).box == (130, 40, 150, 240)


def in_strokes(*strokes: tuple[int, int, int, int]) -> Canvas:
    canvas = np.zeros((CANVAS, CANVAS, 4), dtype=np.uint8)
    for left, top, right, bottom in strokes:
        canvas[top:bottom, left:right] = 255
    return canvas


IN_STROKES = {
    "a 5 and its bar": [
        (110, 60, 130, 140),
        (110, 120, 180, 140),
        (160, 120, 180, 220),
        (100, 200, 180, 220),
        (150, 60, 215, 80),
    ],
    "a 5 and its short, thin bar": [
        (110, 60, 130, 140),
        (110, 120, 180, 140),
        (160, 120, 180, 220),
        (100, 200, 180, 220),
        (160, 60, 215, 70),
    ],
    "a 4 in two": [(80, 40, 100, 150), (80, 130, 170, 150), (190, 60, 210, 250)],
    "a 7 and its bar": [(60, 40, 200, 60), (180, 40, 200, 240), (90, 140, 150, 155)],
    "a 1 with a foot apart": [(130, 30, 150, 200), (90, 230, 190, 250)],
    "a thin pen": [(110, 60, 118, 140), (110, 132, 180, 140), (172, 140, 180, 220), (140, 60, 215, 68)],
    "a broken line": [(130, 20 + 40 * part, 142, 45 + 40 * part) for part in range(6)],
}


@pytest.mark.parametrize("name", IN_STROKES)
def test_a_digit_in_several_strokes_is_kept_whole(name: str) -> None:
    strokes = IN_STROKES[name]
    corners = np.array(strokes)
    expected = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())
    assert drawn(in_strokes(*strokes)).box == pytest.approx(expected, abs=1)


def test_what_the_page_says_of_a_dot_is_so() -> None:
    rows, columns = np.ogrid[:280, :280]
    dots = []
    for radius in (4, 10, 20):
        canvas = stroke(0, 0, 0, 0)
        canvas[(rows - 140) ** 2 + (columns - 90) ** 2 < radius**2] = 255
        dots.append(drawn(canvas).image)
    confidence = predict(load_shipped("cnn-bn").model, torch.stack(dots)).amax(dim=1)
    assert "*cnn-bn* has a confidence of over 99%" in ALWAYS_A_DIGIT
    assert float(confidence.min()) > 0.99
