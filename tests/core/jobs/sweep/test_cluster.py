"""A sweep on a Dask cluster of two worker processes: the same results, and a killed worker costs a retry."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.config.errors import LabError
from core.jobs.registry import JobRegistry
from core.jobs.sweep.engines import connect, in_this_process, on_cluster
from core.jobs.sweep.job import start_sweep
from core.jobs.sweep.ledger import Ledger, begin
from core.jobs.sweep.plan import SweepPlan
from core.storage.runs import RunStore

from .conftest import BASE

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("dask")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


@pytest.mark.long
def test_the_same_numbers_as_here(cluster: Any, ledger: Ledger) -> None:
    orders = [ledger.order(trial) for trial in ledger.open]
    client = connect(cluster.scheduler_address)
    try:
        there = {order.number: record for order, record in on_cluster(orders, client)}
    finally:
        client.close()
    here = {order.number: record for order, record in in_this_process(orders)}
    assert sorted(there) == [0, 1, 2, 3]
    for number, record in there.items():
        assert record.history.loss == here[number].history.loss
        assert record.test_accuracy == here[number].test_accuracy
        assert record.run_id == orders[number].run_id


@pytest.mark.long
def test_a_killed_worker_costs_a_retry_and_nothing_else(cluster: Any, ledger: Ledger) -> None:
    plan = SweepPlan(BASE.with_settings({"epochs": 12, "batch_size": 16}), {"lr": (0.05, 0.1, 0.2)})
    long = begin(plan, "small", ledger.data_hash)
    store, registry = RunStore(), JobRegistry(RunStore())
    client = connect(cluster.scheduler_address)
    pids = client.run(os.getpid)
    killed = threading.Event()

    def kill() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            busy = [address for address, keys in client.processing().items() if keys]
            if busy:
                time.sleep(0.1)  # in mid-trial
                if not client.processing().get(busy[0]):
                    continue  # it has just finished: another chance
                os.kill(pids[busy[0]], signal.SIGKILL)
                killed.set()
                return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        found = start_sweep(registry, long, cluster=cluster.scheduler_address).wait(200)
    finally:
        killer.join()
        client.close()
        registry.close()
    assert killed.is_set()
    assert (found.status, found.message) == ("finished", "")
    assert sorted(found.ledger.done) == [0, 1, 2]
    assert len(store.all()) == 3  # none twice
    orders = [long.order(trial) for trial in long.open]
    _, here = next(in_this_process(orders[:1]))
    assert store.get(found.ledger.done[0]).history.loss == here.history.loss


@pytest.mark.long
def test_the_command_and_its_records(cluster: Any, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", "linear-softmax", "--set", "seed=1,2", "--epochs", "1", "--data", "small", "--json"]
    assert main([*words, "--cluster", cluster.scheduler_address]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert len(RunStore().all()) == 2


def test_no_cluster_is_a_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.sweep.engines.PATIENCE", 0.5)
    with pytest.raises(LabError, match="no Dask scheduler"):
        connect("tcp://127.0.0.1:9")


@pytest.mark.long
def test_a_worker_started_in_another_folder_is_named_before_the_first_trial(
    cluster: Any, ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from distributed import Client

    command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--no-nanny"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    worker = subprocess.Popen(
        [*command, "--no-dashboard", "--nthreads", "1"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client = Client(cluster.scheduler_address, set_as_default=False)
        try:
            client.wait_for_workers(3, timeout=60)
        finally:
            client.close()
        words = ["sweep", "--go-on", ledger.sweep_id, "--cluster", cluster.scheduler_address]
        assert main(words) == 2
        shown = capsys.readouterr()
        assert f"started in {tmp_path}, does not find Digit Lab (1 of 3 workers do not)" in shown.err
        assert "in Digit Lab's folder" in shown.err
        assert RunStore().all() == []
    finally:
        worker.terminate()
        worker.wait(30)
