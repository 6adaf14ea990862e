"""The buttons under the shown code: what they write is the run with all that was changed on the way."""

import json

import pytest

from core.export.choose import lesson_of
from core.jobs.training_job import start_training
from core.recipes.texts import RECIPES
from pages.ui.backprop.train_it import train_it
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.training.export_buttons import lesson_now
from tests.pages.harness import open_page, open_part

pytestmark = pytest.mark.usefixtures("newcomer")


@pytest.mark.parametrize(
    ("page", "tab"),
    [
        ("2_MLP_Autograd", {"mlp_tab": "Train"}),
        ("4_CNN", {"cnn_tab": "Train"}),
        ("5_Optimizer_Race", {"race_tab": "The race"}),
    ],
)
def test_a_training_page_offers_both(page: str, tab: dict[str, str]) -> None:
    app = open_page(f"{page}.py", **tab)
    found = [button.proto.id for button in app.get("download_button")]
    assert sum("export_script" in name for name in found) == 1
    assert sum("export_notebook" in name for name in found) == 1


def test_the_pair_by_hand_and_by_autograd_offers_both() -> None:
    app = open_part(train_it)
    assert len([b for b in app.get("download_button") if "manual_export" in b.proto.id]) == 2


def test_settings_without_a_run_are_written_as_they_stand() -> None:
    config = RECIPES["mlp-deep"].config
    assert lesson_now(config, None)().script == lesson_of("mlp-deep", "small").script
    changed = lesson_now(config.with_settings({"lr": 0.125}), None)()
    assert "lr=0.125" in changed.script
    assert "The app measured" not in changed.script


def test_a_run_is_written_with_its_changes_and_with_what_it_measured() -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 2})
    job = start_training(registry(), config, mnist())
    write = lesson_now(config, job)
    assert "The app measured" not in write().script  # still running, or waiting
    job.change("lr", 0.05)
    assert job.wait(60).status == "finished"
    lesson = write()
    assert '{"lr": 0.05}' in lesson.script or "lr=0.05" in lesson.script  # or before its first step
    assert f"run {job.job_id}" in lesson.script
    assert "The app measured a test accuracy of" in lesson.script
    assert json.loads(lesson.notebook)["nbformat"] == 4
    assert lesson.script == lesson_of(job.job_id).script
