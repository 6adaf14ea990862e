"""What the rules read: blocks of steps, and rates that a slider offers."""

import numpy as np

from core.config.optimizers import LEARNING_RATES
from core.storage.history import History
from core.training.hints.hint import handy
from core.training.hints.reading import blocks, measured, since_change


def test_blocks_hold_enough_images_and_end_where_numbers_do() -> None:
    history = History(loss=[4.0, 2.0, 1.0, 1.0, 3.0, None, 1.0], examples_per_step=[300, 200, 250, 250, 100, 9, 9])
    assert blocks(history).tolist() == [(4 * 300 + 2 * 200) / 500, 1.0]


def test_after_a_change_of_the_rate_only_what_follows_counts() -> None:
    history = History(loss=[9.0] * 4 + [1.0] * 4, examples_per_step=[500] * 8)
    assert len(since_change(history)) == 8
    history.changes.append({"step": 4, "examples": 2000, "name": "lr", "value": 0.1})
    assert since_change(history).tolist() == [1.0] * 4


def test_rows_without_a_measurement_are_left_out() -> None:
    history = History(epochs=[{"epoch": 0.0, "test_loss": 2.0}, {"epoch": 1.0}, {"epoch": 2.0, "test_loss": 1.0}])
    epochs, values = measured(history, "test_loss")
    assert (epochs.tolist(), values.tolist()) == ([0, 2], [2, 1])
    assert not len(measured(history, "validation_loss")[0])


def test_a_handy_rate_is_one_that_the_slider_offers() -> None:
    for rate in LEARNING_RATES[5:-1]:
        assert handy(rate / 10) in LEARNING_RATES
        assert handy(rate) == rate
        assert handy(0.96 * rate) == rate
    assert np.isclose(handy(9.0), 10.0)
