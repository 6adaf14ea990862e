"""What a job shows of itself: a frozen picture, safe to read from any thread."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from core.config.run import RunConfig
from core.storage.history import History
from core.storage.weight_history import WeightHistory

Status = Literal["queued", "running", "paused", "finished", "stopped", "diverged", "failed"]
ACTIVE: tuple[Status, ...] = ("queued", "running", "paused")


@dataclass(frozen=True)
class JobSnapshot:
    """A job of any kind at one moment.

    message: one sentence where there is something to say (why it failed, what diverged), else "".
    place: 1 for the next in the queue, 0 when not queued.
    """

    job_id: str
    status: Status
    message: str
    place: int

    @property
    def active(self) -> bool:
        """Whether the job may still change by itself or on request."""
        return self.status in ACTIVE


@dataclass(frozen=True)
class Snapshot(JobSnapshot):
    """A training run at one moment.

    config: the settings in force now. epoch: passes so far, may be a fraction. steps, steps_total: done and
    expected. images_per_second: over the last moments. seconds: spent in steps. seconds_left: estimate, None
    before anything was timed. weights: a state_dict on the CPU, at most about a second old while running,
    taken at weights_step and weights_epoch (at the end: those that the run keeps); None before the start.
    weight_history: the weights on the way, where the run keeps them.
    """

    config: RunConfig
    epoch: float
    steps: int
    steps_total: int
    seconds: float
    seconds_left: float | None
    images_per_second: float
    n_train: int
    n_test: int
    history: History
    weights: dict[str, Tensor] | None
    weights_step: int
    weights_epoch: float
    device: str
    precision: str
    threads: int | None
    recorded: bool
    weight_history: WeightHistory = ()

    @property
    def progress(self) -> float:
        """Share of the steps done, in [0, 1]."""
        return min(1.0, self.steps / self.steps_total) if self.steps_total else 0.0
