"""The look: one palette in two places, charts that work on either theme, pixels that stay sharp."""

import tomllib
from itertools import combinations

import numpy as np
import pytest

from core.charts import palette, style
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
