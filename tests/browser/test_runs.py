"""The Runs page in a real browser, with 300 runs on record: filter, choose, compare, name, delete."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.storage.runs import RunStore
from tests.browser.server import Server
from tests.browser.until import until
from tests.made_up_runs import made_up

OpenPage = Callable[..., Page]


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Server]:
    """A server with three hundred runs on record."""
    store, dice = RunStore(tmp_path / "runs.sqlite"), random.Random(0)
    for number in range(300):
        rate = dice.choice((0.01, 0.03, 0.1))
        name = ("", f"sweep 12ab34cd: lr={rate}", f"race sgd, seed {number}")[number % 3]
        kind = ("single", "sweep", "race")[number % 3]
        recipe = dice.choice(("linear-softmax", "mlp-module", "cnn-bn"))
        store.save(made_up(recipe, name=name, kind=kind, lr=rate, seed=number % 5, created=time.time() - 600 * number))
    with Server(tmp_path) as server:
        yield server


def tick(page: Page, *rows: int) -> None:
    """Tick rows of the table, which is drawn on a canvas: 0 is the first below the head."""
    table = page.locator('[data-testid="stDataFrame"] .dvn-scroller').first
    for row in rows:
        table.click(position={"x": 18, "y": 35 + 35 * row + 17})
        page.wait_for_timeout(150)


@pytest.mark.long
def test_three_hundred_runs(crowded: Server, open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/Runs", url=crowded.url)
    expect(page.get_by_text("100 of 300 saved runs")).to_be_visible()
    page.locator(".st-key-runs_show_all").get_by_role("button").click()
    expect(page.get_by_text("300 saved runs")).to_be_visible()
    settle(page)
    search = page.locator(".st-key-runs_words input")
    search.fill("cnn lr=0.1")
    search.press("Enter")
    wanted = [
        run
        for run in RunStore(crowded.home / "runs.sqlite").all()
        if run.recipe == "cnn-bn" and run.config.settings()["lr"] == 0.1
    ]
    expect(page.get_by_text(f"{len(wanted)} of 300 saved runs")).to_be_visible()
    assert "runs_words=cnn" in page.url

    settle(page)
    tick(page, 0, 1)
    press = page.get_by_role("button", name="Compare 2")
    expect(press).to_be_visible()
    assert all(run.run_id in page.url for run in wanted[:2])
    press.click()
    expect(page.locator('[class*="st-key-runs_curves"] .js-plotly-plot')).to_be_visible()
    expect(page.get_by_text("Settings that differ")).to_be_visible()

    page.get_by_role("tab", name="All runs").click()
    settle(page)
    tick(page, 1)  # only the first stays
    page.locator(".st-key-runs_name_popover").get_by_role("button").first.click()
    field = page.locator('[class*="st-key-runs_name_"] input').first
    field.fill("the one I like")
    field.press("Enter")
    page.get_by_role("button", name="Save name").click()
    store = RunStore(crowded.home / "runs.sqlite")
    until(page, lambda: store.get(wanted[0].run_id).name == "the one I like")

    page.keyboard.press("Escape")
    settle(page)
    page.locator(".st-key-runs_delete_popover").get_by_role("button").first.click()
    page.get_by_role("button", name="Yes, delete 1").click()
    expect(page.get_by_text(f"{len(wanted) - 1} of 299 saved runs")).to_be_visible()
    left = {run.run_id for run in store.all()}
    assert wanted[0].run_id not in left
    assert wanted[1].run_id in left
