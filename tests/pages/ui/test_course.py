"""The three paths, what comes next, and what the browser keeps of it."""

import re
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.ui.all_tabs import ALL_TABS
from pages.ui.course import PATHS, Stop, course, next_stop, path_called
from pages.ui.kit.shell import progress
from pages.ui.kit.shell.lessons import lessons
from tests.pages.harness import APP, PATIENCE, captions, open_page, well


def stop(lesson: str, tab: str) -> Stop:
    return next(one for one in course() if (one.lesson.name, one.tab.name) == (lesson, tab))


def test_the_course_has_every_tab_once_and_no_lesson_twice() -> None:
    tabs = [(one.lesson.name, one.tab.name) for one in course()]
    assert sorted(tabs) == sorted((name, tab.name) for name, tabs in ALL_TABS.items() for tab in tabs)
    assert list(dict.fromkeys(name for name, _ in tabs)) == [lesson.name for lesson in lessons()]
    words = [one.word for one in course()]
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"[a-zA-Z0-9.-]+", word) for word in words)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.title)
def test_a_paths_stops_exist_and_next_leads_along_it(path: object) -> None:
    found = next(one for one in PATHS if one is path)
    assert [(one.lesson.name, one.tab.name) for one in found.stops] == list(found.chosen) or not found.chosen
    for one, after in zip(found.stops, found.stops[1:], strict=False):
        assert next_stop(one.lesson, one.tab, found) == (after, found)


def test_a_path_takes_as_long_as_its_name_says() -> None:
    hour, whole, school = PATHS
    assert sum(one.tab.minutes for one in hour.stops) <= 60
    assert sum(one.tab.minutes for one in school.stops) <= 45
    assert len(whole.stops) == len(course())


def test_off_the_path_next_follows_the_levels_of_the_lesson_and_then_the_next_lesson() -> None:
    hour = path_called("First hour")
    here = stop("explorer", "Neighbors")
    assert next_stop(here.lesson, here.tab, hour) == (stop("explorer", "Shuffled"), None)
    for lesson, after in zip(lessons(), lessons()[1:], strict=False):
        last = [one for one in course() if one.lesson == lesson][-1]
        found, _ = next_stop(last.lesson, last.tab, None)
        assert found is not None
        assert found.lesson == after
        assert found.tab.level == "first" or not [t for t in ALL_TABS[after.name] if t.level == "first"]
    end = course()[-1]
    assert next_stop(end.lesson, end.tab, hour) == (None, None)


@pytest.mark.usefixtures("newcomer")
def test_home_goes_on_where_the_path_was_left_and_next_follows_it() -> None:
    app = well(AppTest.from_file(APP, default_timeout=PATIENCE).run())
    assert app.button(key="home_start").label == "Start here: Browse"
    well(app.button(key="home_start").click().run())
    assert "Next on the path *First hour*: As numbers" in captions(app)
    well(app.button(key="lab_next").click().run())
    assert app.session_state["data_tab"] == "As numbers"
    home = well(app.switch_page(APP).run())
    assert home.button(key="home_start").label == "Continue: Baseline"
    assert "**2 of 9** tabs seen" in captions(home)
    home.segmented_control(key="home_path").set_value("Adversarial in a lesson")
    assert well(home.run()).button(key="home_start").label == "Start here: One image"
    home.segmented_control(key="home_path").set_value("The whole course")
    labels = [link.label for link in well(home.run()).main.get("page_link")]
    assert any("Data Explorer" in label and "2 of 8 seen" in label for label in labels)


@pytest.mark.usefixtures("newcomer")
def test_who_comes_by_an_address_is_on_no_path() -> None:
    app = open_page("1_Data_Explorer.py", data_tab="As numbers")
    assert "Next in Data Explorer: Statistics" in captions(app)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A browser with cookies and a session of its own; what is written to it lands in `html`."""
    found = SimpleNamespace(cookies={}, session={}, html=[])
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies=found.cookies))
    monkeypatch.setattr(st, "session_state", found.session)
    monkeypatch.setattr(st, "html", lambda text, **_: found.html.append(text))
    return found


def test_the_browser_is_told_what_is_new_and_nothing_else(browser: SimpleNamespace) -> None:
    progress.mark_seen("cnn.Train")
    progress.take_path("First hour")
    progress.keep()
    assert '"cnn.Train"' in browser.html[0]
    assert '"First-hour"' in browser.html[0]
    browser.cookies |= {progress.SEEN: "cnn.Train|mlp.Draw", progress.PATH: "First-hour"}
    browser.session.clear()  # a reload
    assert progress.seen() == {"cnn.Train", "mlp.Draw"}
    assert progress.path() == "First hour"
    progress.keep()
    assert len(browser.html) == 1


@pytest.mark.parametrize("forged", ["'</script>", "x" * 61, "a b", "|".join(["ü"] * 300)])
def test_what_a_cookie_cannot_say_is_dropped(browser: SimpleNamespace, forged: str) -> None:
    browser.cookies |= {progress.SEEN: f"cnn.Train|{forged}", progress.PATH: forged}
    assert progress.seen() == {"cnn.Train"}
    progress.keep()
    assert not browser.html or forged not in browser.html[0]
