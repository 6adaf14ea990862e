"""Learning rates tried for every lane, and the best of each raced."""

import pytest
from streamlit.testing.v1 import AppTest

from core.config.race import RaceConfig
from core.lessons.race.race_job import RaceJob, RaceSnapshot
from core.lessons.race.rate_race import RateScore
from pages.ui.kit.shell.cache import registry
from pages.ui.race import rate_sweep
from pages.ui.race.lanes import LANES
from tests.pages.harness import text, well
from tests.pages.ui.race.harness import finished, job, open_tab

pytestmark = pytest.mark.usefixtures("few_digits")


def sweep(app: AppTest) -> list[RaceSnapshot]:
    names = app.session_state[rate_sweep.SWEEP].split(",")
    seen = [registry().get(name, RaceJob).wait(60) for name in names]
    well(app.run())
    return seen


def test_rates_are_tried_and_the_best_are_raced() -> None:
    app = open_tab(**{LANES: "sgd;adam~cosine", "race_epochs": "1", "race_recipe": "linear-softmax"})
    well(app.select_slider(key="race_span").set_range(1.0, 10.0).run())
    well(app.slider(key="race_sweep_seeds").set_value(2).run())
    assert app.button(key="race_sweep_start").label == "Tune the learning rates (12 runs)"
    well(app.button(key="race_sweep_start").click().run())
    seen = sweep(app)
    assert [picture.config.seeds for picture in seen] == [(0, 1)] * 2
    assert [lane.optimizer["lr"] for lane in seen[0].config.lanes] == [0.01, 0.03, 0.1]
    assert "**SGD** is best at" in text(app)
    assert "95% interval" in text(app)
    assert "With tuned learning rates" in text(app)
    assert "the end of the range tried" in text(app)  # three rates from a small one up: the largest is best
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
    assert all(registry().get(name, RaceJob).unattended for name in app.session_state[rate_sweep.SWEEP].split(","))
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
    assert text.startswith("- **SGD** is best at **1**: validation accuracy 95.00%; test 95.00%")
    assert text.count("end of the range tried") == 1  # Adam's
    assert "**Wild** diverged with some seed at every learning rate" in text
    assert "SGD is 15.0 percentage points ahead of Adam: every seed of the one is above every seed" in text
    found["Adam"] = {0.1: score(0.945)}
    assert "may be chance" in rate_sweep.in_words(found, bests, grids, 100, True)
    assert "test" not in rate_sweep.in_words(found, bests, grids, 100, False)
