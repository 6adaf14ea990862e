"""The tab "Settings and accuracy": runs over their settings, one task at a time."""

import pytest

from pages.ui.runs import by_settings
from tests.pages.harness import text, well
from tests.pages.ui.runs.harness import open_page, record

pytestmark = pytest.mark.usefixtures("nothing_on_record")


def test_settings_against_accuracy() -> None:
    for lr in (0.001, 0.01, 0.1):
        for seed in (0, 1):
            record("mlp-module", lr=lr, seed=seed)
    app = open_page("Settings and accuracy")
    across = next(box for box in app.selectbox if box.key.startswith("runs_across"))
    assert across.value == "lr"
    well(across.set_value("seed").run())
    color = next(box for box in app.selectbox if box.key.startswith("runs_color"))
    well(color.set_value("lr").run())
    well(app.segmented_control(key="runs_chart").set_value(by_settings.PARALLEL).run())
    axes = next(box for box in app.multiselect if box.key.startswith("runs_axes"))
    well(axes.set_value(["lr"]).run())
    assert "6 runs, orange" in text(app)
    well(axes.set_value([]).run())
    assert "Choose at least one axis" in text(app)
    alone = open_page("Settings and accuracy", runs_words="lr=0.1 seed=1")
    assert "no setting differs among them" in text(alone)


def test_tasks_are_not_compared_with_each_other() -> None:
    for lr in (0.01, 0.1):
        record("mlp-module", lr=lr)
    for lr, loss in ((0.01, 2e-5), (0.1, 0.5), (0.3, 0.1)):
        record("regression-sine", lr=lr, test_accuracy=None, ci_low=None, ci_high=None, test_loss=loss)
    app = open_page("Settings and accuracy", runs_chart=by_settings.PARALLEL)
    measured = next(group for group in app.button_group if group.key.startswith("runs_measured"))
    assert measured.value == "Points: loss"
    assert "2 runs on something other than points are left out." in text(app)
    assert "The lowest is 2 × 10⁻⁵" in text(app)
    well(measured.set_value("Digits: accuracy").run())
    assert "3 runs on something other than digits are left out." in text(app)
    assert "The highest is 90.00%" in text(app)
    only = open_page("Settings and accuracy", runs_recipes="regression-sine")
    assert "3 runs on points." in text(only)
    none = open_page("Settings and accuracy", runs_words="nobody")
    assert "No run passes the filters" in text(none)
