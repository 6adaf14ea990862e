"""How many processor threads a run takes: what the trial finds fastest, never more than its share."""

import threading

import pytest
import torch

from core.data.digits import Mnist
from core.recipes import RECIPES
from core.training.slots import Slots
from core.training.trainer import RunData, Trainer
from core.training.trial import ThreadTuner, cores


def test_slots_never_give_out_more_threads_than_cores() -> None:
    slots = Slots(3)
    for number in range(3):
        assert slots.acquire(f"job {number}", lambda: False)
        assert slots.running * slots.allowance() <= max(cores(), slots.running)
    stop = threading.Event()
    stop.set()
    assert not slots.acquire("one too many", stop.is_set)


def test_the_tuner_drops_to_one_thread_when_steps_become_slow(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second thread that was twice as fast in the trial, then a hundred times slower."""
    trial = {1: 0.010, 2: 0.005}
    monkeypatch.setattr(
        "core.training.trial.step_seconds", lambda trainer, precision: trial[torch.get_num_threads()]
    )
    before = torch.get_num_threads()
    config = RECIPES["mlp-autograd"].config.with_settings({"precision": "fp32"})
    trainer = Trainer(config, RunData(mnist.train, mnist.test))
    tuner = ThreadTuner(lambda: 2)
    try:
        tuner.on_start(trainer)
        assert trainer.threads == 2
        trial[2] = 0.5
        for _ in range(4):
            trainer.seconds += 0.5
            tuner.after_step(trainer)
        assert trainer.threads == 1
        assert [row["threads"] for row in trainer.history.threads] == [2, 1]
        trial[2] = 0.005
        tuner.retry_at = 0.0
        for _ in range(30):
            trainer.seconds += 0.010
            tuner.after_step(trainer)
        assert trainer.threads == 2  # the neighbour has left
        tuner.allowance = lambda: 1  # another job starts
        tuner.before_step(trainer)
        assert trainer.threads == 1
    finally:
        torch.set_num_threads(before)
