"""The server is killed in mid-training: what had finished is still there, in the file and on the page."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.storage.runs import RunStore
from tests.browser.conftest import OpenPage
from tests.browser.server import Server


@pytest.mark.long
def test_a_killed_server_loses_no_finished_run(tmp_path: Path, open_page: OpenPage) -> None:
    server = Server(tmp_path)
    try:
        page = open_page("/MLP_Autograd?mlp-autograd_epochs=1", url=server.url)
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text("Finished", exact=True)).to_be_visible()
        finished = re.search(r"mlp_run=(\w+)", page.evaluate("location.href"))
        assert finished
        long = "/MLP_Autograd?mlp_recipe=mlp-deep&mlp-deep_epochs=40&mlp-deep_batch_size=4"
        page = open_page(long, url=server.url)
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text("Training", exact=True)).to_be_visible()
        expect(page.get_by_text(re.compile(r"step [1-9]"))).to_be_visible()
    finally:
        server.kill()
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [run.run_id for run in RunStore(tmp_path / "runs.sqlite").all()] == [finished[1]]
    with Server(tmp_path) as again:
        page = open_page(f"/MLP_Autograd?mlp_run={finished[1]}", url=again.url)
        expect(page.get_by_text(f"Recorded run {finished[1]}")).to_be_visible()
        page.get_by_role("tab", name="Results").click()
        page.get_by_role("radio", name="All runs").click()
        expect(page.locator(".st-key-mlp_record_chart")).to_contain_text("mlp-autograd")
