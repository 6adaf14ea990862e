"""One process works on a sweep at a time: a claim, its lease, and trials that make no sense."""

import json
import sqlite3

import pytest

from core.__main__ import main
from core.config.errors import LabError
from core.data.fingerprint import fingerprint
from core.jobs.registry import JobRegistry
from core.jobs.sweep.claim import _renewed, claimed
from core.jobs.sweep.job import start_sweep
from core.jobs.sweep.ledger import Ledger, begin
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import material
from core.recipes.texts import RECIPES
from core.storage.runs import RunStore


def holder_dies(store: RunStore) -> None:
    """Nobody renews any more, and the lease is over."""
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE claims SET until = 1")


def test_the_second_says_so_and_may_go_on_when_the_first_is_done(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    store = RunStore()
    go_on = ["sweep", "--go-on", ledger.sweep_id, "--workers", "1", "--json"]
    with claimed(store, ledger.sweep_id):
        assert main(go_on) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert f"Sweep {ledger.sweep_id} is at work already" in shown.err
        assert store.all() == []
        registry = JobRegistry(store)
        job = start_sweep(registry, ledger).wait(60)
        registry.close()
        assert job.status == "failed"
        assert "at work already" in job.message
        with claimed(store, "another"):
            pass
    assert main(go_on) == 0


def test_the_claim_of_a_process_that_died_lapses_and_it_learns_of_it(ledger: Ledger) -> None:
    store = RunStore()
    with claimed(store, ledger.sweep_id) as still_ours:
        still_ours()
        holder_dies(store)
        with claimed(store, ledger.sweep_id):
            with pytest.raises(LabError, match="can go on in"), claimed(store, ledger.sweep_id):
                pass
            assert not _renewed(store, ledger.sweep_id, "the first")
        with claimed(store, ledger.sweep_id):
            pass


def test_who_lost_its_claim_writes_no_more(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from core.jobs.sweep import claim

    monkeypatch.setattr(claim, "LEASE", 0.03)
    asked = threading.Event()
    monkeypatch.setattr(claim, "_renewed", lambda *_: asked.set() or False)
    with claimed(RunStore(), ledger.sweep_id) as still_ours:
        asked.wait(30)
        [renewing] = [t for t in threading.enumerate() if t.name == f"claim-{ledger.sweep_id}"] or [None]
        if renewing is not None:
            renewing.join(30)
        with pytest.raises(LabError, match="Another process has taken sweep"):
            still_ours()


@pytest.mark.parametrize("by", ["command", "job"])
def test_a_trial_that_leaves_one_image_to_batch_norm_costs_no_other(
    by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """4,000 images in batches of 3,999: one is alone, and a channel of one value has no spread."""
    base = RECIPES["cnn-lab"].config.with_settings(
        {
            "channels": (2,),
            "kernels": (5,),
            "strides": (4,),
            "paddings": (0,),
            "pools": ("none",),
            "hidden": (4,),
            "norm_hidden": True,
            "epochs": 1,
            "split": "none",
        }
    )
    plan = SweepPlan(base, {"batch_size": (3999, 2000)})
    ledger = begin(plan, "small", fingerprint(material(base, "small")))
    if by == "command":
        assert main(["sweep", "--go-on", ledger.sweep_id, "--workers", "1", "--json"]) == 2
        shown = capsys.readouterr()
        rows = [json.loads(line) for line in shown.out.splitlines()]
        assert [row["status"] for row in rows] == ["refused", "finished"]
        assert "batches of 3,999 leave one alone" in shown.err
        assert "1 of 2 trials could not be run" in shown.err
    else:
        registry = JobRegistry(RunStore())
        job = start_sweep(registry, ledger).wait(120)
        registry.close()
        assert (job.status, list(job.ledger.done)) == ("finished", [1])
        assert "leave one alone" in job.message
    assert len(RunStore().all()) == 1
