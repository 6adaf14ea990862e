"""The Runs page as a whole: what its tabs say before there are runs, and the code that they show."""

import pytest

from pages.ui.runs import all_runs, by_settings, compare, two_networks
from tests.pages.harness import text, well
from tests.pages.ui.runs.harness import open_page, record

pytestmark = pytest.mark.usefixtures("nothing_on_record")


@pytest.mark.parametrize(
    ("tab", "says"),
    [("Compare", "No saved run yet"), ("Two networks", "McNemar's exact test"), ("Sweep", "No sweep yet")],
)
def test_every_tab_says_what_to_do_before_there_are_runs(tab: str, says: str) -> None:
    assert says in text(open_page(tab))


def test_from_nothing_a_button_leads_to_sweeps() -> None:
    app = well(open_page("Settings and accuracy").button(key="runs_to_sweep").click().run())
    assert app.button(key="runs_sweep_start")


@pytest.mark.parametrize("code", [all_runs.CODE, compare.CODE, by_settings.CODE, two_networks.CODE])
def test_the_code_shown_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    record(validation_accuracy=0.88), record(lr=0.3, validation_accuracy=0.9)
    exec(compile(code, "shown", "exec"), {})
    told = capsys.readouterr().out
    assert any(digit in told for digit in "0123456789"), "it tells numbers"
