"""Two runs that must tell the same story: by hand and by autograd, from one start on the same batches.

A pair is steered as one. Its settings stand still while it runs, so that no change can reach one run a step
before the other.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.config.run import RunConfig
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job

Floats = NDArray[np.float64]


def twins(config: RunConfig) -> tuple[RunConfig, RunConfig]:
    """(by hand, by autograd): the same run of bare tensors, differentiated in two ways.

    Both in fp32 on one thread, so that nothing but the way to the gradient differs. Raises ConfigError for a
    network that is not fully connected.
    """
    train = replace(config.train, precision="fp32", threads=1)
    model = replace(config.mlp, dropout=0.0)
    by_hand = RunConfig("mlp-manual", replace(model, family="manual"), train)
    return by_hand, RunConfig("mlp-autograd", replace(model, family="raw"), train)


class Pair:
    """The two jobs of a pair; methods may be called from any thread and return at once."""

    def __init__(self, by_hand: Job, by_autograd: Job) -> None:
        self.by_hand, self.by_autograd = by_hand, by_autograd
        self._goal = 0  # the step at which both were last asked to meet
        self._lock = threading.Lock()

    @property
    def jobs(self) -> tuple[Job, Job]:
        """(by hand, by autograd)."""
        return self.by_hand, self.by_autograd

    @property
    def snapshot(self) -> Snapshot:
        """The run by hand; its status is active as long as either of the two is."""
        ours, theirs = self.by_hand.snapshot, self.by_autograd.snapshot
        return ours if ours.active or not theirs.active else replace(ours, status=theirs.status)

    @property
    def level(self) -> bool:
        """Whether both have made the same number of steps."""
        return self.by_hand.snapshot.steps == self.by_autograd.snapshot.steps

    def pause(self) -> None:
        """Stand still, each after its present step; `meet` then brings them to the same one."""
        for job in self._active():
            job.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        for job in self._active():
            job.resume()

    def step(self) -> None:
        """While paused: one single step of each."""
        for job in self._active():
            job.step()

    def stop(self) -> None:
        """End both after the present step."""
        for job in self._active():
            job.stop()

    def add_epoch(self) -> None:
        """One more pass for both. Raises LabError if a run cannot go on."""
        for job in self.jobs:
            job.check_can_go_on()
        for job in self.jobs:
            job.add_epoch()

    def meet(self) -> None:
        """If both stand paused at different steps, let the one behind catch up step by step.

        Asking again before it has arrived does nothing, so every look at the pair may ask.
        """
        ours, theirs = self.by_hand.snapshot, self.by_autograd.snapshot
        if ours.status != "paused" or theirs.status != "paused":
            return
        with self._lock:
            behind, last = sorted((ours.steps, theirs.steps))
            if behind == last or behind < self._goal:
                return
            self._goal = last
            job = self.by_hand if ours.steps == behind else self.by_autograd
            for _ in range(last - behind):
                job.step()

    def _active(self) -> list[Job]:
        return [job for job in self.jobs if job.snapshot.active]


@dataclass(frozen=True)
class Gap:
    """How far two runs' losses lie apart, step by step, as long as both have got.

    size: |loss a − loss b| (S,), NaN where one is not finite. spacing: the distance (S,) from each loss to
    the next number that float32 (or a record of so many digits) can hold; a gap of about that is rounding.
    """

    size: Floats
    spacing: Floats

    @property
    def equal(self) -> int:
        """Steps at which the two losses are the same to the last bit."""
        return int((self.size == 0).sum())

    @property
    def largest(self) -> tuple[float, int] | None:
        """(the largest gap, at which step, counted from 1); None without a step."""
        if not np.isfinite(self.size).any():
            return None
        place = int(np.nanargmax(self.size))
        return float(self.size[place]), place + 1


def gap(a: Sequence[float | None], b: Sequence[float | None], digits: int | None = None) -> Gap:
    """Compare two histories' losses. digits: the significant ones they were recorded with, None for all."""
    steps = min(len(a), len(b))
    ours, theirs = (
        np.array([np.nan if loss is None else loss for loss in losses[:steps]], dtype=float) for losses in (a, b)
    )
    sizes = np.maximum(np.abs(ours), 1e-30)
    if digits is None:
        spacing = np.spacing(sizes.astype(np.float32)).astype(float)
    else:
        spacing = 10.0 ** (np.floor(np.log10(sizes)) + 1 - digits)
    return Gap(np.abs(ours - theirs), spacing)


def weights_apart(a: dict[str, Tensor] | None, b: dict[str, Tensor] | None) -> tuple[float, str] | None:
    """(largest difference of any weight, name of its tensor) of two state dicts; None if one is missing.

    Tensors of one name must be of one shape.
    """
    if a is None or b is None:
        return None
    apart = {name: float((a[name] - b[name]).abs().max()) for name in a if name in b}
    worst = max(apart, key=lambda name: apart[name])
    return apart[worst], worst
