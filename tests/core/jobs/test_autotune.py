"""How a run computes: in the precision and on the threads that a trial finds fastest, within its share."""

import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from core.data.digits import Mnist
from core.data.examples import RunData
from core.jobs import autotune
from core.jobs.autotune import ALONE, SHARED, ThreadTuner, choose_precision, cores, step_seconds
from core.jobs.slots import Slots
from core.models.threads import take_threads
from core.recipes.texts import RECIPES
from core.training.trainer import Trainer


@pytest.fixture
def trainer(mnist: Mnist) -> Trainer:
    """One that shall be as fast as possible: others are not timed."""
    config = RECIPES["mlp-autograd"].config.with_settings({"fast": True})
    return Trainer(config, RunData(mnist.train, mnist.test))


def steps_of(seconds: Callable[[int], float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step lasts as long as `seconds` says of its number, by a clock that nothing else moves."""
    count, clock = itertools.count(), [0.0]

    def step(*_: object, **__: object) -> None:
        clock[0] += seconds(next(count))

    monkeypatch.setattr(autotune, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(autotune, "loss_and_gradients", step)


def test_the_warm_up_of_a_trial_does_not_count(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autotune, "WARM_UP", 0.05)
    monkeypatch.setattr(autotune, "TRIAL", 0.12)
    steps_of(lambda step: 0.026 if step < 2 else 0.001, monkeypatch)
    assert step_seconds(trainer, "fp32") == pytest.approx(0.001)
    steps_of(lambda step: 0.2, monkeypatch)  # too slow for a second step within the limit of a trial
    assert step_seconds(trainer, "fp32") == pytest.approx(0.2)


def test_16_bits_are_taken_where_they_are_clearly_faster(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    took = {"fp32": 1.05, "bf16": 1.0}
    tried: list[str] = []

    def seconds(_: Trainer, precision: str, of: object) -> float:
        tried.append(precision)
        return took[precision]

    monkeypatch.setattr(autotune, "step_seconds", seconds)
    assert choose_precision(trainer) == "fp32"
    took["bf16"] = 0.5
    assert choose_precision(trainer) == "bf16"
    assert tried == ["fp32", "bf16"] * 2
    trainer.config = trainer.config.with_settings({"precision": "fp32"})
    assert choose_precision(trainer) == "fp32"
    trainer.config = RECIPES["regression-sine"].config
    assert choose_precision(trainer) == "fp32"
    assert len(tried) == 4


def test_a_run_that_took_rounded_pixels_can_try_both_precisions_again(trainer: Trainer) -> None:
    """As one does that goes on after its end."""
    trainer.compute_in("bf16")
    assert trainer.source.dtype == torch.bfloat16
    assert choose_precision(trainer) in ("fp32", "bf16")


def test_alone_a_run_takes_any_gain_of_a_second_thread(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    """In company it asks for more, because a neighbor can make two threads a hundred times slower."""
    monkeypatch.setattr(autotune, "step_seconds", lambda *_: {1: 0.012, 2: 0.010}[torch.get_num_threads()])
    before = torch.get_num_threads()
    try:
        for worth_it, threads in ((ALONE, 2), (SHARED, 1)):
            ThreadTuner(lambda: 2, worth_it).choose(trainer)
            assert trainer.threads == threads
    finally:
        torch.set_num_threads(before)


def test_slots_never_give_out_more_threads_than_cores() -> None:
    slots = Slots(3)
    for number in range(3):
        assert slots.acquire(f"job {number}", lambda: False)
        assert slots.running * slots.allowance() <= max(cores(), slots.running)
    stop = threading.Event()
    stop.set()
    assert not slots.acquire("one too many", stop.is_set)


def test_the_tuner_drops_to_one_thread_when_steps_become_slow(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second thread that was twice as fast in the trial, then a hundred times slower."""
    took = {1: 0.010, 2: 0.005}
    monkeypatch.setattr("core.jobs.autotune.step_seconds", lambda *_: took[torch.get_num_threads()])
    before = torch.get_num_threads()
    config = RECIPES["mlp-autograd"].config.with_settings({"precision": "fp32", "fast": True})
    trainer = Trainer(config, RunData(mnist.train, mnist.test))
    tuner = ThreadTuner(lambda: 2)
    try:
        tuner.on_train_begin(trainer)
        assert trainer.threads == 2
        took[2] = 0.5
        for _ in range(4):
            trainer.seconds += 0.5
            tuner.on_batch_end(trainer)
        assert trainer.threads == 1
        assert [row["threads"] for row in trainer.history.threads] == [2, 1]
        took[2] = 0.005
        tuner.retry_at = 0.0
        for _ in range(30):
            trainer.seconds += 0.010
            tuner.on_batch_end(trainer)
        assert trainer.threads == 2  # the neighbor has left
        tuner.allowance = lambda: 1  # another job starts
        tuner.on_batch_begin(trainer)
        assert trainer.threads == 1
    finally:
        torch.set_num_threads(before)


def test_by_default_nothing_is_timed(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor and network alone decide, so the same seed gives the same curve."""
    monkeypatch.setattr(autotune, "step_seconds", lambda *_, **__: pytest.fail("a trial was made"))
    before = torch.get_num_threads()
    try:
        for native, precision in ((True, "bf16"), (False, "fp32")):
            monkeypatch.setattr(autotune, "native_bf16", lambda native=native: native)
            trainer = Trainer(RECIPES["mlp-autograd"].config, RunData(mnist.train, mnist.test))
            allowed = [2]
            tuner = ThreadTuner(lambda allowed=allowed: allowed[0])
            tuner.on_train_begin(trainer)
            assert (trainer.threads, trainer.precision) == (1, precision)
            allowed[0] = 1
            trainer.change("batch_size", 7)
            tuner.on_batch_begin(trainer)
            tuner.on_batch_end(trainer)
            assert len(trainer.history.threads) == 1
        small = Trainer(RECIPES["linear-softmax"].config, RunData(mnist.train, mnist.test))
        monkeypatch.setattr(autotune, "native_bf16", lambda: True)
        assert choose_precision(small) == "fp32"  # its one layer is too small to gain from 16 bits
    finally:
        take_threads(before)
