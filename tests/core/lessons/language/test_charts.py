"""Figures about words: what stands in their cells and where their frames are."""

import numpy as np
import pytest

from core.charts.palette import GUESSERS, LANGUAGES
from core.config.language import ALPHABET
from core.config.language import LANGUAGES as FIVE
from core.lessons.language.charts import gru_cell_figure, prediction_steps_figure, substitutions_figure, units_figure
from core.lessons.language.contest import NAMES

NAMED = list(FIVE.values())


def test_every_language_and_way_has_a_color_of_its_own() -> None:
    assert len(set(LANGUAGES)) == len(FIVE)
    assert set(GUESSERS) == set(NAMES)
    assert len(set(GUESSERS.values())) == len(NAMES)


def test_thoughts_stand_in_percent_under_their_letters() -> None:
    shares = np.array([[0.2] * 5, [0.9, 0.1, 0, 0, 0], [0.004, 0, 0.99, 0.006, 0]])
    fig = prediction_steps_figure("żal", NAMED, shares, chosen=2)
    assert np.allclose(fig.data[0].z, shares.T)
    assert list(fig.layout.xaxis.ticktext) == ["ż", "a", "l"]
    written = {(int(note.x), note.y): note.text for note in fig.layout.annotations}
    assert written[1, "English"] == "90"
    assert written[2, "Finnish"] == "99"
    assert len(written) == 15
    frame = fig.layout.shapes[0]
    assert (frame.x0, frame.x1) == (1.5, 2.5)
    assert fig.data[0].customdata[0][1] == "ża"


def test_a_long_word_has_no_numbers_in_its_cells() -> None:
    fig = prediction_steps_figure("a" * 40, NAMED, np.full((40, 5), 0.2), chosen=0)
    assert not fig.layout.annotations


@pytest.mark.parametrize("signed", [True, False])
def test_units_keep_their_numbers_where_they_are_sorted(signed: bool) -> None:
    values = np.random.default_rng(0).uniform(0, 1, (4, 6))
    order = [3, 0, 5, 1, 2, 4]
    fig = units_figure("kala", values[:, order], 1, 2, signed=signed, name="update z", units=order)
    heat = fig.data[0]
    assert (heat.zmin, heat.zmax) == ((-1, 1) if signed else (0, 1))
    assert heat.customdata[0][2] == 5
    assert np.allclose(np.asarray(heat.z)[:, 2], values[:, 5])
    row, column = fig.layout.shapes
    assert (row.y0, row.y1, column.x0, column.x1) == (0.5, 1.5, 1.5, 2.5)


def test_substitutions_frame_the_letters_that_are_there() -> None:
    fig = substitutions_figure("zżb", ALPHABET, np.zeros((3, len(ALPHABET))), "Polish")
    frames = [(shape.x0 + 0.5, shape.y0 + 0.5) for shape in fig.layout.shapes]
    assert frames == [(ALPHABET.index(letter), at) for at, letter in enumerate("zżb")]
    assert fig.data[0].customdata[1][0] == "zab"


def test_forty_letters_do_not_make_a_picture_of_a_thousand_pixels() -> None:
    word, shares = "a" * 40, np.zeros((40, 46))
    units = units_figure(word, np.zeros((40, 8)), 0, 0, signed=True, name="state", units=range(8))
    changed = substitutions_figure(word, ALPHABET, shares, "Finnish")
    assert units.layout.height <= 420
    assert changed.layout.height <= 420
    assert units_figure("abc", np.zeros((3, 8)), 0, 0, signed=True, name="state", units=range(8)).layout.height < 200


def test_the_cell_shows_the_numbers_of_its_gates() -> None:
    fig = gru_cell_figure("ż", 0.25, 0.75, -0.5, 0.1, 0.9)
    told = " ".join(note.text for note in fig.layout.annotations)
    for number in ("0.25", "0.75", "−0.50", "0.10", "0.90", "ż"):
        assert number in told
