"""The rows about pages, sliders and strokes measure what they say, in both apps; how fast, no test asks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

import benchmarks.browser
from benchmarks import browser_apps, browser_slider, browser_switch
from benchmarks.browser import title_and_whole
from benchmarks.browser_apps import App, apps
from benchmarks.browser_rows import ROWS
from benchmarks.browser_stroke import drawn
from benchmarks.measure import Setup, measure
from core.config.errors import LabError
from core.data import load
from pages.ui.kit.shell.lessons import lessons

pytestmark = [pytest.mark.usefixtures("bundled_only"), pytest.mark.long]


@pytest.fixture
def both(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[App, App]]:
    """(Digit Lab, the empty app) in the tests' own Chromium, with one lesson and one slider."""

    @contextmanager
    def same() -> Iterator[Browser]:
        yield browser

    monkeypatch.setattr(browser_apps, "chromium", same)
    monkeypatch.setattr(benchmarks.browser, "QUIET", 80)
    monkeypatch.setattr(benchmarks.browser, "TIMES", 1)
    monkeypatch.setattr(browser_switch, "lessons", lambda: lessons()[-1:])
    monkeypatch.setattr(browser_slider, "SLIDERS", {"rate": ("/MLP_Autograd?mlp_tab=Train", "Learning rate")})
    with apps() as pair:
        yield pair


def test_pages_sliders_and_strokes_are_timed_in_both_apps(both: tuple[App, App]) -> None:
    lab, empty = both
    round_trip = browser_switch.to_every_page(lab)()
    assert set(round_trip.extra) == {"runs_s", "app_s", "worst_page_s", "title_s"}
    assert round_trip.seconds <= round_trip.extra["worst_page_s"]
    stroke = drawn(lab, "/", "home_draw")()
    assert stroke.extra["stroke_s"] == stroke.seconds
    others = [
        browser_switch.to_and_fro(empty)(),
        browser_slider.every_slider(lab)(),
        browser_slider.one_number(empty)(),
        drawn(empty, "/canvas", "ink")(),
    ]
    assert all(took.seconds > 0 for took in [round_trip, stroke, *others])
    with empty.training():  # Digit Lab's own buttons are tested with its pages
        pass


def test_the_stopwatch_counts_until_the_last_change_is_painted(browser: Browser) -> None:
    """A page that says it runs and changes twice, the second time 0.3 s after the click."""
    page = browser.new_page()
    page.set_content(
        """<div data-testid="stApp" data-test-script-state="notRunning"><div data-testid="stMain">
        <h1>One</h1><button onclick="go()">go</button></div></div><script>
        window.heard = 0; window.told = 0;
        const say = (state) => document.querySelector('[data-testid="stApp"]')
            .setAttribute('data-test-script-state', state);
        function go() {
            window.told = performance.now(); say('running');
            setTimeout(() => { document.querySelector('h1').textContent = 'Two'; }, 50);
            setTimeout(() => { document.querySelector('h1').textContent = 'Two, all of it';
                               window.heard = performance.now(); say('notRunning'); }, 300);
        }</script>"""
    )
    titled, whole = title_and_whole(page, "click", page.get_by_role("button").click, "Two")
    page.close()
    assert titled >= 0.05
    assert whole >= max(0.3, titled)


def test_without_a_chromium_the_rows_say_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def none() -> Iterator[Browser]:
        raise LabError("python -m tests.browser.chromium")
        yield

    monkeypatch.setattr(browser_apps, "chromium", none)
    for name, row in ROWS.items():
        found = measure(name, row, Setup(load("small"), quick=True))
        assert "tests.browser.chromium" in found["skipped"], name
