"""The tab "The race" in Streamlit's harness: every control, a race to its end, the sweep over rates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import DataError
from core.race_config import RaceConfig
from core.training.race_job import RaceJob, RaceSnapshot
from core.training.race_lanes import lanes_from_text
from core.training.rate_race import RateScore
from core.training.standings import Reached, Standing, spread
from pages.ui.cache import mnist, registry, run_store
from pages.ui.race import rate_sweep, the_race
from pages.ui.race.lanes import LANES
from pages.ui.race.standing_cards import details, headline
from pages.ui.race.verdict import verdict
from tests.pages.harness import open_part, text, until, well


@pytest.fixture(autouse=True)
def newcomer(bundled_only: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server of its own, and 600 of the bundled digits."""
    for cached in (mnist, registry, run_store):
        cached.clear()
    whole = mnist()
    few = replace(whole, train=whole.train.take(slice(0, 600)), test=whole.test.take(slice(0, 100)))
    monkeypatch.setattr(the_race, "mnist", lambda: few)
    yield
    registry().close()
    registry.clear()


def open_tab(**parameters: str) -> AppTest:
    return open_part(the_race.the_race, address=parameters)


def cards(app: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in app.get("html"))


def lane(app: AppTest, kind: str, place: int, name: str) -> Any:
    """The widget `name` of the lane at that place, whichever turn its key is of."""
    end = f"_{place}_{name}"
    return next(w for w in app.get(kind) if (w.key or "").startswith("race_lane_") and w.key.endswith(end))


def job(app: AppTest) -> RaceJob:
    return registry().get_race(app.session_state[the_race.RUN])


def finished(app: AppTest) -> RaceSnapshot:
    seen = job(app).wait(60)
    well(app.run())
    return seen


def test_the_first_view_says_what_start_will_do() -> None:
    app = open_tab()
    assert "3 runs" in text(app)
    assert "*SGD*, *RMSprop*, *Adam*" in text(app)
    assert "128 of 540 images" in text(app)
    assert not app.button(key="race_start").disabled
    assert "60 images that nobody trains on" in text(app)


def test_before_any_race_the_recorded_one_is_shown() -> None:
    app = open_tab()
    assert "As it came" in text(app)
    assert "By validation accuracy" in text(app)
    assert "test accuracy" in cards(app)
    well(app.slider(key="race_target").set_value(90).run())
    assert "90 % after" in cards(app)
    assert "(3 of 3 seeds)" in cards(app)


def test_without_its_file_there_is_no_recorded_race(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DataError("It cannot be read.")

    monkeypatch.setattr(the_race, "_recorded", gone)
    assert "As it came" not in text(open_tab())


def test_one_click_races_to_the_end() -> None:
    app = open_tab()
    well(app.button(key="race_start").click().run())
    seen = finished(app)
    assert seen.status == "finished"
    assert [lane.name for lane in seen.config.lanes] == ["SGD", "RMSprop", "Adam"]
    train = seen.config.base.train
    assert (train.epochs, train.batch_size, train.validation, train.record_every) == (2, 128, 0.1, 1)
    assert seen.config.base.mlp.activation == "relu"
    assert "By validation accuracy" in text(app)
    assert "One seed cannot tell a difference from luck" in text(app)
    assert "Nobody reached 97 %" in text(app)
    assert "95 % interval" in cards(app)
    assert len(app.get("plotly_chart")) == 2


def test_every_control_decides_what_is_raced() -> None:
    app = open_tab()
    well(app.selectbox(key="race_recipe").set_value("mlp-module").run())
    well(app.selectbox(key="race_activation").set_value("tanh").run())
    well(app.slider(key="race_epochs").set_value(1).run())
    well(app.select_slider(key="race_batch_size").set_value(100).run())
    well(app.slider(key="race_seeds").set_value(2).run())
    well(app.number_input(key="race_first_seed").set_value(5).run())
    well(app.slider(key="race_validation").set_value(0.2).run())
    well(lane(app, "select_slider", 1, "sgd_lr").set_value(0.1).run())
    well(lane(app, "slider", 1, "sgd_momentum").set_value(0.9).run())
    well(lane(app, "toggle", 1, "sgd_nesterov").set_value(True).run())
    well(lane(app, "select_slider", 1, "sgd_decay").set_value(1e-4).run())
    well(lane(app, "selectbox", 2, "schedule").set_value("cosine").run())
    well(lane(app, "selectbox", 3, "optimizer").set_value("adamw").run())
    well(lane(app, "select_slider", 3, "adamw_weight_decay").set_value(0.1).run())
    well(lane(app, "slider", 3, "adamw_beta_1").set_value(0.8).run())
    well(lane(app, "select_slider", 3, "adamw_epsilon").set_value("1e-06").run())
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
        "lr": 0.001, "beta_1": 0.8, "beta_2": 0.999, "epsilon": 1e-6, "weight_decay": 0.1,
    }  # fmt: skip
    assert "mean ± standard deviation of 2 seeds" in cards(app)
    assert "Band: lowest to highest of 2" in text(app)


def test_lanes_come_and_go() -> None:
    app = open_tab()
    for _ in range(5):
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
    assert "The address names lanes that cannot run" in broken.warning[0].value
    assert "*SGD*, *RMSprop*, *Adam*" in text(broken)
    told = open_tab(**{LANES: "![x](http://a.b)"}).warning[0].value  # what an address says is no Markdown
    assert "![x]" not in told


def test_axes_log_smoothing_and_target() -> None:
    app = open_tab(race_seeds="2", race_epochs="1")
    well(app.button(key="race_start").click().run())
    finished(app)
    for axis in ("epochs", "examples", "seconds", "steps"):
        well(app.get("button_group")[0].set_value([axis]).run())
    well(app.slider(key="race_smoothing").set_value(0.0).run())
    well(app.slider(key="race_target").set_value(90).run())
    assert "90 %" in cards(app)
    well(app.toggle(key="race_log").set_value(True).run())
    assert "Errors on the validation images" in text(app)


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


def test_a_race_that_is_nowhere_is_forgotten() -> None:
    app = open_tab(**{the_race.RUN: "nowhere"})
    assert any("no longer on this server" in info.value for info in app.info)
    assert the_race.RUN not in app.session_state


def test_is_it_fair() -> None:
    app = open_part(the_race.the_race, address={"race_seeds": "3"}, state={"race_fair": True})
    assert "With seed 0 all 3 lanes start from **the same weights**" in text(app)
    table = app.dataframe[0].value
    assert table["first weights"].nunique() == 1
    before = table["order of epoch 1"][0]
    well(app.select_slider(key="race_fair_seed_0_3").set_value(2).run())
    assert app.dataframe[0].value["order of epoch 1"][0] != before


def test_fingerprints_are_not_computed_from_other_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_part(the_race.the_race, address={"race_epochs": "1"}, state={"race_fair": True})
    well(app.button(key="race_start").click().run())
    finished(app)
    assert "start from **the same weights**" in text(app)
    other = the_race.mnist()
    fewer = replace(other, train=other.train.take(slice(0, 500)))
    monkeypatch.setattr(the_race, "mnist", lambda: fewer)
    well(app.run())
    assert "That race had 600 training images, the digits in use now have 500" in text(app)
    assert "start from **the same weights**" not in text(app)


def sweep(app: AppTest) -> list[RaceSnapshot]:
    names = app.session_state[rate_sweep.SWEEP].split(",")
    seen = [registry().get_race(name).wait(60) for name in names]
    well(app.run())
    return seen


def test_rates_are_tried_and_the_best_are_raced() -> None:
    app = open_tab(**{LANES: "sgd;adam~cosine", "race_epochs": "1", "race_recipe": "linear-softmax"})
    well(app.select_slider(key="race_span").set_range(1.0, 10.0).run())
    well(app.slider(key="race_sweep_seeds").set_value(2).run())
    assert app.button(key="race_sweep_start").label == "Try 12 runs"
    well(app.button(key="race_sweep_start").click().run())
    seen = sweep(app)
    assert [picture.config.seeds for picture in seen] == [(0, 1)] * 2
    assert [lane.optimizer["lr"] for lane in seen[0].config.lanes] == [0.01, 0.03, 0.1]
    assert "**SGD** is best at" in text(app)
    assert "95 % interval" in text(app)
    assert "At their own best rates" in text(app)
    assert "the end of what was tried" in text(app)  # three rates from a small one up: the largest is best
    found = open_tab(**{rate_sweep.SWEEP: app.session_state[rate_sweep.SWEEP], LANES: "sgd;adam~cosine"})
    assert "**SGD** is best at" in text(found)  # a reload
    well(app.button(key="race_at_best").click().run())
    config: RaceConfig = job(app).config
    best = {lane.name: lane.optimizer["lr"] for lane in config.lanes}
    assert best == {"SGD": 0.1, "Adam": 0.01}
    assert f"**SGD** is best at **{best['SGD']:g}**" in text(app)
    assert finished(app).status == "finished"
    assert app.button(key="race_at_best").disabled  # it would be the same race again


def test_a_sweep_can_be_stopped() -> None:
    app = open_tab(race_epochs="20", race_batch_size="8")
    well(app.button(key="race_sweep_start").click().run())
    assert app.button(key="race_start").disabled
    assert app.slider(key="race_sweep_seeds").disabled
    well(app.button(key="race_sweep_stop").click().run())
    assert all(
        registry().get_race(name).unattended for name in app.session_state[rate_sweep.SWEEP].split(",")
    )
    assert [picture.status for picture in sweep(app)] == ["stopped"] * 3
    assert not app.button(key="race_start").disabled


def test_a_sweep_says_what_it_found() -> None:
    def score(mean: float | None, low: float | None = None, diverged: int = 0) -> RateScore:
        return RateScore(mean, low if low is not None else mean, mean, 2, diverged, mean)

    found = {
        "SGD": {0.1: score(0.9), 1.0: score(0.95, 0.94)},
        "Adam": {0.1: score(0.8)},
        "Wild": {1: score(None, diverged=2)},
    }
    bests = {"SGD": 1.0, "Adam": 0.1, "Wild": None}
    grids = {"SGD": [0.1, 1.0, 10.0], "Adam": [0.1, 1.0], "Wild": [1.0]}
    text = rate_sweep.in_words(found, bests, grids, 100, True)
    assert text.startswith("- **SGD** is best at **1**: validation 95.00%; test 95.00%")
    assert text.count("end of what was tried") == 1  # Adam's
    assert "**Wild** has no rate" in text
    assert "SGD is 15.00 points before Adam: every seed of the one above every seed of the other" in text
    found["Adam"] = {0.1: score(0.945)}
    assert "too little" in rate_sweep.in_words(found, bests, grids, 100, True)
    assert "test" not in rate_sweep.in_words(found, bests, grids, 100, False)


def standing(lane: str, values: list[float], first: tuple[float, float] | None, **more: Any) -> Standing:
    of = len(values) or 1
    there = Reached(of, of, first[0], 1.0, first[1]) if first else Reached(0, of, None, None, None)
    kept: dict[str, Any] = {
        "loss": 0.5, "speed": 1000.0, "begun": of, "diverged": 0, "message": "", "test": None,
        "interval": None,
    }  # fmt: skip
    return Standing(lane, spread(values), reached=there, **(kept | more))


def test_the_verdict_follows_the_numbers() -> None:
    ahead, behind = standing("A", [0.95, 0.96], (100, 2.0)), standing("B", [0.90, 0.91], (80, 3.0))
    text = verdict([behind, ahead], 90, 2, False)
    assert "**A** won with 95.50%, 5.00 points before B. Every seed of A beats every seed of B." in text
    assert "90 % came first to **B** by steps (80), to **A** by seconds (2.00)." in text
    assert "*Each at its own best rate*" in text
    close = standing("B", [0.94, 0.955], (120, 3.0))
    text = verdict([ahead, close], 90, 2, False)
    assert "The seeds of the two overlap" in text
    assert "90 % came first to **A**, by steps (100) and by seconds (2.00)." in text
    assert "leads with" in verdict([ahead, close], 90, 2, True)
    tie = standing("B", [0.94, 0.955], (100, 3.0))
    assert "to **A** and **B** by steps (100), to **A** by seconds (2.00)." in verdict(
        [ahead, tie], 90, 2, False
    )
    level = verdict([standing("A", [0.9], None), standing("B", [0.9], None)], 97, 1, False, "Nearer.")
    assert "**A** and **B** are level" in level
    assert "Nobody reached 97 %. Nearer." in level
    fallen = standing("W", [], None, diverged=1, message="Too high.")
    assert "Diverged, while the other went on: W." in verdict([ahead, fallen], 90, 2, False)
    assert "while the others went on: W." in verdict([ahead, close, fallen], 90, 2, False)
    assert verdict([fallen], 90, 1, False) == "Diverged: W."
    worse = standing("V", [], None, diverged=1)
    assert verdict([fallen, worse], 90, 1, False) == "Every lane diverged: W, V."
    some = standing("S", [0.9], None, diverged=1, begun=3)
    assert "Diverged: W, S (1 of 3 seeds)." in verdict([fallen, some], 90, 3, False)
    assert verdict([], 97, 1, True) == ""


def test_what_cards_say() -> None:
    fallen = standing("W", [], None, diverged=1, begun=2, message="Too high.")
    assert headline(fallen) == "diverged"
    assert "⚠ Diverged (1 of 2 seeds). Too high." in details(fallen, 97, False)
    well_off = standing("A", [0.95, 0.97], (100, 2.0), test=spread([0.96]), interval=(0.95, 0.97))
    assert headline(well_off) == "96.00 ± 1.41 %"
    assert "97 % after 100 steps, 1 images, 2.00 s (2 of 2 seeds)" in details(well_off, 97, True)
    assert not any("test" in line for line in details(well_off, 97, True))  # only at the end
    assert any("test accuracy 96.00%" in line for line in details(well_off, 97, False))
    late = standing("L", [0.9], None)
    assert "97 %: not reached yet" in details(late, 97, True)
    assert "97 %: not reached" in details(late, 97, False)


def test_a_lane_that_diverges_is_marked_and_the_others_go_on() -> None:
    lanes = {LANES: "sgd:lr=100,momentum=0.99;adam", "race_recipe": "mlp-deep", "race_epochs": "20"}
    app = open_tab(**lanes, race_batch_size="32")
    well(app.button(key="race_start").click().run())
    seen = finished(app)
    assert [run.status for run in seen.runs] == ["diverged", "finished"]
    assert "Diverged, while the other went on: SGD" in text(app)
    assert "too high here" in cards(app)
