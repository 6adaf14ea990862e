"""The Runs page in Streamlit's own harness: every tab and control, over runs that are on record."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.checkpoints import run_checkpoint
from core.evaluation import wilson
from core.home import PROJECT
from core.recipes import RECIPES
from core.run_table.rows import title_of
from core.runs import RunRecord, new_run_id
from core.training.history import History
from pages.ui.cache import mnist, registry, run_store
from pages.ui.runs import all_runs, by_settings, compare, two_networks
from pages.ui.runs.links import place_of
from tests.pages import harness
from tests.pages.harness import APP, text, well


def open_page(tab: str = "All runs", **address: str) -> AppTest:
    return harness.open_page("9_Runs.py", runs_tab=tab, **address)


@pytest.fixture(autouse=True)
def newcomer(bundled_only: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cached = Path(os.environ["DIGITLAB_HOME"]) / "cache"
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    if cached.is_dir():  # the digits, read from their CSV once
        (tmp_path / "cache").symlink_to(cached)
    for held in (registry, run_store):
        held.clear()
    mnist.clear()
    yield
    registry().close()
    registry.clear()
    run_store.clear()


def record(recipe: str = "linear-softmax", **given: Any) -> RunRecord:
    """A run on record, without training it; settings and fields of the record by their names."""
    fields = {name: given.pop(name) for name in list(given) if name in RunRecord.__dataclass_fields__}
    history = History(loss=[2.0, 1.0, 0.5, 0.4], lr=[0.1] * 4, examples_per_step=[30, 20, 30, 20])
    for epoch, accuracy in ((0, 0.1), (1, 0.7), (2, 0.9)):
        history.epochs.append(
            {"epoch": epoch, "step": 2 * epoch, "seconds": 1.0 * epoch, "train_accuracy": accuracy,
             "train_loss": 2.3 - epoch, "test_loss": 2.4 - epoch, "test_accuracy": accuracy}
        )  # fmt: skip
    low, high = wilson(90, 100)
    values: dict[str, Any] = {
        "run_id": new_run_id(), "recipe": recipe, "name": "", "owner": "me", "created": 1_700_000_000.0,
        "status": "finished", "data": "small", "n_train": 50, "n_test": 100, "epochs": 2.0,
        "train_seconds": 2.0, "test_accuracy": 0.9, "ci_low": low, "ci_high": high, "test_loss": 0.4,
        "validation_accuracy": None, "device": "CPU", "precision": "fp32", "threads": 1, "versions": {},
        "config": RECIPES[recipe].config.with_settings(given), "history": history,
    }  # fmt: skip
    run = RunRecord(**{**values, **fields})
    run_store().save(run)
    return run


def bars(app: AppTest) -> str:
    """The words on all bars of progress."""
    return " ".join(bar.proto.text for bar in app.get("progress"))


def table(app: AppTest) -> Any:
    return app.dataframe[0].value


@pytest.mark.parametrize(
    ("tab", "says"),
    [
        ("All runs", "No run is on record yet"),
        ("Compare", "No run is on record yet"),
        ("Two networks", "They disagree in being right on"),
        ("Settings and accuracy", "No run is on record yet"),
        ("Sweep", "No sweep yet"),
    ],
)
def test_every_tab_says_what_to_do_before_there_are_runs(tab: str, says: str) -> None:
    assert says in text(open_page(tab))


@pytest.mark.parametrize("tab", ["All runs", "Settings and accuracy"])
def test_from_nothing_a_button_leads_to_sweeps(tab: str) -> None:
    app = well(open_page(tab).button(key="runs_to_sweep").click().run())
    assert app.button(key="runs_sweep_start")


def test_filters_decide_which_rows_are_shown() -> None:
    deep = record("mlp-deep", lr=0.3, name="my best", data="full")
    trial = record(name="sweep ab12cd34: lr=5", lr=5.0, status="diverged", created=1_800_000_000.0)
    app = open_page()
    assert table(app)["run"].tolist() == [trial.run_id, deep.run_id]
    assert "**2 runs** on record" in text(app)

    def shown(**parameters: str) -> list[str]:
        return table(open_page(**parameters))["name"].tolist()

    assert shown(runs_recipes="mlp-deep") == ["my best"]
    assert shown(runs_words="LR=5") == ["sweep ab12cd34: lr=5"]
    assert shown(runs_statuses="diverged") == ["sweep ab12cd34: lr=5"]
    assert shown(runs_kind="single runs") == ["my best"]
    assert shown(runs_data="full") == ["my best"]
    app.text_input(key="runs_words").set_value("nobody").run()
    assert "No run passes all the filters" in text(well(app))


def test_ticked_rows_are_named_and_deleted() -> None:
    old, new = record(), record("mlp-deep", created=1_800_000_000.0)
    run_checkpoint(old.run_id).parent.mkdir(exist_ok=True)
    run_checkpoint(old.run_id).write_bytes(b"weights")
    app = open_page(runs_chosen=old.run_id)
    assert "Tick a single row" not in text(app)
    app.text_input(key=f"runs_name_{old.run_id}").set_value("the old one")
    well(app.button(key="runs_name_save").click().run())
    assert run_store().get(old.run_id).name == "the old one"
    assert "the old one" in table(app)["name"].tolist()
    well(app.button(key="runs_delete_yes").click().run())
    assert [run.run_id for run in run_store().all()] == [new.run_id]
    assert not run_checkpoint(old.run_id).exists()
    assert app.button(key="runs_compare").disabled


def test_in_a_classroom_nobody_sees_or_deletes_anothers_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_CLASSROOM", "1")
    theirs, own = record(owner="f" * 24), record(owner="a" * 24)
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["lab_owner"] = "a" * 24
    app.run()
    app.query_params["runs_chosen"] = f"{theirs.run_id},{own.run_id}"
    well(app.switch_page(str(PROJECT / "pages" / "9_Runs.py")).run())
    assert table(app)["run"].tolist() == [own.run_id]
    assert app.button(key="runs_delete_yes").label == "Yes, delete 1"
    well(app.button(key="runs_delete_yes").click().run())
    assert [run.run_id for run in run_store().all()] == [theirs.run_id]


def test_choose_none_and_csv() -> None:
    runs = [record(seed=seed) for seed in range(3)]
    app = open_page(runs_chosen=",".join(run.run_id for run in runs[:2]))
    assert not app.button(key="runs_compare").disabled
    well(app.button(key="runs_none").click().run())
    assert app.button(key="runs_compare").disabled
    assert "runs_chosen" not in app.query_params


def test_compare_draws_what_is_chosen() -> None:
    one, two = record("mlp-module", lr=0.3), record("mlp-module", lr=0.1, created=1_800_000_000.0)
    app = open_page()
    assert app.button(key="runs_compare").disabled
    app = open_page("Compare", runs_chosen=f"{one.run_id},{two.run_id},gone1234")
    assert app.multiselect(key=compare.PICK).value == [one.run_id, two.run_id]
    assert "1 chosen run is no longer on record" in text(app)
    assert table(app).loc["lr"].tolist() == ["0.3", "0.1"]
    assert len(table(app)) == 1
    for what in ("accuracy", "loss"):
        well(app.segmented_control(key="runs_what").set_value(what).run())
    for axis in compare.AXES:
        well(app.selectbox(key="runs_axis").set_value(axis).run())
    assert app.toggle(key="runs_log_x").disabled  # a clock has no logarithm
    app.selectbox(key="runs_axis").set_value("step").run()
    for toggle in ("runs_log_x", "runs_log_y", "runs_band"):
        well(app.toggle(key=toggle).set_value(toggle != "runs_band").run())
    well(app.slider(key="runs_weight").set_value(0.5).run())
    well(app.selectbox(key="runs_smoothing").set_value("window").run())
    well(app.select_slider(key="runs_window").set_value(5).run())
    well(app.selectbox(key="runs_smoothing").set_value("none").run())
    pills = next(group for group in app.button_group if group.key == "runs_splits")
    well(pills.set_value(["validation"]).run())
    assert "None of these runs has measured" in text(app)
    app.multiselect(key=compare.PICK).set_value([two.run_id]).run()
    well(app)
    assert app.query_params["runs_chosen"] in (two.run_id, [two.run_id])


def test_compare_begins_with_the_newest_two() -> None:
    runs = [record(seed=seed, created=1_700_000_000.0 + seed) for seed in range(3)]
    app = open_page("Compare")
    assert app.multiselect(key=compare.PICK).value == [runs[2].run_id, runs[1].run_id]


def test_two_networks_image_by_image() -> None:
    app = open_page("Two networks")
    assert app.selectbox(key="runs_a").value == "As it came: linear-softmax"
    assert "of the 1,000 bundled test images" in text(app) or "the 1,000 bundled" in text(app)
    for group in ("both", "only A", "neither", "only B"):
        well(app.segmented_control(key="runs_group").set_value(group).run())
    app.segmented_control(key="runs_group").set_value("both").run()
    sheet = next(entry for entry in app.number_input if entry.key.startswith("runs_sheet_both"))
    well(sheet.set_value(2).run())
    app.selectbox(key="runs_b").set_value("As it came: linear-softmax").run()
    assert "the same network twice" in text(well(app))


def test_a_run_of_ones_own_is_compared_and_opened_on_its_page() -> None:
    config = RECIPES["linear-softmax"].config.with_settings({"epochs": 1, "lr": 0.3})
    job = registry().submit(config, mnist())
    assert job.wait(60).status == "finished"
    run = run_store().get(job.job_id)
    app = open_page("Two networks", runs_chosen=run.run_id)
    assert app.selectbox(key="runs_b").value == f"On record: {title_of(run)}"
    assert "They disagree" in text(app)
    registry().close()
    registry.clear()
    file, parameters = place_of(run)
    for name, value in parameters.items():
        app.query_params[name] = value
    well(app.switch_page(str(PROJECT / file)).run())
    assert "Recorded run" in text(app)


def test_every_kind_of_run_has_a_page() -> None:
    for recipe in ("mlp-deep", "cnn-robust", "regression-sine", "language-gru"):
        file, parameters = place_of(record(recipe))
        assert (PROJECT / file).is_file()
        assert len(parameters) == 2
    words = record("language-gru")
    assert "its weights were not kept" in text(open_page("Compare", runs_chosen=words.run_id))


def test_a_trial_without_weights_is_set_up_again_on_its_page() -> None:
    run = record("regression-sine", lr=0.03, name="sweep ab12cd34: lr=0.03", test_accuracy=None)
    app = open_page("Compare", runs_chosen=run.run_id)
    assert "cannot be opened: a sweep keeps no weights" in text(app)
    well(app.button(key=f"runs_again_{run.run_id}").click().run())
    assert app.session_state["reg_recipe"] == "regression-sine"
    assert app.session_state["regression-sine_lr"] == 0.03


def test_a_difference_of_accuracies_is_in_points() -> None:
    from core.paired import Paired

    said = two_networks.verdict(Paired(10_000, 22, 730))
    assert "by 7.08 points" in said
    assert "points)" in said
    assert "%" not in said.replace("95 %", "")
    assert "A minus B" in two_networks.verdict(Paired(1000, 5, 7))


def test_settings_against_accuracy() -> None:
    for lr in (0.001, 0.01, 0.1):
        for seed in (0, 1):
            record("mlp-module", lr=lr, seed=seed)
    app = open_page("Settings and accuracy")
    across = next(box for box in app.selectbox if box.key.startswith("runs_across"))
    assert across.value == "lr"
    well(across.set_value("seed").run())
    color = next(box for box in app.selectbox if box.key.startswith("runs_color"))
    well(color.set_value("lr").run())
    axes = next(box for box in app.multiselect if box.key.startswith("runs_axes"))
    well(axes.set_value(["lr"]).run())
    assert "6 runs, orange" in text(app)
    well(axes.set_value([]).run())
    assert "Choose at least one axis" in text(app)
    alone = open_page("Settings and accuracy", runs_words="lr=0.1 seed=1")
    assert "no setting differs among them" in text(alone)


def test_tasks_are_not_compared_with_each_other() -> None:
    for lr in (0.01, 0.1):
        record("mlp-module", lr=lr)
    for lr, loss in ((0.01, 2e-5), (0.1, 0.5), (0.3, 0.1)):
        record("regression-sine", lr=lr, test_accuracy=None, ci_low=None, ci_high=None, test_loss=loss)
    app = open_page("Settings and accuracy")
    measured = next(group for group in app.button_group if group.key.startswith("runs_measured"))
    assert measured.value == "Points: loss"
    assert "2 runs on something other than points are left out." in text(app)
    assert "The lowest is 2.00e-5" in text(app)
    well(measured.set_value("Digits: accuracy").run())
    assert "3 runs on something other than digits are left out." in text(app)
    assert "The highest is 90.00%" in text(app)
    only = open_page("Settings and accuracy", runs_recipes="regression-sine")
    assert "3 runs on points." in text(only)
    none = open_page("Settings and accuracy", runs_words="nobody")
    assert "No run passes the filters" in text(none)


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


def test_the_interval_stands_in_one_column() -> None:
    run = record()
    rows = table(open_page())
    assert rows["95 % interval"].tolist() == [f"{100 * run.ci_low:.1f}–{100 * run.ci_high:.1f} %"]
    assert rows["test accuracy"].tolist() == [90.0]
    assert "to" not in rows


def test_a_sweep_is_planned_run_stopped_and_gone_on_with() -> None:
    app = open_page("Sweep", **{"runs_sweep_epochs_linear-softmax": "1"})
    app.text_input(key="runs_sweep_linear-softmax_lr").set_value("0.05, 0.2").run()
    vary = app.multiselect(key="runs_sweep_vary_linear-softmax")
    vary.set_value(["lr", "batch_size"]).run()
    app.text_input(key="runs_sweep_linear-softmax_batch_size").set_value("64,256").run()
    assert well(app).button(key="runs_sweep_start").label == "Start 4 trials"
    well(app.button(key="runs_sweep_start").click().run())
    sweep_id = app.session_state["runs_sweep_shown"]
    job = registry().sweep_of(sweep_id)
    assert job is not None
    assert job.wait(120).status == "finished"
    well(app.run())
    assert "4 of 4 trials done" in bars(app)
    assert "Best: learning rate" in text(app)
    assert sweep_id in str(app.query_params["runs_sweep"])
    again = open_page("Sweep", runs_sweep=sweep_id)
    assert "Best: learning rate" in text(again)
    assert open_page("Sweep", runs_sweep="00000000").session_state["runs_sweep_shown"] == sweep_id
    rows = table(app)
    assert rows["status"].tolist() == ["finished"] * 4
    assert rows["best"].tolist().count("★") == 1
    assert rows["validation"].idxmax() == rows["best"].tolist().index("★")
    assert app.button(key="runs_sweep_go_on").disabled
    well(app.button(key="runs_sweep_compare").click().run())
    best = rows["run"][rows["best"] == "★"].tolist()
    assert app.multiselect(key=compare.PICK).value[:1] == best
    assert len(app.multiselect(key=compare.PICK).value) == 4


def test_an_interrupted_sweep_goes_on_after_a_restart() -> None:
    from core.data.fingerprint import fingerprint
    from core.sweep.ledger import begin, read
    from core.sweep.plan import SweepPlan

    base = RECIPES["linear-softmax"].config.with_settings({"epochs": 1})
    ledger = begin(SweepPlan(base, {"lr": (0.05, 0.2)}), "small", fingerprint(mnist()))
    app = open_page("Sweep")
    assert "it stands still" in bars(app)
    well(app.button(key="runs_sweep_go_on").click().run())
    job = registry().sweep_of(ledger.sweep_id)
    assert job is not None
    assert job.wait(120).status == "finished"
    assert not read(ledger.sweep_id).open
    well(app.run())
    assert "chosen by the test accuracy itself" in text(app)  # this plan holds nothing out


def test_a_sweep_at_work_is_stopped_and_keeps_what_is_done() -> None:
    app = open_page("Sweep", **{"runs_sweep_epochs_linear-softmax": "2000"})
    well(app.button(key="runs_sweep_start").click().run())
    job = registry().sweep_of(app.session_state["runs_sweep_shown"])
    assert job is not None
    assert not app.button(key="runs_sweep_stop").disabled
    well(app.button(key="runs_sweep_stop").click().run())
    assert job.wait(30).status == "stopped"
    well(app.run())
    assert "it stands still" in bars(app)
    assert not app.button(key="runs_sweep_go_on").disabled


def test_a_cluster_that_is_not_there_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_CLUSTER", "tcp://127.0.0.1:1")
    monkeypatch.setattr("core.sweep.engines.PATIENCE", 0.3)
    app = open_page("Sweep")
    assert "on the cluster at tcp://127.0.0.1:1" in text(app)
    well(app.button(key="runs_sweep_start").click().run())
    job = registry().sweep_of(app.session_state["runs_sweep_shown"])
    assert job is not None
    assert job.wait(60).status == "failed"
    well(app.run())
    assert "There is no Dask scheduler" in app.warning[0].value
    assert not app.button(key="runs_sweep_go_on").disabled


def test_plans_that_make_no_sense_are_refused_in_words() -> None:
    app = open_page("Sweep")
    app.text_input(key="runs_sweep_linear-softmax_lr").set_value("-1").run()
    assert app.button(key="runs_sweep_start").disabled
    assert "cannot be tried" in app.error[0].value
    app.text_input(key="runs_sweep_linear-softmax_lr").set_value("").run()
    assert "at least one value" in app.error[0].value
    app.multiselect(key="runs_sweep_vary_linear-softmax").set_value([]).run()
    assert "at least one setting" in app.error[0].value


def test_words_are_picked_draws_counted_and_nothing_held_out_warned_of() -> None:
    app = open_page("Sweep", runs_sweep_recipe="mlp-module")
    app.multiselect(key="runs_sweep_vary_mlp-module").set_value(["activation", "seed"]).run()
    app.multiselect(key="runs_sweep_mlp-module_activation").set_value(["relu", "tanh"]).run()
    assert well(app).button(key="runs_sweep_start").label == "Start 6 trials"
    app.segmented_control(key="runs_sweep_kind").set_value("random").run()
    app.number_input(key="runs_sweep_draws").set_value(5).run()
    assert well(app).button(key="runs_sweep_start").label == "Start 5 trials"
    app.select_slider(key="runs_sweep_validation_mlp-module").set_value(0.0).run()
    assert "no honest way to choose" in text(well(app))


@pytest.mark.parametrize("recipe", ["cnn-lab", "regression-sine", "language-gru"])
def test_every_kind_of_recipe_can_be_planned(recipe: str) -> None:
    app = open_page("Sweep", runs_sweep_recipe=recipe)
    assert not app.button(key="runs_sweep_start").disabled


@pytest.mark.parametrize("code", [all_runs.CODE, compare.CODE, by_settings.CODE, two_networks.CODE])
def test_the_code_shown_runs(code: str) -> None:
    record(), record(lr=0.3)
    exec(compile(code, "shown", "exec"), {})


def test_the_code_of_a_sweep_runs_and_its_line_parses() -> None:
    from core.sweep.plan import SweepPlan, parse_axes
    from pages.ui.runs.sweep_plan import sweep_code

    base = RECIPES["mlp-module"].config.with_settings({"epochs": 1, "validation": 0.1})
    plan = SweepPlan(base, {"hidden": ((8,), (8, 4))})
    shell, python = sweep_code(plan)
    assert shell == ("python -m core sweep mlp-module --set hidden=8,8x4 --fix validation=0.1 --epochs 1")
    assert parse_axes(base, ["hidden=8,8x4"]) == plan.axes
    exec(compile(python, "shown", "exec"), {})
