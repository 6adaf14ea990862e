"""The Language ID page in Streamlit's own harness: every tab, a run from start to results, links."""

from functools import partial

import pytest

from core.config.run import WordsConfig
from core.jobs.training_job import Job
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.cache import registry, run_store
from pages.ui.language.train import LOOK, PAGE
from tests.pages import harness
from tests.pages.harness import text, well

pytestmark = pytest.mark.usefixtures("newcomer")

open_page = partial(harness.open_page, "8_Language_ID.py")


def test_a_link_holds_word_and_settings() -> None:
    app = open_page(lang_word="Dziękuję", language__gru_cell="LSTM", language__gru_units="64")
    assert app.text_input(key="lang_word").value == "Dziękuję"
    assert "**dziękuję**: **" in text(app)
    assert app.selectbox(key="language-gru_cell").value == "lstm"
    assert app.number_input(key="language-gru_units").value == 64


def test_a_link_with_the_former_name_of_a_split_goes_on_meaning_it() -> None:
    app = open_page(lang_tab="Train", language__gru_division="by stem: no relatives in the test")
    assert app.selectbox(key="language-gru_division").value == "stem"


def test_train_look_and_come_back() -> None:
    app = open_page(lang_tab="Train")
    assert "Pretrained" in text(app)
    assert "words" in text(app)
    assert not [box for box in app.selectbox if "adversarial" in (box.key or "")]
    app.select_slider(key="language-gru_per_language").set_value(200)
    app.selectbox(key="language-gru_division").set_value("stem")
    app.number_input(key="language-gru_units").set_value(12)
    app.slider(key="language-gru_epochs").set_value(2)
    well(app.button(key="lang_start").click().run())
    name = app.session_state[PAGE.key("run")]
    assert registry().get(name, Job).wait(120).status == "finished"
    well(app.run())
    run = run_store().get(name)
    assert run.config.data == WordsConfig("stem", 200)
    assert run.n_train + run.n_test == 1000
    assert "Finished" in text(app)
    again = open_page(lang_run=name, lang_tab="Train")
    assert again.number_input(key="language-gru_units").value == 12
    registry().close()
    registry.clear()
    recorded = open_page(lang_run=name, lang_tab="Train")
    assert "Recorded run" in text(recorded)
    looked = open_page(lang_tab="Results")
    looked.selectbox(key=LOOK).set_value(f"run:{name}").run()
    well(looked)
    metric = next(entry for entry in looked.metric if entry.label == "Test accuracy")
    assert metric.value == f"{run.test_accuracy:.2%}"
    assert "by stem" in text(looked)


def test_one_epoch_in_one_click() -> None:
    app = open_page(lang_tab="Train")
    app.select_slider(key="language-gru_per_language").set_value(100)
    well(app.button(key="lang_short").click().run())
    name = app.session_state[PAGE.key("run")]
    assert registry().get(name, Job).wait(120).status == "finished"
    assert run_store().get(name).epochs == 1
    assert app.run().slider(key="language-gru_epochs").value == 1, "as it was trained"
    epochs = RECIPES["language-gru"].config.train.epochs
    app.slider(key="language-gru_epochs").set_value(epochs)
    well(app.button(key="lang_start").click().run())
    job = registry().get(app.session_state[PAGE.key("run")], Job)
    assert job.job_id != name
    assert job.start.train.epochs == epochs
    job.stop()
    job.wait(30)
