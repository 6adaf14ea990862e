"""Hints below a run: what they say, and that their buttons set the controls and start the cure."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.training_job import Job
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.training.hints import Hint
from pages.ui.kit.shell.cache import registry
from pages.ui.kit.training.finished_run import Place
from pages.ui.kit.training.hints import change_told, stands, watching
from pages.ui.mlp import train
from tests.pages import harness
from tests.pages.harness import open_part, well

pytestmark = pytest.mark.usefixtures("newcomer")

open_page = partial(harness.open_page, "2_MLP_Autograd.py")
RECIPE = "linear-softmax"


def trained(app: AppTest, **changes: Any) -> AppTest:
    """The page after a run with these settings, taken from its own start button."""
    for name, value in changes.items():
        app.session_state[f"{RECIPE}_{name}"] = value
    app.run()
    app.button(key="mlp_start").click().run()
    return ended(app)


def ended(app: AppTest) -> AppTest:
    assert not job(app).wait(60).active
    return well(app.run())


def job(app: AppTest) -> Job:
    return registry().get(app.session_state[train.JOB], Job)


def test_a_blown_up_run_says_why_and_its_button_sets_the_rate() -> None:
    app = trained(open_page(mlp_recipe=RECIPE), lr=10.0, reduction="sum", epochs=1)
    assert any("The learning rate is too high" in text.value for text in app.markdown)
    assert any("overshot" in text.value for text in app.markdown), "why"
    button = app.button(key="mlp_hint_apply_rate-diverged")
    assert button.label == "Apply: learning rate 10 → 1"
    button.click().run()
    well(app)
    assert app.select_slider(key=f"{RECIPE}_lr").value == 1.0
    applied = app.button(key="mlp_hint_apply_rate-diverged")
    assert applied.label == "Applied: learning rate 10 → 1"
    assert applied.disabled
    assert any("Press Train" in toast.value for toast in app.toast)


def test_apply_and_train_starts_the_same_run_with_the_remedy() -> None:
    app = trained(open_page(mlp_recipe=RECIPE), epochs=1, lr=0.0001)
    first = job(app)
    app.button(key="mlp_hint_train_rate-low").click().run()
    ended(app)
    assert job(app) is not first
    assert job(app).start == first.start.with_settings({"lr": 0.001})


def test_two_remedies_of_a_recorded_run_add_up_on_its_own_settings() -> None:
    app = trained(open_page(mlp_recipe=RECIPE), epochs=3, rare="8", rare_share=0.02, seed=5)
    name = app.session_state[train.JOB]
    registry().close()
    registry.clear()
    app = open_page(mlp_run=name)
    assert any("Recorded run" in text.value for text in app.markdown)
    app.button(key="mlp_hint_apply_rare-digit").click().run()
    app.button(key="mlp_hint_apply_still-falling").click().run()
    well(app)
    assert app.selectbox(key="mlp_recipe").value == RECIPE
    assert app.selectbox(key=f"{RECIPE}_rare").value == "no digit"
    assert app.slider(key=f"{RECIPE}_epochs").value == 6
    assert app.number_input(key=f"{RECIPE}_seed").value == 5


def test_a_run_on_spoiled_digits_says_so_and_shows_suspects() -> None:
    app = trained(open_page(mlp_recipe=RECIPE), epochs=2, flipped=0.1)
    assert any("Corrupted data" in text.value and "10% of the labels wrong" in text.value for text in app.caption)
    assert "Suspected label errors" in [title.value for title in app.subheader]


def test_fewer_images_are_told_but_not_called_spoiled() -> None:
    app = trained(open_page(mlp_recipe=RECIPE), epochs=1, share=0.5)
    told = [text.value for text in app.caption if "Trained on" in text.value]
    assert len(told) == 1
    assert "50%" in told[0]
    assert not any("Corrupted data" in text.value for text in app.caption)


def test_a_healthy_network_that_came_along_gets_no_hint() -> None:
    app = open_page(mlp_recipe="mlp-deep")
    assert not [button.key for button in app.button if button.key and "_hint_" in button.key]


def test_remedies_in_words() -> None:
    config = RECIPES["mlp-autograd"].config
    remedy = {"init": "xavier", "validation": 0.1, "keep": "best", "normalize": True, "epochs": 20}
    hint = Hint("x", "", "", "", remedy)
    assert change_told(hint, config) == (
        "weight initialization PyTorch's default → Xavier (Glorot), validation split 0% → 10%, keep the best epoch, "
        "normalized pixels off → on, epochs 10 → 20"
    )
    both = Hint("x", "", "", "", {"init": "he", "init_output": "he"})
    assert change_told(both, config) == "initialization of all layers PyTorch's default → He (Kaiming)"
    assert not stands(remedy, config)
    assert stands(remedy, config.with_settings(remedy))
    assert not stands(remedy, None)


class Running:
    """A job in the middle of a run, as far as a hint needs it."""

    def __init__(self, rate: float) -> None:
        self.start = RECIPES[RECIPE].config.with_settings({"lr": rate})
        self.history = History(loss=[2.3] * 5 + [60.0] * 45, lr=[rate] * 50, examples_per_step=[128] * 50)
        self.history.epochs.append({"epoch": 0.0, "train_loss": 2.3})
        self.changed: list[tuple[str, float]] = []

    def change(self, name: str, value: float) -> None:
        self.changed.append((name, value))

    @property
    def snapshot(self) -> SimpleNamespace:
        return SimpleNamespace(config=self.start, history=self.history, n_train=4000)


def test_while_it_runs_a_sharp_hint_changes_the_rate_at_once() -> None:
    job = Running(5.0)
    app = open_part(lambda: watching(Place("mlp", None), job)(job.snapshot))
    (button,) = app.button
    assert button.label == "Now: learning rate 5 → 0.5"
    button.click().run()
    well(app)
    assert job.changed == [("lr", 0.5)]
    assert app.session_state[f"{RECIPE}_lr"] == 0.5
