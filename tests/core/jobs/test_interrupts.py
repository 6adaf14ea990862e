"""Ctrl-C and SIGTERM on the command line: training ends between two steps, and what was done is kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.__main__ import main
from core.jobs.interrupts import Interrupted, between_steps
from core.models.trained_network import load_checkpoint
from core.storage.checkpoints import run_checkpoint
from core.storage.paths import PROJECT
from core.storage.runs import RunStore
from core.training.trainer import Trainer

ENDINGS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.fixture(autouse=True)
def home(own_home: Path) -> Iterator[Path]:
    """An empty home, and a Ctrl-C that counts, also where the tests run behind `nohup` or `&`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield own_home
    signal.signal(signal.SIGINT, before)


def raise_in_step(monkeypatch: pytest.MonkeyPatch, number: int, step: int) -> None:
    """A signal that comes in the middle of the step with that number, counted over all trainers."""
    plain, count = Trainer.step, [0]

    def stepping(trainer: Trainer, batch: object) -> None:
        count[0] += 1
        if count[0] == step:
            signal.raise_signal(number)
        plain(trainer, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(Trainer, "step", stepping)


@pytest.mark.parametrize(("number", "status"), ENDINGS)
def test_training_is_recorded_as_stopped_with_its_weights(
    number: int, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_in_step(monkeypatch, number, 40)
    words = ["train", "linear-softmax", "--data", "small", "--epochs", "9", "--set", "batch_size=100"]
    assert main([*words, "--save", "mine", "--json"]) == status
    shown = capsys.readouterr()
    row = json.loads(shown.out)
    run = RunStore().get(row["run_id"])
    assert (row["status"], run.status, len(run.history.loss), run.epochs) == ("stopped", "stopped", 40, 1.0)
    assert f"Stopped at epoch 1 of 9: run {run.run_id}" in shown.err
    assert load_checkpoint(run_checkpoint(run.run_id)).provenance["epochs"] == 1.0
    assert run.history.changes[-1]["name"] == "stop"


def test_before_the_first_step_there_is_nothing_to_keep(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Trainer.measure

    def measuring(trainer: Trainer) -> None:
        signal.raise_signal(signal.SIGTERM)
        plain(trainer)

    monkeypatch.setattr(Trainer, "measure", measuring)
    assert main(["train", "linear-softmax", "--data", "small", "--json"]) == 143
    shown = capsys.readouterr()
    assert (shown.out, RunStore().all()) == ("", [])
    assert "Stopped" in shown.err


@pytest.mark.parametrize(("number", "status"), ENDINGS)
def test_a_sweep_keeps_its_finished_trials_and_goes_on_later(
    number: int, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["sweep", "linear-softmax", "--data", "small", "--workers", "1", "--json", "--epochs", "1"]
    with monkeypatch.context() as patch:
        raise_in_step(patch, number, 60)  # forty steps a trial
        assert main([*words, "--set", "lr=.1,.2,.3", "--fix", "batch_size=100"]) == status
    shown = capsys.readouterr()
    rows = [json.loads(line) for line in shown.out.splitlines()]
    assert [row["status"] for row in rows] == ["finished", "open", "open"]
    assert f"sweep --go-on {rows[0]['sweep']}" in shown.err
    assert main(["sweep", "--go-on", rows[0]["sweep"], "--workers", "1", "--json"]) == 0
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["status"] for row in again] == ["finished"] * 3
    assert again[0]["run_id"] == rows[0]["run_id"]


def test_reproduce_prints_every_row_that_was_finished(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.recipes.reproduce import REPRODUCTIONS

    def interrupted(quick: bool, load: object) -> dict[str, object]:
        signal.raise_signal(signal.SIGTERM)
        return {}

    monkeypatch.setitem(REPRODUCTIONS, "mlp-deep", lambda quick, load: {"id": "mlp-deep"})
    monkeypatch.setitem(REPRODUCTIONS, "cnn-lab", interrupted)
    assert main(["reproduce", "--only", "mlp-deep", "cnn-lab", "--quick", "--json"]) == 143
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"id": "mlp-deep"}
    assert "Stopped" in shown.err


def test_a_second_signal_does_not_wait() -> None:
    with between_steps() as asked:
        assert not asked()
        signal.raise_signal(signal.SIGTERM)
        assert asked()
        with pytest.raises(Interrupted):
            signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Interrupted):
        asked.obey()


def test_what_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with between_steps() as asked:
            signal.raise_signal(signal.SIGHUP)
        assert not asked()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.long
def test_a_sweep_over_processes_ends_in_order(home: Path) -> None:
    """As a service manager ends it: SIGTERM to the process group while two workers train."""
    words = ["sweep", "linear-softmax", "--data", "small", "--workers", "2", "--json", "--epochs"]
    command = [sys.executable, "-m", "core", *words, "30", "--set", f"lr={','.join(['.1'] * 60)}"]
    log = home / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=sink, start_new_session=True, text=True
        )
    try:
        while not RunStore().all() and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGTERM)
        out, _ = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 143, log.read_text()
    assert "Traceback" not in log.read_text()
    done = [row for row in map(json.loads, out.splitlines()) if row["status"] == "finished"]
    assert 0 < len(done) < 60
    assert {row["run_id"] for row in done} == {run.run_id for run in RunStore().all()}
