"""How a run computes: on how many threads, and in which precision.

Both decide the last digits of a curve, so by default neither is left to a clock: one thread, and 16 bits only
where this processor multiplies them in hardware and the network is large enough. The same seed then gives the
same curve, idle or beside a busy neighbor, in a page's job and on the command line.

A run that asks to be as fast as possible (`fast`) is timed instead. There no fixed setting is right: two
threads help a convolutional net on two idle cores, do nothing for a small one, and become a hundred times
slower when a neighbor wants a core, because PyTorch's threads spin while they wait for each other. So the
steps themselves are timed, on a throw-away copy: the run is not touched, but its last digits are.
"""

import copy
import os
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from torch import nn

from core.config.run import CNNConfig, MLPConfig, Precision
from core.models.precision import SMALL, native_bf16
from core.models.raw_mlp import RawMLP
from core.models.threads import own_threads, take_threads
from core.training.callbacks import Callback, Training
from core.training.loss_and_gradients import loss_and_gradients
from core.training.sgd_by_hand import HandSGD

WORTH_IT = 1.1  # bf16 must be this many times faster to be taken
SHARED, ALONE = 1.35, 1.0  # and several threads, with and without company on the machine
WARM_UP = 0.05  # seconds until a second thread and its core are awake: before, two look slower than one
TRIAL, LIMIT = 0.12, 0.3  # seconds one trial takes, and may take


def cores() -> int:
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def step_seconds(
    trainer: Training, precision: str, of: Callable[[Sequence[float]], float] = statistics.median
) -> float:
    """Seconds of one training step on a copy of the trainer's network, those of the WARM_UP left out.

    of: what is taken of the steps' times: their median, which feels a neighbor, or `min`, which does not.

    Uses the calling thread's present number of threads; takes TRIAL seconds, or more for at least five steps
    where that stays under LIMIT.
    """
    network = copy.deepcopy(trainer.network)
    optimizer = HandSGD(network.parameters(), lr=1e-3)
    size = min(trainer.config.train.batch_size, trainer.n)
    batch = trainer.places[torch.linspace(0, trainer.n - 1, size).long()].to(trainer.device)
    source = trainer.source if precision == trainer.precision else trainer.inputs  # which may be rounded
    times: list[float] = []
    warm = 0  # steps of the warm-up
    spent = 0.0
    while spent < TRIAL or (len(times) < 5 and spent < LIMIT):
        before = time.perf_counter()
        x, y = source.index_select(0, batch), trainer.labels.index_select(0, batch)
        loss_and_gradients(network, x, y, bf16=precision == "bf16")
        optimizer.step()
        optimizer.zero_grad()
        if trainer.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - before)
        spent += times[-1]
        warm += spent < WARM_UP
    return of(times[warm:] or times[-1:])


def usual_precision(network: nn.Module | RawMLP, device: torch.device) -> Precision:
    """What "auto" means where nothing is timed: "bf16" or "fp32", from the processor and the network alone.

    Only processors of which it was measured that 16 bits pay (x86 with products of them in hardware) take
    them, and only networks with a layer of many weights.
    """
    large = any(weight.dim() > 1 and weight.numel() >= SMALL for weight in network.parameters())
    return "bf16" if large and device.type == "cpu" and native_bf16() else "fp32"


def choose_precision(trainer: Training) -> Precision:
    """What the config names; "auto" goes by processor and network, or by a trial where the run shall be fast.

    Only networks that read digits take 16 bits: a regression needs every digit of its numbers. In a trial
    both are timed on one thread, which is what every run can count on, by their fastest steps: a neighbor
    who happens to work during one of the two must not decide. For the same reason each run tries anew.
    """
    wanted = trainer.config.train.precision
    if wanted != "auto":
        return wanted
    if not isinstance(trainer.config.model, MLPConfig | CNNConfig):
        return "fp32"
    if not trainer.config.train.fast:
        return usual_precision(trainer.network, trainer.device)
    with own_threads(1):
        exact, short = (step_seconds(trainer, precision, of=min) for precision in ("fp32", "bf16"))
    return "bf16" if exact > WORTH_IT * short else "fp32"


def promise(fast: bool, device: str) -> str:
    """What the same seed gives once more, in a few words. device: by its name for people."""
    if fast:
        return "as fast as possible: the same seed may give another curve"
    if device != "CPU":
        return "on a GPU the same seed may give other last digits"
    return "the same seed repeats it to the last bit on this machine"


class ThreadTuner(Callback):
    """Sets precision and threads as the config says, or where it says `fast` by trial.

    Without `fast` they stay what they are at the first step: one thread unless the config names a number.
    With it they are tried at the start, and threads again when steps become slow.

    allowance: asks how many threads this run may have at present; a run that shares the machine must give
        threads back when another one starts. None allows all cores.
    worth_it: how many times faster several threads must be to be taken. SHARED where pages are drawn and
        other runs start beside this one: what they risk is a hundredfold. ALONE on the command line.
    With several threads, steps that take twice the trial's time call for a new trial at once; with fewer than
    allowed, one is made now and then, ever more rarely, in case a neighbor has left. Nothing is tried where
    the config fixes the number or on a GPU.
    """

    WINDOW = 0.2  # seconds of steps that are compared with the trial
    FIRST_RETRY = 5.0  # seconds until the next try to go up; doubles each time

    def __init__(self, allowance: Callable[[], int] | None = None, worth_it: float = SHARED) -> None:
        self.allowance = allowance or cores
        self.worth_it = worth_it
        self.allowed = 0
        self.expected: float | None = None  # seconds of a step in the trial that was won, if there was one
        self.recent: list[float] = []
        self.seconds_before = 0.0
        self.batch_size = 0
        self.retry_after = self.FIRST_RETRY
        self.retry_at = 0.0

    def on_train_begin(self, trainer: Training) -> None:
        trainer.compute_in(choose_precision(trainer))
        self.choose(trainer)

    def on_batch_begin(self, trainer: Training) -> None:
        train = trainer.config.train
        if train.fast and (max(1, self.allowance()) != self.allowed or train.batch_size != self.batch_size):
            self.choose(trainer)

    def on_batch_end(self, trainer: Training) -> None:
        if self.expected is None:
            return
        self.recent.append(trainer.seconds - self.seconds_before)
        self.seconds_before = trainer.seconds
        if len(self.recent) < 4 or sum(self.recent) < self.WINDOW:
            return
        slow = statistics.median(self.recent) > 2 * self.expected
        self.recent.clear()
        if trainer.threads == 1:  # alone a run cannot get in its own way: only see whether it may go up
            slow = time.monotonic() > self.retry_at
            self.retry_after *= 2 if slow else 1
        if slow:
            self.choose(trainer)

    def choose(self, trainer: Training) -> None:
        """Try one, two, … threads up to the allowance; more only where they are clearly faster."""
        self.allowed = max(1, self.allowance())
        self.batch_size = trainer.config.train.batch_size
        fixed, fast = trainer.config.train.threads, trainer.config.train.fast
        best, self.expected = fixed or 1, None
        if fast and fixed is None and self.allowed > 1 and trainer.device.type == "cpu":
            take_threads(1)
            fastest = step_seconds(trainer, trainer.precision)
            for candidate in range(2, self.allowed + 1):
                take_threads(candidate)
                seconds = step_seconds(trainer, trainer.precision)
                if fastest > self.worth_it * seconds:
                    best, fastest = candidate, seconds
            self.expected = fastest
        take_threads(best)
        if trainer.threads != best:
            trainer.threads = best
            trainer.history.threads.append({"step": trainer.steps, "threads": best})
        self.recent, self.seconds_before = [], trainer.seconds
        self.retry_at = time.monotonic() + self.retry_after
