"""Curves of runs on one axis, and smoothing against its definition written out."""

import numpy as np
import pytest

from core.config.errors import ConfigError
from core.lessons.runs.curves import exponential, places, series, smoothed, window

from .conftest import MakeRun


def test_the_four_axes(make_run: MakeRun) -> None:
    run = make_run()
    assert places(run, "step").tolist() == [0, 1, 2, 3, 4]
    assert places(run, "epoch").tolist() == [0, 0.6, 1.0, 1.6, 2.0]
    assert places(run, "time").tolist() == [0, 1.5, 3.0, 3.5, 4.0]
    assert places(run, "clock").tolist() == [999_996, 999_997.5, 999_999, 999_999.5, 1_000_000]
    with pytest.raises(ConfigError):
        places(run, "miles")


def test_training_loss_at_every_step_and_the_rest_after_epochs(make_run: MakeRun) -> None:
    run = make_run()
    loss = series(run, "loss", "train", "epoch")
    assert loss.each_step
    assert loss.x.tolist() == [0.6, 1.0, 1.6, 2.0]
    assert np.isnan(loss.y[1])
    test = series(run, "accuracy", "test", "time")
    assert not test.each_step
    assert (test.x.tolist(), test.y.tolist()) == ([0, 3, 4], [0.1, 0.7, 0.9])
    assert len(series(run, "loss", "validation", "step").x) == 0


def test_a_run_stopped_within_an_epoch_ends_where_its_seconds_end(make_run: MakeRun) -> None:
    run = make_run(train_seconds=7.0)
    run.history.epochs.pop()
    assert places(run, "time").tolist() == [0, 1.5, 3.0, 5.0, 7.0]


def test_exponential_smoothing_is_a_weighted_mean_of_the_past() -> None:
    y = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    weight = 0.7
    for place, value in enumerate(exponential(y, weight)):
        weights = weight ** np.arange(place, -1, -1)
        assert value == pytest.approx((weights * y[: place + 1]).sum() / weights.sum())
    assert exponential(y, 0.0).tolist() == y.tolist()
    assert exponential(np.array([np.nan, 2.0, np.nan]), 0.5)[1:].tolist() == [2.0, 2.0]
    with pytest.raises(ConfigError):
        exponential(y, 1.0)


@pytest.mark.parametrize("width", [1, 2, 3, 5, 11])
def test_window_smoothing_is_the_mean_of_the_neighbors(width: int) -> None:
    y = np.random.default_rng(0).normal(size=20)
    y[4] = np.nan
    expected = [
        np.nanmean(part) if np.isfinite(part := y[max(0, i - (width - 1) // 2) : i + width // 2 + 1]).any() else np.nan
        for i in range(20)
    ]
    np.testing.assert_allclose(window(y, width), expected)


def test_smoothing_by_name() -> None:
    y = np.arange(5.0)
    assert smoothed(y, "none", 0.9) is y
    np.testing.assert_allclose(smoothed(y, "window", 3), [0.5, 1, 2, 3, 3.5])
    np.testing.assert_allclose(smoothed(y, "exponential", 0.0), y)
    with pytest.raises(ConfigError):
        smoothed(y, "magic", 1)
