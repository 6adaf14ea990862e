"""A run that is opened from the record shows itself: its settings, its code, the script that repeats it."""

from dataclasses import replace
from typing import Any

import pytest

from core.export.choose import lesson_of_run
from core.export.training import training_code
from core.jobs.training_job import Job
from pages.ui.kit.shell.cache import registry, run_store
from pages.ui.kit.shell.places import place_of
from pages.ui.kit.training.export_buttons import lesson_now
from tests.pages.harness import markdown, text
from tests.pages.harness import open_page as open_file
from tests.pages.ui.runs.harness import record

pytestmark = pytest.mark.usefixtures("nothing_on_record")

#: Runs of every kind, with settings that no control offers by itself.
RUNS: dict[str, dict[str, Any]] = {
    "a lane of a race": {
        "recipe": "mlp-deep",
        "kind": "race",
        "name": "the best of four",
        "optimizer": "adam",
        "lr": 0.0123,
        "epsilon": 3e-9,
        "seed": 7,
        "hidden": (48, 600),
        "batch_size": 77,
        "validation": 0.125,
        "record_every": 33,
        "epochs": 55,
    },
    "a trial of a sweep": {
        "recipe": "linear-softmax",
        "kind": "sweep",
        "name": "renamed",
        "lr": 4.2,
        "batch_size": 48,
        "precision": "fp32",
        "threads": 1,
    },
    "a convolutional network": {
        "recipe": "cnn-lab",
        "channels": (5, 200),
        "kernels": (3, 5),
        "strides": (1, 1),
        "paddings": (1, 2),
        "pools": ("max", "none"),
        "hidden": (24,),
        "lr": 0.0004,
        "share": 0.15,
        "flipped": 0.33,
    },
    "adversarial training": {"recipe": "cnn-robust", "attack_epsilon": 0.123, "epochs": 3, "lr": 0.0021},
    "a curve": {
        "recipe": "regression-sine",
        "target": "square",
        "low": -1.5,
        "high": 2.25,
        "points": 123,
        "noise": 0.07,
        "hidden": (7,),
        "epochs": 41,
        "patience": 13,
        "lr": 0.0321,
        "points_seed": 9,
    },
    "points of one's own": {
        "recipe": "regression-sine",
        "target": "placed",
        "hidden": (5,),
        "epochs": 30,
        "placed": tuple((0.25 * k, 0.5 * (k % 3)) for k in range(10)),
    },
    "words": {"recipe": "language-gru", "units": 24, "per_language": 333, "cell": "lstm", "division": "stem"},
}


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_opened_shows_its_settings_and_its_code_and_trains_them_again(kind: str) -> None:
    """None of these has weights on record: what is shown comes from the record alone."""
    run = record(**RUNS[kind])
    file, address = place_of(run.config, run.run_id)
    app = open_file(file.removeprefix("pages/"), **address)
    assert f"**Recorded run {run.name or run.run_id}**" in markdown(app)
    prefix = next(name for name in address if name.endswith("_run")).removesuffix("_run")
    if prefix != "reg":  # which shows the lines of a curve
        assert app.code[-1].value == training_code(run.config).strip()
    app.button(key=f"{prefix}_start").click().run()
    job = registry().get(app.session_state[f"{prefix}_run"], Job)
    job.stop()
    assert job.job_id != run.run_id
    again = replace(run.config, train=replace(run.config.train, threads=None, precision=run.precision))
    assert job.start == again


def test_a_run_changed_and_prolonged_shows_how() -> None:
    run = record("mlp-module", epochs=1, lr=0.1)
    steps = [("lr", 0.0123, 30), ("epochs", 3, 60)]
    for name, value, examples in steps:
        run.history.changes.append({"step": examples // 10, "examples": examples, "name": name, "value": value})
    assert run.prolonged.train.epochs == 3
    assert run.prolonged.train.optimizer["lr"] == 0.1
    patient = run.config.with_settings({"validation": 0.2, "patience": 2})
    assert replace(run, config=patient).prolonged == patient  # its epochs say when its patience was over
    run_store().save(run)
    app = open_file("2_MLP_Autograd.py", mlp_tab="Train", mlp_run=run.run_id)
    assert "Changed while it ran: lr → 0.0123 at step 3; epochs → 3 at step 6." in text(app)
    assert app.slider(key="mlp-module_epochs").value == 3
    script = lesson_now(run.config, None, run_store().get(run.run_id))().script
    assert script == lesson_of_run(run_store().get(run.run_id)).script
    assert '{"lr": 0.0123}' in script
