"""The Runs page in Streamlit's own harness, over runs that are on record."""

from typing import Any

from streamlit.testing.v1 import AppTest

from core.storage.runs import RunRecord
from pages.ui.kit.shell.cache import run_store
from tests.made_up_runs import made_up
from tests.pages import harness


def open_page(tab: str = "All runs", **address: str) -> AppTest:
    return harness.open_page("9_Runs.py", runs_tab=tab, **address)


def record(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run on record, without training it; settings and fields of the record by their names."""
    run = made_up(recipe, **given)
    run_store().save(run)
    return run


def bars(app: AppTest) -> str:
    """The words on all bars of progress."""
    return " ".join(bar.proto.text for bar in app.get("progress"))


def table(app: AppTest) -> Any:
    return app.dataframe[0].value
