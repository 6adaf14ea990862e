"""Every optimizer's settings have widgets that can say each value, on the training pages and in lanes."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.config.choices import SCHEDULE_NAMES
from core.config.optimizers import OPTIMIZERS
from pages.ui.kit.widgets.bound_widgets import held


def script() -> None:
    """What AppTest runs, by itself: the controls of a recipe, and what they say."""
    import streamlit as st

    from pages.ui.kit.training.controls import apply, run_controls

    if changes := st.session_state.pop("changes", None):
        apply("mlp-deep", changes)
    st.session_state["said"] = run_controls("mlp-deep", lambda widget, values: {}).train


def controls(**changes: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    if changes:
        app.session_state["changes"] = changes
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_defaults_stand_as_they_are(optimizer: str) -> None:
    app = controls(optimizer=optimizer)
    usual = {name: setting.default for name, setting in OPTIMIZERS[optimizer].settings.items()}
    said = dict(app.session_state["said"].optimizer.settings)
    if optimizer == "sgd":  # the recipe's own
        usual |= {"momentum": 0.5}
    assert {**said, "lr": 0} == {**usual, "lr": 0}


def test_nesterov_is_a_switch_and_decays_go_by_powers_of_ten() -> None:
    app = controls()
    app.toggle(key="mlp-deep_nesterov").set_value(True).run()
    app.select_slider(key="mlp-deep_decay").set_value(1e-4).run()
    said = app.session_state["said"].optimizer.settings
    assert (said["nesterov"], said["decay"]) == (1.0, 1e-4)
    app.selectbox(key="mlp-deep_optimizer").set_value("adamw").run()
    app.select_slider(key="mlp-deep_weight_decay").set_value(0.3).run()
    assert not app.exception
    assert app.session_state["said"].optimizer["weight_decay"] == 0.3


@pytest.mark.parametrize("schedule", SCHEDULE_NAMES)
def test_every_schedule_can_be_chosen(schedule: str) -> None:
    app = controls()
    box = app.selectbox(key="mlp-deep_schedule")
    assert box.value == "constant"
    box.set_value(schedule).run()
    assert app.session_state["said"].schedule == schedule


def test_a_runs_settings_are_shown_again() -> None:
    changes: dict[str, Any] = {"optimizer": "sgd", "nesterov": 1.0, "decay": 0.001, "momentum": 0.8}
    app = controls(**changes, schedule="one-cycle")
    said = app.session_state["said"]
    assert {name: said.optimizer[name] for name in ("nesterov", "decay", "momentum")} == {
        "nesterov": 1.0,
        "decay": 0.001,
        "momentum": 0.8,
    }
    assert said.schedule == "one-cycle"
    settings = OPTIMIZERS["adamw"].settings
    assert held(settings["weight_decay"], 0.0123) == 0.0123  # offered or not
    assert held(settings["epsilon"], 1e-8) == 1e-8
    assert held(settings["beta_2"], 0.99) == 0.99
    assert held(OPTIMIZERS["sgd"].settings["nesterov"], 1.0) is True
