"""The page on regression in Streamlit's own harness: presets, own points, every control, runs found again."""

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from core.config.run import CurveConfig, RegressorConfig
from core.lessons.regression.small_fit import WIDTHS, Ends
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.cache import registry, run_store, shipped_model
from pages.ui.kit.training.live_run import written
from pages.ui.regression import hidden_unit_sum, overfitting, placed_points, train
from tests.pages import harness
from tests.pages.harness import finish, page_of, text, well

pytestmark = pytest.mark.usefixtures("newcomer")

open_page = partial(harness.open_page, "7_Regression.py")
R = "regression-sine"
QUICK_TAB = {"reg_wiggly_epochs": "100", "reg_wiggly_width": "4"}


def quickly(app: AppTest, epochs: int = 50) -> str:
    """Train without taking time to watch; the run's id."""
    app.toggle(key="reg_slowly").set_value(False)
    app.select_slider(key=f"{R}_epochs").set_value(epochs).run()
    app.button(key="reg_start").click().run()
    well(app)
    return finish(app, train.JOB)


def test_the_first_view_is_what_came_along_beside_the_claim() -> None:
    app = open_page()
    facts = shipped_model(R).provenance
    assert f"trained on {facts['n_train']} points" in text(app)
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Test loss"] == written(facts["test_loss"])
    assert f"epoch {facts['kept_epoch']:,.0f}" in text(app)
    assert RECIPES[R].claim in text(app)
    assert "Good fit" in text(app)
    assert "best_loss, best_epoch" in app.code[0].value
    assert any(box.label == "Replay the training" for box in app.expander)


def test_the_preset_trains_in_one_click_and_is_found_again() -> None:
    app = open_page()
    app.toggle(key="reg_slowly").set_value(False)
    app.button(key="reg_start").click().run()
    run = run_store().get(finish(app, train.JOB))
    assert run.config == RECIPES[R].config
    assert run.test_loss is not None
    assert run.test_loss < 0.000313
    assert "Finished" in text(app)
    assert {m.label: m.value for m in app.metric}["Test loss"] == written(run.test_loss)

    registry().close()
    registry.clear()
    again = open_page(reg_run=run.run_id)
    assert "Recorded run" in text(again)
    assert {m.label: m.value for m in again.metric}["Test loss"] == written(run.test_loss)


def test_every_setting_reaches_the_run() -> None:
    app = open_page()
    app.selectbox(key=f"{R}_target").set_value("square").run()
    assert app.select_slider(key=f"{R}_low").value == -2.0, "another curve, its own interval"
    for name, value in {
        "low": -3.0,
        "high": 1.0,
        "points": 40,
        "noise": 0.2,
        "lr": 0.01,
        "batch_size": 8,
        "patience": 10,
    }.items():
        app.select_slider(key=f"{R}_{name}").set_value(value)
    app.slider(key=f"{R}_depth").set_value(2).run()
    app.number_input(key=f"{R}_width_1").set_value(6)
    app.number_input(key=f"{R}_width_2").set_value(5)
    app.selectbox(key=f"{R}_activation").set_value("relu")
    app.number_input(key=f"{R}_points_seed").set_value(9)
    app.slider(key=f"{R}_validation").set_value(0.3).run()
    well(app)
    config = run_store().get(quickly(app)).config
    assert config.model == RegressorConfig(hidden=(6, 5), activation="relu")
    assert config.data == CurveConfig("square", -3.0, 1.0, 40, 0.2, 9)
    assert (config.train.patience, config.train.validation, config.train.keep) == (10, 0.3, "best")
    assert "Dotted: the noise variance" in text(app)
    assert RECIPES[R].claim not in text(app), "another curve, no claim"
    app.button(key="reg_reset").click().run()
    well(app)
    assert app.selectbox(key=f"{R}_target").value == "sine"
    assert app.select_slider(key=f"{R}_low").value == RECIPES[R].config.data.low  # type: ignore[union-attr]


def test_nothing_held_out_keeps_the_last_epoch_and_says_so() -> None:
    app = open_page()
    app.slider(key=f"{R}_validation").set_value(0.0).run()
    config = run_store().get(quickly(app)).config
    assert (config.train.keep, config.train.validation) == ("last", 0.0)
    assert "No validation split" in text(app)


def test_points_are_placed_removed_cleared_and_learned() -> None:
    app = page_of("7_Regression.py", **{f"{R}_target": "points you place", "reg_points": "0.0_4.4_8.0"}).run()
    assert [error.value for error in app.error] == ["Place at least 5 points first."]
    assert "**Your points**: 3" in text(app)
    assert app.button(key="reg_start").disabled
    app.button(key="reg_shape_One bump").click().run()
    well(app)
    assert "**Your points**: 20" in text(app)
    folded = next(box for box in app.expander if box.label.startswith("The run above"))
    assert "Good fit" in "".join(entry.value for entry in folded.markdown), "the sine's verdict is out of sight"
    app.button(key="reg_remove").click().run()
    assert "**Your points**: 19" in text(app)
    config = run_store().get(quickly(app)).config
    assert config.data.placed == placed_points.shape("One bump")[:-1]
    assert "Validation points: 3" in text(app), "few enough to warn"
    assert not [box for box in app.expander if box.label.startswith("The run above")]
    app.button(key="reg_clear").click().run()
    assert [error.value for error in app.error] == ["Place at least 5 points first."]
    assert app.button(key="reg_remove").disabled
    app.button(key="reg_reset").click().run()
    app.selectbox(key=f"{R}_target").set_value("placed").run()
    well(app)
    assert "**Your points**: 20" in text(app), "after a reset the preset is back"


def test_a_share_that_holds_out_no_point_is_refused() -> None:
    app = open_page()
    app.select_slider(key=f"{R}_points").set_value(5)
    app.slider(key=f"{R}_validation").set_value(0.05).run()
    assert "holds out none to validate with" in app.error[0].value
    assert app.button(key="reg_start").disabled


@pytest.mark.long
def test_units_are_added_one_by_one() -> None:
    app = open_page(reg_tab="How bends add up", reg_bends_width="6")
    assert "**6 of 6** units added" in text(app)
    assert "the sum is the network's output" in text(app)
    assert "dashed" not in text(app)
    assert "is 0 left of its breakpoint" in text(app)
    assert "piecewise linear" in text(app)
    app.slider(key="reg_bends_added_6").set_value(2).run()
    well(app)
    assert "**2 of 6**" in text(app)
    assert "dashed: the network's output" in text(app)
    app.selectbox(key="reg_bends_activation").set_value("tanh").run()
    app.selectbox(key="reg_bends_target").set_value("absolute").run()
    assert "piecewise linear" not in text(app)
    assert "left of its breakpoint" not in text(app)
    app.number_input(key="reg_bends_seed").set_value(3).run()
    well(app)
    app.slider(key="reg_bends_width").set_value(1).run()
    well(app)
    assert "**1 of 1**" in text(app)


def test_units_of_the_pretrained_network() -> None:
    app = open_page(reg_tab="How bends add up", reg_bends_source=hidden_unit_sum.THERE)
    assert "**16 of 16**" in text(app)
    app.segmented_control(key="reg_bends_order").set_value(hidden_unit_sum.LARGEST_FIRST).run()
    well(app)
    assert "left asymptote" not in text(app)
    former = {"reg_bends_source": "From Train", "reg_bends_order": "the largest first"}
    assert "**16 of 16**" in text(open_page(reg_tab="How bends add up", **former)), "what labels were before"


def test_one_small_network_and_its_controls() -> None:
    app = open_page(reg_tab="Too simple, too wiggly", **QUICK_TAB)
    assert "At the last epoch" in text(app)
    app.select_slider(key="reg_wiggly_points").set_value(5)
    app.select_slider(key="reg_wiggly_noise").set_value(0.0)
    app.selectbox(key="reg_wiggly_activation").set_value("relu")
    app.selectbox(key="reg_wiggly_target").set_value("step")
    app.select_slider(key="reg_wiggly_width").set_value(1)
    app.number_input(key="reg_wiggly_seed").set_value(0).run()
    well(app)
    assert "Test loss: " in text(app)


def swept(validation: dict[int, float], train: float = 0.01) -> dict[tuple[int, int], Ends]:
    return {(w, 0): Ends(train, validation[w], 0.4, validation[w] / 2, 0.2, 10.0) for w in WIDTHS}


def test_the_sentence_on_the_sweep_follows_its_numbers() -> None:
    bowl = {w: 0.1 + 0.1 * abs(n - 3) for n, w in enumerate(WIDTHS)}
    said = overfitting.describe(swept(bowl))
    assert "lowest with **8 units**" in said
    assert "underfitting" in said
    assert "overfitting" in said
    assert "early stopping helps" in said
    falling = {w: 1 / (n + 1) for n, w in enumerate(WIDTHS)}
    assert "More units did no harm" in overfitting.describe(swept(falling))
    flat = {w: 0.1 + n / 1000 for n, w in enumerate(WIDTHS)}
    assert "too" not in overfitting.describe(swept(flat))
    assert "follows once" in overfitting.describe({(1, 0): Ends(0.1, 0.1, 0.1, 0.1, 0.1, 1.0)})


def test_what_is_no_number_is_left_out_of_the_sweep() -> None:
    done = {(1, 0): Ends(None, 0.1, 0.1, 0.1, 0.1, 1.0), (1, 1): Ends(0.2, 0.1, 0.1, 0.1, 0.1, 1.0)}
    assert overfitting.gather(done, "train") == {1: [0.2]}
