"""One seed, one curve, bit for bit: idle or beside a busy neighbor, as a job or on the command line."""

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from core.cli import train as command
from core.data.digits import Mnist
from core.jobs.autotune import ThreadTuner
from core.jobs.registry import JobRegistry
from core.jobs.training_job import start_training
from core.models.threads import own_threads, take_threads
from core.models.trained_network import load_checkpoint
from core.recipes.texts import RECIPES
from core.storage.checkpoints import run_checkpoint
from core.storage.runs import RunRecord, RunStore
from core.training.recording import computed_elsewhere
from core.training.run_data import material_for
from core.training.trainer import Trainer, new_trainer

#: Every kind of network and every source of chance: few steps of each, all precisions left to the machine.
RUNS = {
    "mlp": ("mlp-module", {"batch_size": 250, "validation": 0.4}),
    "cnn": ("cnn-bn", {"batch_size": 125, "dropout": 0.25, "channels": (8, 16, 16), "share": 0.5, "validation": 0.5}),
    "gru": ("language-gru", {"batch_size": 200, "per_language": 500, "units": 64}),
    "adversarial": (
        "cnn-robust",
        {"batch_size": 125, "adversarial": "pgd", "attack_steps": 2, "share": 0.5, "validation": 0.5},
    ),
}


@pytest.fixture
def home(own_home: Path, bundled_only: None) -> Iterator[Path]:
    with own_threads(torch.get_num_threads()):
        yield own_home


@contextmanager
def busy() -> Iterator[None]:
    """Another process that wants every core, and a thread that asks PyTorch for two threads at times."""
    done = threading.Event()

    def neighbor() -> None:
        while not done.is_set():
            torch.set_num_threads(2)
            torch.rand(200, 200) @ torch.rand(200, 200)
            torch.set_num_threads(1)

    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    thread = threading.Thread(target=neighbor)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        process.kill()
        process.wait()


def of_command_line(name: str, settings: dict[str, object]) -> RunRecord:
    words = [f"{key}={','.join(map(str, v)) if isinstance(v, tuple) else v}" for key, v in settings.items()]
    asked = argparse.Namespace(recipe=name, set=words, epochs=1, seed=3, data=None, save=None)
    (summary,) = command.run(asked)
    return RunStore().get(summary["run_id"])


def of_page(name: str, settings: dict[str, object]) -> RunRecord:
    registry = JobRegistry(RunStore(), at_once=1)
    config = RECIPES[name].config.with_settings({**settings, "epochs": 1, "seed": 3})
    try:
        job = start_training(registry, config, material_for(config))
        assert job.wait(120).recorded
    finally:
        registry.close()
    return registry.store.get(job.job_id)


@pytest.mark.parametrize(
    "kind", ["mlp", "cnn", *(pytest.param(kind, marks=pytest.mark.long) for kind in ("gru", "adversarial"))]
)
def test_the_same_seed_gives_the_same_curve_whatever_else_runs(kind: str, home: Path) -> None:
    idle = of_command_line(*RUNS[kind])
    take_threads(2)  # what is asked of PyTorch elsewhere is not the run's
    with busy():
        again = of_page(*RUNS[kind])
    assert len(idle.history.loss) >= 8
    assert again.history.loss == idle.history.loss
    for row, other in zip(again.history.epochs, idle.history.epochs, strict=True):
        assert {k: v for k, v in row.items() if k != "seconds"} == {k: v for k, v in other.items() if k != "seconds"}
    ours, theirs = (load_checkpoint(run_checkpoint(run.run_id)).model for run in (again, idle))
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    assert (again.precision, again.threads, again.versions) == (idle.precision, 1, idle.versions)
    assert not computed_elsewhere(idle.versions)
    assert "may differ" in computed_elsewhere({**idle.versions, "processor": "another"})


def test_threads_named_by_the_config_are_taken_whoever_else_runs(mnist: Mnist) -> None:
    """Fewer, because others run too, would round its sums otherwise."""
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 0, "threads": 2})
    with own_threads(torch.get_num_threads()):
        trainer: Trainer = new_trainer(config, mnist, torch.device("cpu"), [ThreadTuner(lambda: 1)])
        trainer.run()
    assert trainer.threads == 2


def test_a_thread_keeps_its_own_number_of_threads() -> None:
    """Two threads divide this product's sum; one asked for elsewhere must not, and the other way round."""
    found: list[bool] = []
    a, b = (torch.rand(512, 4096, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))

    def work() -> None:
        take_threads(1)
        first = a @ b.T
        for _ in range(3):
            told.set()
            asked.wait()
            found.append(torch.equal(a @ b.T, first))
            found.append(torch.get_num_threads() == 1)

    told, asked = threading.Event(), threading.Event()
    with own_threads(torch.get_num_threads()):
        thread = threading.Thread(target=work)
        thread.start()
        told.wait()
        torch.set_num_threads(2)
        asked.set()
        thread.join()
    assert found == [True] * 6
