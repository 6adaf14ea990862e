"""The race's page as a whole: what its tabs have in common."""

from pages.ui.race.lanes import LANES
from pages.ui.race.rate_sweep import SWEEP
from pages.ui.race.the_race import RUN
from tests.pages.harness import page_of, well


def test_a_tab_without_the_race_keeps_its_address(bundled_only: None) -> None:
    app = page_of("5_Optimizer_Race.py", race_tab="One dimension")
    app.session_state[LANES] = "sgd:lr=0.3"  # a page link has dropped it from the address
    app.session_state[SWEEP] = app.session_state[RUN] = "nowhere"
    well(app.run())
    assert app.query_params[LANES] == "sgd:lr=0.3"
    assert SWEEP not in app.session_state, "a sweep that is gone is forgotten here too"
    assert RUN not in app.session_state
