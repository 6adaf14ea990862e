"""The MLP page in Streamlit's own harness: every preset trained for an epoch, every tab opened."""

from functools import partial

import pytest

from core.jobs.training_job import Job, start_training
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.cache import mnist, registry, run_store
from pages.ui.mlp import train
from pages.ui.mlp.questions import QUESTIONS
from tests.pages import harness
from tests.pages.harness import finish, well

pytestmark = pytest.mark.usefixtures("newcomer")

open_page = partial(harness.open_page, "2_MLP_Autograd.py")


@pytest.mark.usefixtures("few_digits")
@pytest.mark.parametrize("recipe", ["linear-softmax", "mlp-manual", "mlp-deep"])
def test_a_preset_trains_for_an_epoch_in_one_click(recipe: str) -> None:
    app = open_page(mlp_tab="Train")
    app.selectbox(key=train.RECIPE).set_value(recipe).run()
    app.slider(key=f"{recipe}_epochs").set_value(1)
    app.button(key="mlp_start").click().run()
    well(app)
    name = finish(app, train.JOB)
    run = run_store().get(name)
    assert run.recipe == recipe
    assert run.epochs == 1
    assert run.config == RECIPES[recipe].config.with_settings({"epochs": 1})
    shown = [text.value for text in app.markdown]
    assert any("Finished" in text for text in shown)
    assert any(f"{run.test_accuracy:.2%}" in text for text in shown)


@pytest.mark.parametrize("label", QUESTIONS)
def test_every_question_starts_what_it_says(label: str) -> None:
    question = QUESTIONS[label]
    recipe = question.recipe
    app = open_page(mlp_tab="Train")
    app.button(key=f"mlp_try_{label}").click().run()
    assert not app.exception
    job = registry().get(app.session_state[train.JOB], Job)
    assert job.start == question.config
    assert any(question.ask in text.value for text in app.markdown)
    assert app.selectbox(key=train.RECIPE).value == recipe
    job.stop()
    assert job.wait(30).status in ("stopped", "finished", "diverged")


def test_controls_say_what_the_run_gets() -> None:
    before = mnist().train.images.sum().item(), mnist().test.images.sum().item()
    app = open_page(mlp_tab="Train")
    key = "mlp-autograd_"
    app.selectbox(key=f"{key}family").set_value("module")
    app.selectbox(key=f"{key}optimizer").set_value("adam")
    app.slider(key=f"{key}depth").set_value(2).run()
    app.number_input(key=f"{key}width_2").set_value(33)
    app.slider(key=f"{key}dropout").set_value(0.25)
    app.select_slider(key=f"{key}lr").set_value(0.002)
    app.slider(key=f"{key}validation").set_value(0.2)
    app.number_input(key=f"{key}seed").set_value(7)
    app.slider(key=f"{key}epochs").set_value(1).run()
    app.button(key="mlp_start").click().run()
    run = run_store().get(finish(app, train.JOB))
    settings = run.config.settings()
    expected = {"hidden": (100, 33), "dropout": 0.25, "optimizer": "adam", "lr": 0.002, "seed": 7, "epochs": 1}
    assert {name: settings[name] for name in expected} == expected
    assert run.n_train == 3200
    assert (mnist().train.images.sum().item(), mnist().test.images.sum().item()) == before
    assert run.validation_accuracy is not None
    app.button(key="mlp_reset").click().run()
    well(app)
    assert app.selectbox(key=f"{key}optimizer").value == "sgd-by-hand"


@pytest.mark.usefixtures("few_digits")
def test_a_link_to_a_run_of_yesterday_shows_it() -> None:
    """After a restart no job is left, but the record is: the address still shows the curves."""
    app = open_page(mlp_tab="Train")
    app.slider(key="mlp-autograd_epochs").set_value(1)
    app.button(key="mlp_start").click().run()
    name = finish(app, train.JOB)
    registry().close()
    registry.clear()
    later = open_page(mlp_run=name)
    assert any(f"Recorded run {name}" in text.value for text in later.markdown)


def test_a_run_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(mlp_tab="Train")
    monkeypatch.setenv("DIGITLAB_DEVICE", "cuda:7")
    app.button(key="mlp_start").click().run()
    assert not app.exception
    assert any("DIGITLAB_DEVICE is 'cuda:7'" in error.value for error in app.error)


def test_another_optimizer_starts_from_its_own_usual_rate() -> None:
    app = open_page(mlp_recipe="mlp-deep")
    app.selectbox(key="mlp-deep_optimizer").set_value("adam").run()
    well(app)
    assert app.select_slider(key="mlp-deep_lr").value == 0.001
    app.selectbox(key="mlp-deep_optimizer").set_value("sgd").run()
    well(app)
    assert app.select_slider(key="mlp-deep_lr").value == 0.01


@pytest.mark.usefixtures("few_digits")
def test_a_run_prolonged_beyond_the_slider_is_found_again() -> None:
    data = mnist()
    job = start_training(registry(), RECIPES["linear-softmax"].config.with_settings({"epochs": 40}), data)
    job.wait(60)
    job.add_epoch()
    job.wait(60)
    app = open_page(mlp_run=job.job_id)
    assert app.slider(key="linear-softmax_epochs").value == 41


def test_a_run_that_diverged_claims_no_accuracy() -> None:
    app = open_page(mlp_tab="Train")
    app.button(key="mlp_try_Learning rate too high").click().run()
    job = registry().get(app.session_state[train.JOB], Job)
    assert job.wait(60).status == "diverged"
    app.run()
    well(app)
    assert any("too high here" in warning.value for warning in app.warning)
    assert not any("classified correctly" in text.value for text in app.markdown)
    assert run_store().get(job.job_id).test_accuracy is None


@pytest.mark.usefixtures("few_digits")
def test_a_run_that_went_on_is_looked_at_as_it_is_now() -> None:
    data = mnist()
    job = start_training(registry(), RECIPES["linear-softmax"].config.with_settings({"epochs": 1}), data)
    job.wait(60)
    app = open_page(mlp_tab="Results")
    app.selectbox(key="mlp_look").set_value(f"run:{job.job_id}").run()
    well(app)
    before = [metric.value for metric in app.metric]
    for _ in range(3):
        job.add_epoch()
        job.wait(60)
    app.run()
    well(app)
    assert f"{job.snapshot.history.last('test_accuracy'):.2%}" in [metric.value for metric in app.metric]
    assert [metric.value for metric in app.metric] != before


def test_train_starts_what_the_controls_show_even_if_they_changed_in_the_same_moment() -> None:
    """The slider and the button in one and the same rerun: no stale settings."""
    app = open_page(mlp_tab="Train")
    app.slider(key="mlp-autograd_epochs").set_value(2)
    app.button(key="mlp_start").click().run()
    well(app)
    job = registry().get(app.session_state[train.JOB], Job)
    assert job.start.train.epochs == 2
    job.wait(60)


@pytest.mark.usefixtures("nothing_on_record")
def test_the_former_record_is_a_part_of_results() -> None:
    app = open_page(mlp_tab="Record")
    assert app.session_state["mlp_tab"] == "Results"
    assert any("No runs yet" in info.value for info in app.info)
    assert not app.warning


def test_addresses_with_former_labels_open_the_same_views() -> None:
    app = open_page(mlp_tab="Inside", mlp_inside="The start")
    assert app.segmented_control(key="mlp_inside").value == "Initialization"
    assert not app.warning
