"""A server that is asked to end in mid-training (Ctrl-C, a service manager) keeps what its jobs have."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.models.trained_network import load_checkpoint
from core.storage.runs import RunStore
from tests.browser.conftest import OpenPage
from tests.browser.server import Server


@pytest.mark.long
def test_a_server_that_is_asked_to_end_keeps_what_its_runs_have(tmp_path: Path, open_page: OpenPage) -> None:
    server = Server(tmp_path)
    try:
        long = "/MLP_Autograd?mlp_recipe=mlp-deep&mlp-deep_epochs=40&mlp-deep_batch_size=4"
        page = open_page(long, url=server.url)
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text(re.compile(r"step [1-9]"))).to_be_visible()
        status = server.end()
    finally:
        server.kill()
    assert status == 0, server.log
    assert "terminate called" not in server.log
    [run] = RunStore(tmp_path / "runs.sqlite").all()
    assert run.status == "stopped"
    assert 0 < run.epochs < 40
    assert load_checkpoint(tmp_path / "checkpoints" / f"{run.run_id}.safetensors").config == run.config
