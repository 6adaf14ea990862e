"""Sweeps on this machine: from the command line, as a job, stopped and gone on."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.__main__ import main
from core.config.errors import LabError, NotFound
from core.jobs.registry import JobRegistry
from core.jobs.sweep.engines import in_this_process
from core.jobs.sweep.job import start_sweep, sweep_of
from core.jobs.sweep.ledger import Ledger, begin, ledgers, read, write
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import run_trial
from core.storage.runs import RunStore

from .conftest import BASE


def test_the_book_survives_the_disk(ledger: Ledger) -> None:
    later = write(ledger.with_done(2, "abcd1234"))
    assert read(ledger.sweep_id) == later
    assert [trial.number for trial in later.open] == [0, 1, 3]
    assert ledgers() == [later]
    assert ledgers(owner="ada") == []


def test_a_book_that_is_none(home: Path, ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="no sweep"):
        read("../runs")
    (home / "sweeps" / "broken.json").write_text("{}")
    with pytest.raises(LabError, match="cannot be read"):
        read("broken")
    assert [found.sweep_id for found in ledgers()] == [ledger.sweep_id]


def test_other_data_are_refused(ledger: Ledger) -> None:
    order = replace(ledger.order(ledger.open[0]), data_hash="0" * 16)
    with pytest.raises(LabError, match="has other data"):
        run_trial(order)


def test_a_trial_repeats_itself(ledger: Ledger) -> None:
    orders = [ledger.order(trial) for trial in ledger.open]
    first, second = ({o.number: r for o, r in in_this_process(orders)} for _ in range(2))
    assert sorted(first) == [0, 1, 2, 3]
    for number, record in first.items():
        assert record.history.loss == second[number].history.loss
        assert (record.status, record.threads, record.precision) == ("finished", 1, "fp32")
        assert record.name.startswith(f"sweep {ledger.sweep_id}: lr=")
        assert record.kind == "sweep"


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "linear-softmax", "--set", "lr=0.05,0.2", "--epochs", "1", "--data", "small"]
    assert main([*words, "--workers", "1", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["changes"] for row in rows] == [{"lr": 0.05}, {"lr": 0.2}]
    store = RunStore()
    for row in rows:
        assert store.get(row["run_id"]).test_accuracy == row["test_accuracy"]
    assert main(["sweep", "--go-on", rows[0]["sweep"], "--workers", "1", "--json"]) == 0  # nothing is left to do
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["run_id"] for row in again] == [row["run_id"] for row in rows]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sweep"], "Name a recipe"),
        (["sweep", "linear-softmax"], "a setting that varies"),
        (["sweep", "gd-demo", "--set", "lr=1,2"], "trains no network"),
        (["sweep", "linear-softmax", "--set", "lr=0,1"], "cannot be tried"),
        (["sweep", "--go-on", "nothing"], "no sweep"),
    ],
)
def test_mistakes_are_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert not shown.out


@pytest.mark.long
def test_processes_give_the_same(ledger: Ledger) -> None:
    """In a process of its own: page tests replace `__main__`, which new processes would import."""
    words = ["sweep", "--go-on", ledger.sweep_id, "--workers", "2", "--json"]
    shown = subprocess.run([sys.executable, "-m", "core", *words], capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    here = run_trial(ledger.order(ledger.plan.trials()[3]))
    assert RunStore().get(rows[3]["run_id"]).history.loss == here.history.loss


def test_a_job_can_be_stopped_and_another_goes_on() -> None:
    from core.data.fingerprint import fingerprint
    from core.jobs.sweep.trial import material

    plan = SweepPlan(BASE.with_settings({"epochs": 8}), {"lr": (0.05, 0.2), "batch_size": (16, 32)})
    ledger = begin(plan, "small", fingerprint(material(BASE, "small")))
    store = RunStore()
    registry = JobRegistry(store)
    try:
        job = start_sweep(registry, ledger)
        with pytest.raises(LabError, match="at work already"):
            start_sweep(registry, ledger)
        end = time.monotonic() + 60
        while not job.snapshot.ledger.done and time.monotonic() < end:
            time.sleep(0.02)
        job.stop()
        stopped = job.wait(60)
        assert stopped.status == "stopped"
        done = stopped.ledger.done
        assert 1 <= len(done) < 4
        assert read(ledger.sweep_id) == stopped.ledger
        assert len(store.all()) == len(done)  # what was broken off is no result
        assert sweep_of(registry, ledger.sweep_id) is job
        finished = start_sweep(registry, read(ledger.sweep_id)).wait(120)
        assert (finished.status, finished.progress) == ("finished", 1.0)
        assert {number: finished.ledger.done[number] for number in done} == done
        assert len(store.all()) == 4
    finally:
        registry.close()


def test_settings_of_the_points_may_vary(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "regression-sine", "--set", "noise=0.0,0.5", "points=40", "--epochs", "20", "--json"]
    assert main([*words, "--workers", "1"]) == 0
    clean, noisy = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (clean["n_train"], noisy["n_train"]) == (32, 32)  # a fifth validates
    assert clean["test_loss"] != noisy["test_loss"]


def test_workers_are_counted_from_one(capsys: pytest.CaptureFixture[str], ledger: Ledger) -> None:
    assert main(["sweep", "--go-on", ledger.sweep_id, "--workers", "0"]) == 2
    assert "--workers" in capsys.readouterr().err


def test_a_deleted_run_is_told_and_no_mistake(capsys: pytest.CaptureFixture[str], ledger: Ledger) -> None:
    write(ledger.with_done(0, "gone0000").with_done(1, "a").with_done(2, "b").with_done(3, "c"))
    assert main(["sweep", "--go-on", ledger.sweep_id, "--workers", "1", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["status"] for row in rows] == ["deleted"] * 4


def test_a_killed_process_is_replaced(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pools break after a trial each; the third finishes, and no trial comes twice."""
    from concurrent.futures.process import BrokenProcessPool

    from core.jobs.sweep import engines

    asked: list[int] = []

    def breaking(orders, workers, stopped):  # type: ignore[no-untyped-def]
        asked.append(len(orders))
        yield orders[0], "record"
        if len(asked) < 3:
            raise BrokenProcessPool
        yield from ((order, "record") for order in orders[1:])

    monkeypatch.setattr(engines, "_in_a_pool", breaking)
    orders = [ledger.order(trial) for trial in ledger.open]
    done = [order.number for order, _ in engines.in_processes(orders, 2)]
    assert (done, asked) == ([0, 1, 2, 3], [4, 3, 2])

    def always(orders, workers, stopped):  # type: ignore[no-untyped-def]
        raise BrokenProcessPool
        yield

    monkeypatch.setattr(engines, "_in_a_pool", always)
    with pytest.raises(LabError, match="ended from outside"):
        list(engines.in_processes(orders, 2))
