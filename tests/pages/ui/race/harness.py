"""The tab "The race" in Streamlit's own harness."""

from streamlit.testing.v1 import AppTest

from core.lessons.race.race_job import RaceJob, RaceSnapshot
from pages.ui.kit.shell.cache import registry
from pages.ui.race import the_race
from tests.pages.harness import open_part, well


def open_tab(**parameters: str) -> AppTest:
    return open_part(the_race.the_race, address=parameters)


def job(app: AppTest) -> RaceJob:
    return registry().get(app.session_state[the_race.RUN], RaceJob)


def finished(app: AppTest) -> RaceSnapshot:
    seen = job(app).wait(60)
    well(app.run())
    return seen
