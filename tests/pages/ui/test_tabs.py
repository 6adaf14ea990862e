"""Every tab of every lesson: its record keeps its promises, it opens, and Home finds it."""

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.data import load
from core.glossary import GLOSSARY
from core.storage.paths import PROJECT
from pages.ui.all_tabs import ALL_TABS, found
from pages.ui.course import next_stop
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.lessons import Lesson, lessons
from pages.ui.kit.shell.tab import Tab
from pages.ui.race import tabs
from tests.pages.harness import APP, PATIENCE, captions, controls_in_view, left_alone, markdown, open_page, well

TABS = [pytest.param(lesson, tab, id=f"{lesson.name}: {tab.name}") for lesson, tab in found("")]
#: Less of what a tab computes at its first view, where that takes seconds.
QUICK = {"Too simple, too wiggly": {"reg_wiggly_epochs": "100", "reg_wiggly_width": "4"}}

#: At most so many controls are in view at once; the rest is folded away.
IN_VIEW = 7
#: Tabs that show more: so many today. A number may only fall, and an entry goes when it reaches IN_VIEW.
CROWDED = {("mlp", "One step"): 10}


@pytest.mark.usefixtures("nothing_on_record")
@pytest.mark.parametrize(("lesson", "tab"), TABS)
def test_a_tab_opens_asks_its_question_and_changes_nothing(lesson: Lesson, tab: Tab) -> None:
    shared = [shipped_model(name).model for name in ("mlp-autograd", "cnn-lab", "cnn-bn", "language-gru")]
    address = {lesson.tab_key: tab.name, **QUICK.get(tab.name, {})}
    with left_alone(load("small"), *shared):
        app = open_page(lesson.file.removeprefix("pages/"), **address)
    assert app.title[0].value.endswith(lesson.heading or lesson.title)
    assert app.session_state[lesson.tab_key] == tab.name
    assert tab.question in {part.value for part in app.main.header}
    assert tab.see in captions(app)
    assert tab.meaning in markdown(app)
    asking = controls_in_view(app)
    assert len(asking) <= CROWDED.get((lesson.name, tab.name), IN_VIEW), asking
    after, _ = next_stop(lesson, tab, None)
    where = app.main.get("page_link") if after is None or after.lesson != lesson else app.main.get("button")
    assert (f"**{after.tab.question}**" if after else "That was the last tab. Back to Home") in {
        found.label for found in where
    }


def test_crowded_tabs_exist_and_are_crowded() -> None:
    assert set(CROWDED) <= {(lesson.name, tab.name) for lesson, tab in found("")}
    assert all(number > IN_VIEW for number in CROWDED.values())


def test_every_lesson_has_tabs_and_their_names_are_unique() -> None:
    assert list(ALL_TABS) == [lesson.name for lesson in lessons()]
    for lesson in lessons():
        names = [tab.name for tab in ALL_TABS[lesson.name]]
        assert len(set(names)) == len(names)
        assert lesson.meant_tab in ("", *names)


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("lesson", [pytest.param(lesson, id=lesson.name) for lesson in lessons() if lesson.meant_tab])
def test_a_lesson_opens_on_its_first_tab_unless_the_address_means_another(lesson: Lesson) -> None:
    page = lesson.file.removeprefix("pages/")
    first = ALL_TABS[lesson.name][0].name
    app = open_page(page)
    assert app.session_state[lesson.tab_key] == first
    assert app.query_params[lesson.tab_key] == first
    assert open_page(page, other="1").session_state[lesson.tab_key] == lesson.meant_tab


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("tab", ["Train", "Draw"])
def test_who_comes_back_to_a_lesson_finds_the_tab_that_was_open(tab: str) -> None:
    app = open_page("2_MLP_Autograd.py", mlp_tab=tab)
    for file in ("1_Data_Explorer.py", "2_MLP_Autograd.py"):
        app.query_params.clear()  # what a page link does
        app = well(app.switch_page(str(PROJECT / "pages" / file)).run())
    assert app.session_state["mlp_tab"] == tab


@pytest.mark.parametrize(("lesson", "tab"), TABS)
def test_a_record_says_what_a_reader_needs(lesson: Lesson, tab: Tab) -> None:
    assert tab.question.endswith("?")
    assert re.fullmatch(r"[A-Z].+\.", tab.see), "a sentence"
    assert re.fullmatch(r"[A-Zk][^.]+\.", tab.meaning), "one sentence"
    assert 1 <= tab.minutes <= 20
    assert 1 <= len(tab.terms) <= 8
    assert set(tab.terms) <= set(GLOSSARY)


def test_the_glossary_explains_what_some_tab_teaches_and_nothing_else() -> None:
    assert set(GLOSSARY) == {term for _, tab in found("") for term in tab.terms}


def test_a_search_reads_titles_questions_and_terms() -> None:
    assert ("runs", "Two networks") in {(lesson.name, tab.name) for lesson, tab in found("networks CHANCE")}
    assert "Confidence" in {tab.name for _, tab in found("temperature")}
    assert "Is it honest?" in {tab.name for _, tab in found("sanity checks")}
    assert "Is it honest?" in {tab.name for _, tab in found("honest")}
    assert {tab.name for _, tab in found("t-SNE")} == {"Map"}
    assert not found("no such word")


@pytest.mark.usefixtures("newcomer")
def test_a_record_is_enough_for_a_new_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    def show() -> None:
        st.markdown("It is drawn.")

    see = "Look at what is drawn."
    new = Tab("tried", "A new tab", "Is a record enough?", see, "It was.", 1, "reference", ("loss",), show)
    monkeypatch.setattr(tabs, "TABS", (*tabs.TABS, new))
    monkeypatch.setitem(ALL_TABS, "race", tabs.TABS)
    assert found("record enough")[-1][1] is new
    app = open_page("5_Optimizer_Race.py", race_tab="tried")
    assert "Is a record enough?" in {part.value for part in app.main.header}
    assert "It is drawn." in {part.value for part in app.markdown}


@pytest.mark.usefixtures("newcomer")
def test_home_lists_all_tabs_and_what_is_searched() -> None:
    def links(app: AppTest) -> list[str]:
        return [link.label for link in app.main.get("page_link")]

    app = well(AppTest.from_file(APP, default_timeout=PATIENCE).run())
    cards = len(links(app))
    app.text_input(key="home_find").set_value("overfitting")
    well(app.run())
    assert len(links(app)) == cards + 2
    assert any(label.startswith("**Underfitting and overfitting**: How many") for label in links(app))
    assert f"**overfitting**: {GLOSSARY['overfitting'].definition}" in links(app)
    app.text_input(key="home_find").set_value("<b>")
    well(app.run())
    assert len(links(app)) == cards
    assert "No tab and no term for" in captions(app)
