"""Whatever an address says: a page opens, and says what of it no widget could take."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.storage.paths import PROJECT
from pages.ui.kit.shell.lessons import REFERENCE, lessons
from tests.pages.harness import APP, PATIENCE, open_part, part_of, well

pytestmark = pytest.mark.usefixtures("newcomer")

#: What no number, choice or switch says.
HOSTILE = ("inf", "-inf", "nan", "1e309", "9" * 5000, "", "no such word", "0x10", "\x00", "-0.5e999", "<b>")
PAGES = [Path(listed.file).name for listed in (*lessons(), *REFERENCE)]


def at(file: str | None, address: Mapping[str, str]) -> AppTest:
    """A page (Home for None) as a link opens it, failures and all."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run() if file is None else app.switch_page(str(PROJECT / "pages" / file)).run()


def bound(app: AppTest) -> dict[str, Any]:
    """Every widget on the page whose value the address keeps: its parameter, and Streamlit's facts of it."""
    state: Any = app.session_state
    while not hasattr(state, "_new_widget_state"):
        state = object.__getattribute__(state, "_state")
    found = state.query_params._bindings_by_param.items()
    return {name: state._get_widget_metadata(binding.widget_id) for name, binding in found}


def messages(app: AppTest) -> str:
    """What the page says it ignored, without the signs that keep Markdown from reading it."""
    said = [note.value for note in app.warning if "address was ignored" in note.value]
    assert len(said) <= 1
    return "".join(said).replace("\\", "")


@pytest.mark.parametrize(
    ("file", "address", "word"),
    [
        ("7_Regression.py", {"regression-sine_target": "points you place", "reg_points": "4.2_x.1_8.-4_3"}, "x.1_3"),
        ("4_CNN.py", {"cnn_tab": "By hand", "cnn_hand_kernel": "1_2_inf"}, "1_2_inf"),
    ],
)
def test_what_no_widget_is_bound_to_is_told_as_well(file: str, address: dict[str, str], word: str) -> None:
    app = at(file, address)
    assert not app.exception
    assert word in messages(app)


def takes_any_text(metadata: Any) -> bool:
    return metadata.value_type == "string_value" and metadata.formatted_options is None


def stands(file: str | None, tab: dict[str, str]) -> None:
    """The page with nonsense for every parameter that it has there: no failure, and each is told."""
    names = {name: facts for name, facts in bound(at(file, tab)).items() if name not in tab}
    asked = {name: HOSTILE[place % len(HOSTILE)] for place, name in enumerate(sorted(names))}
    app = at(file, tab | asked)
    assert not app.exception
    assert not [error.value for error in app.error if "Something went wrong" in error.value]
    silent = [
        name
        for name, facts in names.items()
        if name in bound(app)
        and not takes_any_text(facts)
        and not (asked[name] == "" and facts.clearable)
        and f"{name} =" not in messages(app)
    ]
    assert not silent
    assert not [name for name in asked if name in app.query_params and f"{name} =" in messages(app)]


@pytest.mark.parametrize("file", [None, *PAGES])
def test_nonsense_for_every_parameter_is_told_and_the_page_stands(file: str | None) -> None:
    stands(file, {})


@pytest.mark.long
@pytest.mark.parametrize("file", PAGES)
def test_nonsense_on_every_tab(file: str) -> None:
    for name, facts in bound(at(file, {})).items():
        if name.endswith("_tab"):
            for tab in facts.formatted_options:
                stands(file, {name: tab})


def _settings() -> None:
    """One widget of every kind that this lab binds to its address."""
    import streamlit as st

    from pages.ui.kit.widgets import binding

    kept: dict[str, Any] = {"bind": "query-params"}
    st.slider("a", 0, 10, 4, key="whole", **kept)
    st.slider("b", 0.0, 1.0, 0.5, key="part", **kept)
    st.slider("c", 0, 10, (2, 4), key="range", **kept)
    st.number_input("d", 0, 99, 7, key="number", **kept)
    st.number_input("d", 0.0, 1.0, 0.5, key="fraction", **kept)
    st.select_slider("e", [1, 10, 100], 10, key="stop", **kept)
    st.selectbox("f", ["x", "y"], key="box", **kept)
    st.segmented_control("g", ["x", "y"], default="x", required=True, key="segment", **kept)
    st.pills("h", ["x", "y"], key="pill", **kept)
    st.multiselect("i", ["x", "y"], ["x"], key="several", **kept)
    st.radio("j", ["x", "y"], key="radio", **kept)
    st.toggle("k", key="switch", **kept)
    st.tabs(["x", "y"], key="tab", **kept)
    for note in binding.ignored():
        st.warning(f"address was ignored: {note}")
        st.markdown(note.name)


KINDS = ("whole", "part", "range", "number", "fraction", "stop", "box", "segment", "pill", "several", "radio")
KINDS += ("switch", "tab")


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] or "empty" for text in HOSTILE])
def test_every_kind_of_widget_keeps_its_default(text: str) -> None:
    usual = open_part(_settings).session_state
    app = open_part(_settings, address=dict.fromkeys(KINDS, text))
    ignored = {found.value for found in app.markdown}
    assert ignored == set(KINDS) - ({"pill", "several"} if not text else set())  # those two can be empty
    for name in ignored:
        assert app.session_state[name] == usual[name]
        assert name not in app.query_params


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("whole", "11", "out of its range"),
        ("whole", "4.5", "out of its range"),
        ("range", "5", "out of its range"),
        ("number", "-1", "out of its range"),
        ("part", "one", "not a number"),
        ("box", "X", "not one of its choices"),
        ("stop", "11", "not one of its choices"),
        ("switch", "yes", "neither true nor false"),
        ("segment", "", "is empty"),
    ],
)
def test_the_sentence_says_why(name: str, text: str, why: str) -> None:
    app = open_part(_settings, address={name: text})
    said = app.warning[0].value
    assert f"{name} = {text!r}" in said
    assert why in said


def test_what_can_be_read_is_taken_without_a_word() -> None:
    address = {
        "whole": "5",
        "part": "0.250",
        "number": "99",
        "fraction": "1e-1",
        "stop": "100",
        "box": "y",
        "segment": "y",
        "pill": "x",
        "several": "",
        "radio": "y",
        "switch": "TRUE",
        "tab": "y",
    }
    app = open_part(_settings, address=address)
    assert not app.warning
    values = dict(zip(address, (5, 0.25, 99, 0.1, 100, "y", "y", "x", [], "y", True, "y"), strict=True))
    assert {name: app.session_state[name] for name in address} == values


def _renamed() -> None:
    import streamlit as st

    from pages.ui.kit.widgets.binding import renamed

    renamed("one", {"picture": "image"})
    renamed("several", {"picture": "image"})
    st.segmented_control("one", ["text", "image"], default="text", required=True, key="one", bind="query-params")
    st.multiselect("several", ["text", "image"], key="several", bind="query-params")


def test_the_former_label_of_a_choice_goes_on_meaning_it() -> None:
    app = open_part(_renamed, address={"one": "picture", "several": "picture"})
    assert not app.warning
    assert (app.session_state["one"], app.session_state["several"]) == ("image", ["image"])
    assert app.query_params["one"] == "image"


def test_it_is_told_until_the_setting_is_touched() -> None:
    app = open_part(_settings, address={"number": "inf"})
    assert well(app.run()).warning
    app.number_input(key="number").set_value(8)
    assert not well(app.run()).warning
    assert app.query_params["number"] == "8"


def _comes_and_goes() -> None:
    import streamlit as st

    if st.toggle("there", True, key="there"):
        st.slider("a", 0, 10, 4, key="whole", bind="query-params")


def test_a_setting_that_leaves_the_page_and_comes_back_is_in_the_address_again() -> None:
    app = part_of(_comes_and_goes).run()
    app.slider(key="whole").set_value(9)
    assert well(app.run()).query_params["whole"] == "9"
    app.toggle(key="there").set_value(False)
    assert "whole" not in well(app.run()).query_params
    app.toggle(key="there").set_value(True)
    assert well(app.run()).slider(key="whole").value == 9
    assert app.query_params["whole"] == "9"


UNKNOWN = {
    "2_MLP_Autograd.py": {"mlp_run": "deadbeef"},
    "3_Manual_Backprop.py": {"manual_tab": "Train it", "manual_run": "deadbeef", "manual_twin": "deadbef0"},
    "4_CNN.py": {"cnn_run": "deadbeef"},
    "5_Optimizer_Race.py": {"race_run": "deadbeef"},
    "7_Regression.py": {"reg_run": "deadbeef"},
    "8_Language_ID.py": {"lang_tab": "Train", "lang_run": "deadbeef"},
    "9_Runs.py": {"runs_tab": "Sweep", "runs_sweep": "deadbeef"},
}


@pytest.mark.parametrize("file", UNKNOWN)
def test_a_run_of_another_server_is_told_and_the_page_stays_usable(file: str) -> None:
    app = at(file, UNKNOWN[file])
    assert not app.exception
    assert not app.error
    said = [info.value for info in app.info if "no longer here" in info.value]
    assert len(said) == 1
    assert "on another server" in said[0]
    assert any(not button.disabled for button in app.button)
    assert not [info for info in well(app.run()).info if "no longer here" in info.value]
