"""Figures of an attack on one image: magnification, tries, bars and the film."""

import numpy as np
import pytest

from core.charts.palette import DIVERGING
from core.lessons.adversarial.charts.animation import attack_film_figure
from core.lessons.adversarial.charts.one_image import (
    epsilon_tries_figure,
    needed_epsilon_figure,
    path_numbers_figure,
    perturbation_picture,
)


def ink(place: float) -> list[int]:
    text = dict(DIVERGING)[place]
    return [int(text[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_perturbation_is_magnified_until_its_largest_change_fills_the_scale() -> None:
    change = np.zeros((28, 28))
    change[0, 0], change[0, 1], change[1, 0] = -0.02, 0.01, 0.02
    picture, factor = perturbation_picture(change, size=112)
    assert factor == pytest.approx(50)
    assert picture.shape == (112, 112, 3)
    assert picture[0, 0].tolist() == picture[3, 3].tolist() == ink(0.0)
    assert picture[0, 4].tolist() == ink(0.75)
    assert picture[4, 0].tolist() == ink(1.0)
    assert picture[60, 60].tolist() == ink(0.5)


def test_no_perturbation_is_pale_and_not_magnified() -> None:
    picture, factor = perturbation_picture(np.zeros((28, 28)))
    assert factor == 1
    assert (picture == ink(0.5)).all()


def test_tries_are_sorted_and_told_apart() -> None:
    fig = epsilon_tries_figure(
        [0, 0.2, 0.1, 0.15], [0.9, 0.1, 0.6, 0.4], [False, True, False, True], [4, 9, 4, 8], smallest=0.15, end=0.2
    )
    line, held, succeeded = fig.data
    assert list(line.x) == [0, 0.1, 0.15, 0.2]
    assert list(held.x) == [0, 0.1]
    assert list(succeeded.x) == [0.15, 0.2]
    assert list(succeeded.y) == [0.4, 0.1]
    assert [row[0] for row in succeeded.customdata] == [8, 9]
    assert fig.layout.shapes[0].x0 == 0.15
    none = epsilon_tries_figure([0, 0.5], [1, 1], [False, False], [4, 4], smallest=None, end=0.5)
    assert [trace.name for trace in none.data[1:]] == ["classified correctly"]
    assert not none.layout.shapes


def test_an_attack_that_never_fooled_gets_a_pale_bar_and_words() -> None:
    fig = needed_epsilon_figure(
        ["FGSM", "noise"], [0.093, None], end=0.5, x_title="ε", colors=["red", "gray"], current="FGSM"
    )
    assert list(fig.data[0].text) == ["0.093", "over 0.5"]
    assert list(fig.data[0].marker.opacity) == [1.0, 0.25]
    assert fig.layout.xaxis.range[1] > 0.5
    assert list(fig.layout.yaxis.ticktext) == ["<b>FGSM</b>", "noise"]
    near = needed_epsilon_figure(["FGSM"], [0.1], end=0.5, x_title="ε", colors=["red"])
    assert near.layout.xaxis.range[1] < 0.2
    assert needed_epsilon_figure(["FGSM"], [0.0], end=0.5, x_title="ε", colors=["red"]).layout.xaxis.range[1]


def test_the_film_shows_each_step_the_right_way_up() -> None:
    rng = np.random.default_rng(0)
    images = rng.uniform(0, 1, (4, 28, 28))
    changes = images - images[0]
    chances = rng.dirichlet(np.ones(10), 4)
    fig = attack_film_figure([0, 2, 4, 6], images, changes, chances)
    assert [frame.name for frame in fig.frames] == ["0", "2", "4", "6"]
    for k, frame in enumerate(fig.frames):
        assert list(frame.traces) == [0, 1, 2, 3]
        shown, shift, bars, mark = frame.data
        assert np.abs(np.asarray(shown.z)[::-1] / 255 - images[k]).max() <= 0.5 / 255 + 1e-9
        top = np.abs(changes).max()
        assert np.abs(np.asarray(shift.z)[::-1] / 127 * top - changes[k]).max() <= top / 127
        assert np.allclose(bars.y, chances[k])
        assert list(mark.x) == [[0, 2, 4, 6][k]] * 2
    curves = [trace for trace in fig.data if trace.type == "scatter"][1:]
    assert sorted(curve.name for curve in curves) == [str(digit) for digit in range(10)]
    for curve in curves:
        assert np.allclose(curve.y, chances[:, int(curve.name)])
    assert fig.layout.updatemenus[0].buttons[0].args[1]["frame"]["redraw"] is True


def test_numbers_of_a_path_leave_room_for_their_limit() -> None:
    fig = path_numbers_figure([0, 1, 2], [0.0, 0.1, 0.15], title="L∞", limit=0.3)
    assert fig.layout.yaxis.range[1] > 0.3
    assert fig.layout.shapes[0].y0 == 0.3
    assert not path_numbers_figure([0, 1], [0.0, 0.0], title="loss").layout.shapes
