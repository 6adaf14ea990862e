"""The tabs "Compare" and "Two networks": curves over each other, and two networks image by image."""

import json

import pytest

from core.jobs.training_job import start_training
from core.lessons.runs.rows import title_of
from core.recipes.texts import RECIPES
from core.storage.history import History
from core.storage.paths import PROJECT
from pages.ui.kit.shell.cache import mnist, registry, run_store
from pages.ui.kit.shell.places import place_of
from pages.ui.runs import compare, two_networks
from tests.pages.harness import text, well
from tests.pages.ui.runs.harness import open_page, record, table

pytestmark = pytest.mark.usefixtures("nothing_on_record")


def test_compare_draws_what_is_chosen() -> None:
    one, two = record("mlp-module", lr=0.3), record("mlp-module", lr=0.1, created=1_800_000_000.0)
    app = open_page()
    assert app.button(key="runs_compare").disabled
    app = open_page("Compare", runs_chosen=f"{one.run_id},{two.run_id},gone1234")
    assert app.multiselect(key=compare.PICK).value == [one.run_id, two.run_id]
    assert "1 selected run has been deleted" in text(app)
    assert table(app).loc["learning rate"].tolist() == ["0.3", "0.1"]
    assert len(table(app)) == 1
    app.segmented_control(key="runs_what").set_value("loss")
    well(app.selectbox(key="runs_axis").set_value(list(compare.AXES)[-1]).run())
    assert app.toggle(key="runs_log_x").disabled  # a clock has no logarithm
    app.selectbox(key="runs_axis").set_value("step").run()
    for toggle in ("runs_log_x", "runs_log_y", "runs_band"):
        app.toggle(key=toggle).set_value(toggle != "runs_band")
    app.slider(key="runs_weight").set_value(0.5)
    well(app.run())
    well(app.selectbox(key="runs_smoothing").set_value("window").run())
    well(app.select_slider(key="runs_window").set_value(5).run())
    pills = next(group for group in app.button_group if group.key == "runs_splits")
    well(pills.set_value(["validation"]).run())
    assert "None of these runs has measured" in text(app)
    app.multiselect(key=compare.PICK).set_value([two.run_id]).run()
    well(app)
    assert app.query_params["runs_chosen"] in (two.run_id, [two.run_id])


def test_what_has_no_axis_in_common_is_drawn_apart() -> None:
    image, curve, word = record("mlp-module"), record("regression-sine"), record("language-gru")
    app = open_page("Compare", runs_chosen=",".join(run.run_id for run in (image, curve, word)))
    well(app)
    assert "Accuracy on the test images" in text(app)
    assert "Accuracy on the test words" in text(app)
    titles = [
        json.loads(chart.proto.spec)["layout"].get("yaxis", {}).get("title", {}).get("text")
        for chart in app.get("plotly_chart")
    ]
    assert {"cross-entropy (nats)", "mean squared error"} <= set(titles)
    assert "loss" not in titles


def test_compare_begins_with_the_newest_two_single_runs() -> None:
    runs = [record(seed=seed, created=1_700_000_000.0 + seed) for seed in range(3)]
    record(kind="sweep", created=1_700_000_099.0)
    app = open_page("Compare")
    assert app.multiselect(key=compare.PICK).value == [runs[2].run_id, runs[1].run_id]


def test_two_networks_image_by_image() -> None:
    app = open_page("Two networks")
    assert app.selectbox(key="runs_a").value == "Pretrained: linear-softmax"
    assert "of the 1,000 bundled test images" in text(app) or "the 1,000 bundled" in text(app)
    well(app.segmented_control(key="runs_group").set_value("only B").run())
    app.segmented_control(key="runs_group").set_value("both").run()
    page = next(entry for entry in app.number_input if entry.key.startswith("runs_page_both"))
    well(page.set_value(2).run())
    app.selectbox(key="runs_b").set_value("Pretrained: linear-softmax").run()
    assert "the same network twice" in text(well(app))


def test_a_run_of_ones_own_is_compared_and_opened_on_its_page() -> None:
    config = RECIPES["linear-softmax"].config.with_settings({"epochs": 1, "lr": 0.3})
    job = start_training(registry(), config, mnist())
    assert job.wait(60).status == "finished"
    run = run_store().get(job.job_id)
    app = open_page("Two networks", runs_chosen=run.run_id)
    assert app.selectbox(key="runs_b").value == f"Saved: {title_of(run)}"
    assert "McNemar" in text(app)
    registry().close()
    registry.clear()
    file, parameters = place_of(run.config, run.run_id)
    for name, value in parameters.items():
        app.query_params[name] = value
    well(app.switch_page(str(PROJECT / file)).run())
    assert "Recorded run" in text(app)


def test_a_difference_of_accuracies_is_in_points() -> None:
    from core.models.paired_test import Paired

    said = " ".join(two_networks.verdict(Paired(10_000, 22, 730)))
    assert "by 7.1 percentage points" in said
    assert "points)" in said
    assert "%" not in said.replace("95%", "")
    assert "A minus B" in two_networks.verdict(Paired(1000, 5, 7))[1]


def test_two_regressions_have_a_log_axis_and_no_accuracy() -> None:
    history = History(loss=[2.0, 0.01, 1e-4], lr=[0.1] * 3, examples_per_step=[50] * 3)
    history.epochs.append({"epoch": 1, "step": 3, "seconds": 1.0, "test_loss": 1e-4})
    for seed in (0, 1):
        record("regression-sine", seed=seed, test_accuracy=None, history=history)
    app = open_page("Compare", runs_what="accuracy")
    assert app.toggle(key="runs_log_y_wide").value
    assert app.segmented_control(key="runs_what_loss").disabled
    assert "a loss and no accuracy" in text(app)
    well(app.toggle(key="runs_log_y_wide").set_value(False).run())


def test_a_link_from_before_words_were_renamed_opens_the_same_network() -> None:
    app = open_page("Two networks", runs_a="As it came: mlp-deep", runs_b="Pretrained: cnn-bn")
    well(app)
    assert app.selectbox(key="runs_a").value == "Pretrained: mlp-deep"
    assert not app.warning
