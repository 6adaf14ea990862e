"""The tab "All runs": rows filtered, named, deleted and chosen, and a page to open each run on."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1.element_tree import Block, Element

from core.models import build_module
from core.storage.checkpoints import run_checkpoint, save_checkpoint
from pages.ui.kit.shell.cache import run_store
from tests.pages.harness import page_of, text, well
from tests.pages.ui.runs.harness import open_page, record, table

pytestmark = pytest.mark.usefixtures("nothing_on_record")


def test_filters_decide_which_rows_are_shown() -> None:
    deep = record("mlp-deep", lr=0.3, name="my best", data="full")
    trial = record(name="sweep ab12cd34: lr=5", kind="sweep", lr=5.0, status="diverged", created=1_800_000_000.0)
    app = open_page()
    assert table(app)["run"].tolist() == [deep.run_id], "trials of sweeps are hidden at first"
    well(app.button(key="runs_show_all").click().run())
    assert app.selectbox(key="runs_kind").value == "all"
    rows = table(app)
    assert rows["run"].tolist() == [trial.run_id, deep.run_id]
    assert rows["95% interval"].tolist() == ["82.6% to 94.5%"] * 2
    assert rows["test accuracy"].tolist() == [90.0, 90.0]
    assert "to" not in rows
    assert "**2 saved runs**" in text(app)

    def shown(**parameters: str) -> list[str]:
        return table(open_page(**parameters))["name"].tolist()

    assert shown(runs_recipes="mlp-deep", runs_kind="single runs") == ["my best"]
    assert shown(runs_words="LR=5", runs_statuses="diverged", runs_kind="all") == ["sweep ab12cd34: lr=5"]
    assert shown(runs_kind="of a sweep") == ["sweep ab12cd34: lr=5"], "an old link's word"
    assert shown(runs_data="full") == ["my best"]
    app.text_input(key="runs_words").set_value("nobody").run()
    assert "No run passes all the filters" in text(well(app))


def test_ticked_rows_are_named_and_deleted() -> None:
    old, new = record(), record("mlp-deep", created=1_800_000_000.0)
    run_checkpoint(old.run_id).parent.mkdir(exist_ok=True)
    run_checkpoint(old.run_id).write_bytes(b"weights")
    app = open_page(runs_chosen=old.run_id)
    assert "Select a single row" not in text(app)
    app.text_input(key=f"runs_name_{old.run_id}").set_value("the old one")
    well(app.button(key="runs_name_save").click().run())
    assert run_store().get(old.run_id).name == "the old one"
    assert "the old one" in table(app)["name"].tolist()
    well(app.button(key="runs_delete_yes").click().run())
    assert [run.run_id for run in run_store().all()] == [new.run_id]
    assert not run_checkpoint(old.run_id).exists()
    assert app.button(key="runs_compare").disabled


def test_in_a_classroom_nobody_sees_or_deletes_anothers_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_CLASSROOM", "1")
    theirs, own = record(owner="f" * 24), record(owner="a" * 24)
    app = page_of("9_Runs.py", runs_chosen=f"{theirs.run_id},{own.run_id}")
    app.session_state["lab_owner"] = "a" * 24
    well(app.run())
    assert table(app)["run"].tolist() == [own.run_id]
    assert app.button(key="runs_delete_yes").label == "Yes, delete 1"
    well(app.button(key="runs_delete_yes").click().run())
    assert [run.run_id for run in run_store().all()] == [theirs.run_id]


def test_choosing_none_empties_the_address_too() -> None:
    runs = [record(seed=seed) for seed in range(3)]
    app = open_page(runs_chosen=",".join(run.run_id for run in runs[:2]))
    assert not app.button(key="runs_compare").disabled
    well(app.button(key="runs_none").click().run())
    assert app.button(key="runs_compare").disabled
    assert "runs_chosen" not in app.query_params


HOSTILE = "![x](http://127.0.0.1:9/p.png) [l](http://127.0.0.1:9) <img src=x>"
SHOWS_TEXT_AS_IT_IS = ("dataframe", "html", "selectbox", "multiselect", "text_input", "plotly_chart")


@pytest.mark.parametrize("tab", ["All runs", "Compare", "Two networks", "Settings and accuracy"])
def test_a_runs_name_is_shown_and_never_acted_on(tab: str) -> None:
    """Everything else that Streamlit draws is Markdown: an image in it would be fetched."""
    runs = [record("mlp-deep", lr=lr, name=HOSTILE) for lr in (0.1, 0.2)]
    for run in runs:
        save_checkpoint(run_checkpoint(run.run_id), build_module(run.config.model).state_dict(), run.config, {})
    app = open_page(tab, runs_chosen=runs[0].run_id)
    drawn = [each for each in _all(app.main) if each.type not in SHOWS_TEXT_AS_IT_IS]
    assert len(drawn) > 3
    acted = [f"{each.type}: {each.proto}" for each in drawn if "![x](" in str(getattr(each, "proto", ""))]
    assert not acted
    assert not [part for part in app.get("html") if "<img src=x" in part.proto.body]
    assert "http" not in " ".join(part.value for part in app.markdown).replace("http\u2060", "")


def _all(block: Block) -> Iterator[Element | Block]:
    for child in block.children.values():
        yield child
        if isinstance(child, Block):
            yield from _all(child)
