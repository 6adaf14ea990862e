"""The look: one palette in two places, charts that work on either theme, pixels that stay sharp."""

import tomllib
from itertools import combinations

import numpy as np
import pytest

from core.charts import images, palette, series, style
from core.charts.style import figure, write_all
from core.storage.paths import PROJECT


def test_theme_repeats_the_palette() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())["theme"]
    assert tuple(theme["chartCategoricalColors"]) == palette.CATEGORICAL


def luminance(color: str) -> float:
    """Relative luminance as the web's contrast rule defines it (WCAG 2)."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.03928, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("color", palette.CATEGORICAL)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_hue_shows_on_either_ground(color: str, mode: str) -> None:
    theme = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())["theme"]
    low, high = sorted([luminance(color), luminance(theme[mode]["backgroundColor"])])
    assert (high + 0.05) / (low + 0.05) > 2.3


def test_ten_digits_have_ten_hues() -> None:
    assert all(one != other for one, other in combinations(palette.DIGITS, 2))
    assert len(palette.DIGITS) == 10


def test_figures_leave_ground_and_ink_to_the_theme() -> None:
    layout = style.figure(x_title="step", y_title="loss (nats)").layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color is None
    assert layout.uirevision == "keep"


def test_limits_of_a_log_axis_are_given_in_data_units() -> None:
    fig = style.figure(log_y=True, y_range=(0.01, 10.0))
    assert list(fig.layout.yaxis.range) == pytest.approx([-2.0, 1.0])


def test_label_stands_at_the_last_known_point() -> None:
    fig = series.add_line(style.figure(), [1, 2, 3], [5.0, 4.0, np.nan], name="test", color="#000000")
    assert (fig.layout.annotations[0].x, fig.layout.annotations[0].y) == (2.0, 4.0)


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


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    notes = [{"x": at, "y": 2 * at, "text": f"{at}", "font": {"size": 10 + at}} for at in range(5)]
    one_by_one, at_once = figure(), figure()
    for fig in (one_by_one, at_once):
        fig.add_annotation(x=9, y=9, text="there before", showarrow=True)
    for note in notes:
        one_by_one.add_annotation(**note, showarrow=False)
    assert write_all(at_once, iter(notes)).to_dict() == one_by_one.to_dict()
