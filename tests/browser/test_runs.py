"""The Runs page in a real browser, with 300 runs on record: filter, choose, compare, name, delete."""

import math
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.config.proportion import Proportion
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.runs import RunRecord, RunStore, new_run_id
from tests.browser.server import Server

OpenPage = Callable[..., Page]
HOW_MANY = 300
RECIPE_NAMES = ("linear-softmax", "mlp-module", "cnn-bn")


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Server]:
    """A server with three hundred runs on record."""
    store, dice = RunStore(tmp_path / "runs.sqlite"), random.Random(0)
    for number in range(HOW_MANY):
        store.save(a_run(number, dice))
    with Server(tmp_path) as server:
        yield server


def a_run(number: int, dice: random.Random) -> RunRecord:
    """One with five hundred steps, which is what a short run on MNIST has."""
    recipe, rate = dice.choice(RECIPE_NAMES), dice.choice((0.01, 0.03, 0.1))
    history = History(
        loss=[2.3 * math.exp(-step * rate / 20) + 0.1 * dice.random() for step in range(500)],
        lr=[rate] * 500,
        examples_per_step=[64] * 500,
    )
    for epoch in range(3):
        history.epochs.append(
            {
                "epoch": epoch,
                "step": 250 * epoch,
                "seconds": 2.0 * epoch,
                "test_loss": 2.3 - epoch,
                "test_accuracy": 0.1 + 0.4 * epoch,
            }
        )
    right = 850 + dice.randrange(100)
    low, high = Proportion(right, 1000).interval
    name = ("", f"sweep 12ab34cd: lr={rate}", f"race sgd, seed {number}")[number % 3]
    kind = ("single", "sweep", "race")[number % 3]
    return RunRecord(
        run_id=new_run_id(),
        recipe=recipe,
        name=name,
        owner="me",
        created=time.time() - 600 * number,
        status="finished",
        data="small",
        n_train=16_000,
        n_test=1000,
        epochs=2.0,
        train_seconds=4.0,
        test_accuracy=right / 1000,
        ci_low=low,
        ci_high=high,
        test_loss=0.3,
        validation_accuracy=None,
        device="CPU",
        precision="fp32",
        threads=1,
        versions={},
        kind=kind,
        config=RECIPES[recipe].config.with_settings({"lr": rate, "seed": number % 5}),
        history=history,
    )


def tick(page: Page, *rows: int) -> None:
    """Tick rows of the table, which is drawn on a canvas: 0 is the first below the head."""
    table = page.locator('[data-testid="stDataFrame"] .dvn-scroller').first
    for row in rows:
        table.click(position={"x": 18, "y": 35 + 35 * row + 17})
        page.wait_for_timeout(150)


@pytest.mark.long
def test_three_hundred_runs(crowded: Server, open_page: OpenPage, settle: Callable[[Page], None]) -> None:
    page = open_page("/Runs", url=crowded.url)
    expect(page.get_by_text("300 runs on record")).to_be_visible()
    started = time.monotonic()
    page.reload()
    expect(page.get_by_text("300 runs on record")).to_be_visible()
    print(f"opened in {time.monotonic() - started:.2f} s")

    started = time.monotonic()
    search = page.locator(".st-key-runs_words input")
    search.fill("cnn lr=0.1")
    search.press("Enter")
    wanted = [
        run
        for run in RunStore(crowded.home / "runs.sqlite").all()
        if run.recipe == "cnn-bn" and run.config.settings()["lr"] == 0.1
    ]
    expect(page.get_by_text(f"{len(wanted)} of 300 runs on record")).to_be_visible()
    print(f"filtered in {time.monotonic() - started:.2f} s")
    assert "runs_words=cnn" in page.url

    settle(page)
    tick(page, 0, 1)
    press = page.get_by_role("button", name="Compare 2")
    expect(press).to_be_visible()
    assert all(run.run_id in page.url for run in wanted[:2])
    press.click()
    expect(page.locator('[class*="st-key-runs_curves"] .js-plotly-plot')).to_be_visible()
    expect(page.get_by_text("What differs in their settings")).to_be_visible()

    page.get_by_role("tab", name="All runs").click()
    settle(page)
    tick(page, 1)  # only the first stays
    page.locator(".st-key-runs_name_popover").get_by_role("button").first.click()
    field = page.locator('[class*="st-key-runs_name_"] input').first
    field.fill("the one I like")
    field.press("Enter")
    page.get_by_role("button", name="Save the name").click()
    store = RunStore(crowded.home / "runs.sqlite")
    wait_until(lambda: store.get(wanted[0].run_id).name == "the one I like")

    page.keyboard.press("Escape")
    settle(page)
    page.locator(".st-key-runs_delete_popover").get_by_role("button").first.click()
    page.get_by_role("button", name="Yes, delete 1").click()
    expect(page.get_by_text(f"{len(wanted) - 1} of 299 runs on record")).to_be_visible()
    left = {run.run_id for run in store.all()}
    assert wanted[0].run_id not in left
    assert wanted[1].run_id in left


def wait_until(true: Callable[[], bool], limit: float = 30.0) -> None:
    """Wait for what the page does to the file of runs."""
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)
