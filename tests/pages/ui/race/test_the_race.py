"""The tab "The race" in Streamlit's harness: every control, a race to its end, paused and found again."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.config.errors import DataError
from core.lessons.race.race_lanes import lanes_from_text
from pages.ui.race import the_race
from pages.ui.race.lanes import LANES
from tests.pages.harness import open_part, text, until, well
from tests.pages.ui.race.harness import finished, job, open_tab

pytestmark = pytest.mark.usefixtures("few_digits")


def cards(app: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in app.get("html"))


def lane(app: AppTest, kind: str, place: int, name: str) -> Any:
    """The widget `name` of the lane at that place, whichever turn its key is of."""
    end = f"_{place}_{name}"
    return next(w for w in app.get(kind) if (w.key or "").startswith("race_lane_") and w.key.endswith(end))


def test_the_first_view_says_what_start_will_do() -> None:
    app = open_tab()
    assert "3 runs" in text(app)
    assert "*SGD*, *RMSprop*, *Adam*" in text(app)
    assert "128 of 540 images" in text(app)
    assert not app.button(key="race_start").disabled
    assert "60 images are kept for validation" in text(app)


def test_before_any_race_the_recorded_one_is_shown_as_one_likes() -> None:
    app = open_tab()
    assert "Recorded race" in text(app)
    assert "the highest validation accuracy" in text(app)
    assert "test accuracy" in cards(app)
    app.slider(key="race_smoothing").set_value(0.0)
    app.toggle(key="race_log").set_value(True)
    well(app.slider(key="race_target").set_value(90).run())
    assert "90% after" in cards(app)
    assert "(3 of 3 seeds)" in cards(app)
    assert "Validation error rate" in text(app)
    for axis in ("examples", "seconds", "steps"):
        well(app.get("button_group")[0].set_value([axis]).run())


def test_without_its_file_there_is_no_recorded_race(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DataError("It cannot be read.")

    monkeypatch.setattr(the_race, "_recorded", gone)
    assert "Recorded race" not in text(open_tab())


def test_one_click_races_to_the_end() -> None:
    app = open_tab()
    well(app.button(key="race_start").click().run())
    seen = finished(app)
    assert seen.status == "finished"
    assert [lane.name for lane in seen.config.lanes] == ["SGD", "RMSprop", "Adam"]
    train = seen.config.base.train
    assert (train.epochs, train.batch_size, train.validation, train.record_every) == (2, 128, 0.1, 1)
    assert seen.config.base.mlp.activation == "relu"
    assert "the highest validation accuracy" in text(app)
    assert "With one seed the difference may be chance" in text(app)
    assert "No optimizer reached 97%" in text(app)
    assert "95% interval" in cards(app)
    assert len(app.get("plotly_chart")) == 2


def test_every_control_decides_what_is_raced() -> None:
    app = open_tab()
    app.selectbox(key="race_recipe").set_value("mlp-module")
    app.selectbox(key="race_activation").set_value("tanh")
    app.slider(key="race_epochs").set_value(1)
    app.select_slider(key="race_batch_size").set_value(100)
    app.slider(key="race_seeds").set_value(2)
    app.number_input(key="race_first_seed").set_value(5)
    app.slider(key="race_validation").set_value(0.2)
    lane(app, "selectbox", 2, "schedule").set_value("cosine")
    well(lane(app, "selectbox", 3, "optimizer").set_value("adamw").run())
    lane(app, "select_slider", 1, "sgd_lr").set_value(0.1)
    lane(app, "slider", 1, "sgd_momentum").set_value(0.9)
    lane(app, "select_slider", 1, "sgd_decay").set_value(1e-4)
    lane(app, "select_slider", 3, "adamw_weight_decay").set_value(0.1)
    lane(app, "slider", 3, "adamw_beta_1").set_value(0.8)
    well(lane(app, "select_slider", 3, "adamw_epsilon").set_value(1e-6).run())
    well(lane(app, "toggle", 1, "sgd_nesterov").set_value(True).run())
    well(app.button(key="race_start").click().run())
    seen = finished(app)
    config = seen.config
    assert seen.status == "finished"
    assert (config.base.recipe, config.base.mlp.activation, config.seeds) == ("mlp-module", "tanh", (5, 6))
    train = config.base.train
    assert (train.epochs, train.batch_size, train.validation) == (1, 100, 0.2)
    sgd, rms, adamw = config.lanes
    assert sgd.optimizer.settings == {"lr": 0.1, "momentum": 0.9, "decay": 1e-4, "nesterov": 1.0}
    assert (rms.name, rms.schedule) == ("RMSprop", "cosine")
    assert adamw.optimizer.settings == {
        "lr": 0.001,
        "beta_1": 0.8,
        "beta_2": 0.999,
        "epsilon": 1e-6,
        "weight_decay": 0.1,
    }
    assert "mean ± standard deviation of 2 seeds" in cards(app)
    assert "band: lowest to highest of 2" in text(app)


def test_lanes_come_and_go() -> None:
    app = open_tab(**{LANES: "sgd;rmsprop;adam;momentum;adamw;adagrad"})
    for _ in range(2):
        well(app.button(key="race_add").click().run())
    assert app.button(key="race_add").disabled
    names = [lane.name for lane in lanes_from_text(app.session_state[LANES])]
    assert names[3:] == ["Momentum", "AdamW", "Adagrad", "Adadelta", "SGD (2)"]
    well(lane(app, "button", 1, "remove").click().run())
    well(lane(app, "select_slider", 1, "rmsprop_lr").set_value(0.01).run())
    kept = lanes_from_text(app.session_state[LANES])
    assert (kept[0].name, kept[0].optimizer["lr"], len(kept)) == ("RMSprop", 0.01, 7)
    well(app.button(key="race_chapter").click().run())
    assert [lane.name for lane in lanes_from_text(app.session_state[LANES])] == ["SGD", "RMSprop", "Adam"]
    for _ in range(2):
        well(lane(app, "button", 1, "remove").click().run())
    assert lane(app, "button", 1, "remove").disabled


def test_a_link_says_the_lanes_and_a_broken_one_is_told() -> None:
    app = open_tab(**{LANES: "sgd:lr=0.04~one-cycle;sgd:lr=0.4", "race_seeds": "3"})
    assert lane(app, "select_slider", 1, "sgd_lr").value == 0.04  # no value of the slider's own
    assert lane(app, "selectbox", 1, "schedule").value == "one-cycle"
    assert "6 runs" in text(app)
    assert "*SGD 0.04*, *SGD 0.4*" in text(app)
    fast = open_tab(**{LANES: "sgd:momentum=0.995"})  # more than the slider offers by itself
    assert lane(fast, "slider", 1, "sgd_momentum").value == 0.995
    for momentum in (0.9, 0.5):
        well(lane(fast, "slider", 1, "sgd_momentum").set_value(momentum).run())
        assert lane(fast, "slider", 1, "sgd_momentum").value == momentum
        assert lanes_from_text(fast.session_state[LANES])[0].optimizer["momentum"] == momentum
    broken = open_tab(**{LANES: "sgd:lr=fast"})
    assert "The address names unknown optimizers" in broken.warning[0].value
    assert "*SGD*, *RMSprop*, *Adam*" in text(broken)
    told = open_tab(**{LANES: "![x](http://a.b)"}).warning[0].value  # what an address says is no Markdown
    assert "![x]" not in told


def test_a_race_is_paused_stepped_found_again_and_stopped() -> None:
    app = open_tab(race_epochs="20", race_batch_size="8", race_recipe="linear-softmax")
    well(app.button(key="race_start").click().run())
    assert app.button(key="race_start").disabled
    assert app.slider(key="race_epochs").disabled
    assert lane(app, "select_slider", 1, "sgd_lr").disabled
    race = job(app)
    until(lambda: race.snapshot.rounds > 3)
    well(app.button(key="race_live_pause").click().run())
    until(lambda: race.snapshot.status == "paused")
    well(app.run())
    rounds = race.snapshot.rounds
    well(app.button(key="race_live_step").click().run())
    until(lambda: race.snapshot.rounds == rounds + 1)

    again = open_tab(**{the_race.RUN: race.job_id})  # a reload
    assert f"step {rounds + 1:,} of 1,360" in text(again)
    assert again.slider(key="race_epochs").value == 20
    assert again.selectbox(key="race_recipe").value == "linear-softmax"
    well(again.button(key="race_live_resume").click().run())
    until(lambda: race.snapshot.rounds > rounds + 1)
    well(again.button(key="race_live_stop").click().run())
    assert race.wait(20).status == "stopped"
    well(again.run())
    assert "Stopped" in text(again)
    assert not again.button(key="race_start").disabled
    well(again.slider(key="race_epochs").set_value(3).run())
    assert "The settings have changed since this race" in text(again)


def test_is_it_fair() -> None:
    app = open_part(the_race.the_race, address={"race_seeds": "3"}, state={"race_fair": True})
    assert "With seed 0 all 3 optimizers start from **the same weights**" in text(app)
    table = app.dataframe[0].value
    assert table["initial weights"].nunique() == 1
    before = table["order of images, epoch 1"][0]
    well(app.select_slider(key="race_fair_seed_0_3").set_value(2).run())
    assert app.dataframe[0].value["order of images, epoch 1"][0] != before


def test_fingerprints_are_not_computed_from_other_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_part(the_race.the_race, address={"race_epochs": "1"}, state={"race_fair": True})
    well(app.button(key="race_start").click().run())
    finished(app)
    assert "start from **the same weights**" in text(app)
    other = the_race.mnist()
    fewer = replace(other, train=other.train.take(slice(0, 500)))
    monkeypatch.setattr(the_race, "mnist", lambda: fewer)
    well(app.run())
    assert "That race trained on 540 images; with the data in use now it would be 450" in text(app)
    assert "start from **the same weights**" not in text(app)


def test_a_lane_that_diverges_is_marked_and_the_others_go_on() -> None:
    lanes = {LANES: "sgd:lr=100,momentum=0.99;adam", "race_recipe": "mlp-deep", "race_epochs": "20"}
    app = open_tab(**lanes, race_batch_size="32")
    well(app.button(key="race_start").click().run())
    seen = finished(app)
    assert [run.status for run in seen.runs] == ["diverged", "finished"]
    assert "Diverged, while the other continued: SGD" in text(app)
    loss, accuracy = (json.loads(chart.proto.spec)["layout"]["yaxis"] for chart in app.get("plotly_chart"))
    assert loss["type"] == "log"
    assert accuracy.get("type") != "log"
    assert "too high here" in cards(app)
