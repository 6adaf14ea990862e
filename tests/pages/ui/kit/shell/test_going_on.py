"""What goes on is listed on every page, with links to that very run; in a classroom one's own."""

import pytest

from core.config.race import RaceConfig
from core.data import Mnist
from core.jobs.training_job import start_training
from core.lessons.race.race_job import start_race
from core.lessons.race.race_lanes import chapter_lanes
from core.recipes.texts import RECIPES
from pages.ui.adversarial.defend import PAGE as DEFEND
from pages.ui.kit.shell.cache import registry
from pages.ui.kit.shell.going_on import going
from tests.pages.harness import open_page, until, well

pytestmark = pytest.mark.usefixtures("nothing_on_record")

LONG = RECIPES["linear-softmax"].config.with_settings({"epochs": 1000})


def test_a_run_and_a_race_are_listed_with_links_to_them(mnist: Mnist) -> None:
    assert not going()
    job = start_training(registry(), LONG, mnist)
    race = start_race(registry(), RaceConfig(LONG, chapter_lanes(), (0,)), mnist)
    race.opens = "pages/5_Optimizer_Race.py", {"race_tab": "The race", "race_run": race.job_id}
    until(lambda: job.snapshot.status == race.snapshot.status == "running")
    job.pause()
    until(lambda: job.snapshot.status == "paused")
    run, other = going()
    assert (run.title, run.status) == ("linear-softmax", "paused")
    assert run.description.startswith("paused at ")
    assert run.place == ("pages/2_MLP_Autograd.py", {"mlp_tab": "Train", "mlp_run": job.job_id})
    assert (other.title, other.status, other.place) == ("Race of 3 optimizers", "running", race.opens)
    for page in ("1_Data_Explorer.py", "9_Runs.py"):
        found = [link.proto.label for link in open_page(page).get("page_link")]
        assert any(label.startswith("linear-softmax: paused at") for label in found)
        assert any(label.startswith("Race of 3 optimizers: ") for label in found)
    for one in (job, race):
        one.stop()
        one.wait(30)
    assert not going()


def test_on_its_own_page_it_turns_to_the_run_and_the_tab(mnist: Mnist) -> None:
    job = start_training(registry(), LONG, mnist)
    app = well(open_page("2_MLP_Autograd.py", mlp_tab="Draw"))
    (link,) = (button for button in app.sidebar.button if button.label.startswith("linear-softmax: "))
    well(link.click().run())
    assert app.session_state["mlp_tab"] == "Train"
    assert app.session_state["mlp_run"] == job.job_id
    assert app.query_params["mlp_run"] == job.job_id
    job.stop()
    job.wait(30)


def test_a_pair_is_one_thing_and_a_page_of_its_own_is_linked(mnist: Mnist) -> None:
    pair = [start_training(registry(), LONG, mnist) for _ in range(2)]
    for job in pair:
        job.opens = ("pages/3_Manual_Backprop.py", {"manual_run": pair[0].job_id, "manual_twin": pair[1].job_id})
    (one,) = going()
    assert one.title == "linear-softmax and linear-softmax"
    app = well(open_page(DEFEND.where[0].removeprefix("pages/"), **DEFEND.where[1]))
    assert app.button(key="adv_start")


def test_in_a_classroom_one_sees_ones_own(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    start_training(registry(), LONG, mnist, owner="f" * 24)
    assert len(going()) == 1
    assert not registry().going("a" * 24)
    monkeypatch.setattr("pages.ui.kit.shell.going_on.mine", lambda: "a" * 24)
    assert not going()
