"""What runs are measured by: one task at a time, and the others counted; numbers in words."""

import math

from core.lessons.runs.measures import MEASURES, left_out, loss_of, measures, most_frequent

from .conftest import MakeRun


def test_tasks_are_measured_apart(make_run: MakeRun) -> None:
    digits = [make_run(), make_run(test_accuracy=None)]
    points = [make_run("regression-sine", test_accuracy=None, test_loss=2e-5) for _ in range(2)]
    words = [make_run("language-gru")]
    runs = [*digits, *points, *words]
    assert list(measures(runs)) == list(MEASURES)
    assert list(measures(points)) == ["Points: loss"]
    assert measures([digits[1]]) == {}
    assert most_frequent(runs, measures(runs)) == "Points: loss"
    assert [MEASURES["Points: loss"].of(run) for run in runs] == [None, None, 2e-5, 2e-5, None]
    assert MEASURES["Words: accuracy"].of(words[0]) == 0.9
    diverged = make_run("regression-sine", test_accuracy=None, test_loss=math.inf)
    assert MEASURES["Points: loss"].of(diverged) is None


def test_what_is_left_out_is_counted(make_run: MakeRun) -> None:
    digits = MEASURES["Digits: accuracy"]
    points = [make_run("regression-sine", test_accuracy=None) for _ in range(7)]
    assert left_out([make_run(), *points], digits) == ("7 runs on something other than digits are left out.")
    blind = make_run(test_accuracy=None)
    assert left_out([make_run(), blind], digits) == "1 run on digits without an accuracy is left out."
    assert left_out([blind, points[0]], digits).count(" and ") == 1
    assert left_out([make_run()], digits) == ""


def test_losses_of_different_kinds_are_told_apart(make_run: MakeRun) -> None:
    kinds = [loss_of(make_run(name)) for name in ("mlp-module", "regression-sine", "language-gru")]
    assert kinds == ["cross-entropy (nats)", "mean squared error", "cross-entropy (nats)"]
