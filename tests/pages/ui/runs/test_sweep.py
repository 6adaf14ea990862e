"""Sweeps: planned, run, stopped and gone on with, and refused in words."""

import pytest

from core.jobs.sweep.job import sweep_of
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.runs import compare
from tests.pages.harness import text, well
from tests.pages.ui.runs.harness import bars, open_page, table

pytestmark = pytest.mark.usefixtures("nothing_on_record")


def test_a_sweep_is_planned_run_stopped_and_gone_on_with() -> None:
    app = open_page("Sweep", **{"runs_sweep_epochs_linear-softmax": "1"})
    app.text_input(key="runs_sweep_linear-softmax_lr").set_value("0.05, 0.2").run()
    vary = app.multiselect(key="runs_sweep_vary_linear-softmax")
    vary.set_value(["lr", "batch_size"]).run()
    app.text_input(key="runs_sweep_linear-softmax_batch_size").set_value("64,256").run()
    assert well(app).button(key="runs_sweep_start").label == "Start 4 trials"
    well(app.button(key="runs_sweep_start").click().run())
    sweep_id = app.session_state["runs_sweep_shown"]
    job = sweep_of(registry(), sweep_id)
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
    from core.jobs.sweep.ledger import begin, read
    from core.jobs.sweep.plan import SweepPlan

    base = RECIPES["linear-softmax"].config.with_settings({"epochs": 1})
    ledger = begin(SweepPlan(base, {"lr": (0.05, 0.2)}), "small", fingerprint(mnist()))
    app = open_page("Sweep")
    assert "interrupted" in bars(app)
    well(app.button(key="runs_sweep_go_on").click().run())
    job = sweep_of(registry(), ledger.sweep_id)
    assert job.wait(120).status == "finished"
    assert not read(ledger.sweep_id).open
    well(app.run())
    assert "chosen by the test accuracy itself" in text(app)  # this plan has no validation split


def test_a_sweep_at_work_is_stopped_and_keeps_what_is_done() -> None:
    app = open_page("Sweep", **{"runs_sweep_epochs_linear-softmax": "2000"})
    well(app.button(key="runs_sweep_start").click().run())
    job = sweep_of(registry(), app.session_state["runs_sweep_shown"])
    assert not app.button(key="runs_sweep_stop").disabled
    well(app.button(key="runs_sweep_stop").click().run())
    assert job.wait(30).status == "stopped"
    well(app.run())
    assert "interrupted" in bars(app)
    assert not app.button(key="runs_sweep_go_on").disabled


def test_a_cluster_that_is_not_there_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_CLUSTER", "tcp://127.0.0.1:1")
    monkeypatch.setattr("core.jobs.sweep.engines.PATIENCE", 0.3)
    app = open_page("Sweep")
    assert "on the cluster at tcp://127.0.0.1:1" in text(app)
    well(app.button(key="runs_sweep_start").click().run())
    job = sweep_of(registry(), app.session_state["runs_sweep_shown"])
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
    assert "Without a validation split" in text(well(app))


@pytest.mark.parametrize("recipe", ["regression-sine", "language-gru"])
def test_every_kind_of_recipe_can_be_planned(recipe: str) -> None:
    app = open_page("Sweep", runs_sweep_recipe=recipe)
    assert not app.button(key="runs_sweep_start").disabled


def test_the_code_of_a_sweep_runs_and_its_line_parses() -> None:
    from core.jobs.sweep.plan import SweepPlan, parse_axes
    from pages.ui.runs.sweep_plan import sweep_code

    base = RECIPES["mlp-module"].config.with_settings({"epochs": 1, "validation": 0.1})
    plan = SweepPlan(base, {"hidden": ((8,), (8, 4))})
    shell, python = sweep_code(plan)
    assert shell == ("python -m core sweep mlp-module --set hidden=8,8x4 --fix validation=0.1 --epochs 1")
    assert parse_axes(base, ["hidden=8,8x4"]) == plan.axes
    exec(compile(python, "shown", "exec"), {})
