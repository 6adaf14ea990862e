"""Spoiled data: every widget reaches the run, the link and back, and the run says what was done."""

import pytest
from streamlit.testing.v1 import AppTest

from core.config.digits import DigitsConfig
from core.config.run import RunConfig
from pages.ui.kit.training.corruption_settings import faults_told
from tests.pages.harness import well

RECIPE = "mlp-module"


def show() -> None:
    import streamlit as st

    from pages.ui.kit.training import controls
    from pages.ui.mlp.train import network

    if st.session_state.pop("apply_now", False):
        controls.apply("mlp-module", st.session_state["changes"])
    st.session_state["said"] = controls.run_controls("mlp-module", network)


@pytest.fixture
def app() -> AppTest:
    return well(AppTest.from_function(show, default_timeout=30).run())


def said(app: AppTest) -> RunConfig:
    config = well(app).session_state["said"]
    assert isinstance(config, RunConfig)
    return config


def test_every_widget_says_what_it_shows(app: AppTest) -> None:
    assert not said(app).faults.any
    assert not [widget for widget in app.number_input if widget.key == f"{RECIPE}_faults_seed"]
    app.select_slider(key=f"{RECIPE}_share").set_value(0.2)
    app.slider(key=f"{RECIPE}_flipped").set_value(0.1)
    app.selectbox(key=f"{RECIPE}_rare").set_value("7").run()
    app.select_slider(key=f"{RECIPE}_rare_share").set_value(0.05)
    app.slider(key=f"{RECIPE}_pixel_noise").set_value(0.3)
    app.number_input(key=f"{RECIPE}_faults_seed").set_value(4).run()
    assert said(app).faults == DigitsConfig(0.2, 0.1, 7, 0.05, 0.3, 4)


def test_settings_of_a_run_come_back_into_the_widgets(app: AppTest) -> None:
    faults = DigitsConfig(share=0.5, flipped=0.25, rare=0, rare_share=0.02, pixel_noise=0.1, faults_seed=3)
    config = said(app)
    app.session_state["changes"] = config.with_settings({**vars(faults), "validation": 0.1, "keep": "best"}).settings()
    app.session_state["apply_now"] = True
    app.run()
    assert said(app).faults == faults
    assert said(app).train.keep == "best"
    app.slider(key=f"{RECIPE}_validation").set_value(0.0).run()
    assert said(app).train.keep == "last", "nothing to choose by"


def test_a_link_spoils_the_data_again() -> None:
    app = AppTest.from_function(show, default_timeout=30)
    app.query_params[f"{RECIPE}_flipped"] = "0.1"
    app.query_params[f"{RECIPE}_rare"] = "7"
    assert said(app.run()).faults == DigitsConfig(flipped=0.1, rare=7)


def test_faults_in_words() -> None:
    assert faults_told(DigitsConfig()) == ""
    whole = DigitsConfig(share=0.05, flipped=0.1, rare=7, rare_share=0.0, pixel_noise=0.2)
    assert faults_told(whole) == (
        "5% of the images, 10% of the labels wrong, of the digit 7 none left, pixel noise of 0.2"
    )
    assert faults_told(DigitsConfig(share=0.005)) == "0.5% of the images"
