"""A sweep in the background: one place in the queue, trial after trial, or all of a cluster's workers."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.config.errors import ConfigError, LabError
from core.jobs.background import Background
from core.jobs.registry import JobRegistry
from core.jobs.slots import Slots
from core.jobs.snapshot import JobSnapshot, Status
from core.jobs.sweep.claim import claimed
from core.jobs.sweep.engines import connect, in_this_process, on_cluster
from core.jobs.sweep.ledger import Ledger, read, write
from core.jobs.sweep.trial import Order, Outcome, Refused
from core.models.threads import take_threads
from core.storage.runs import RunStore
from core.training import memory
from core.training.callbacks import Callback, Training

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SweepSnapshot(JobSnapshot):
    """A sweep at one moment.

    ledger: what is planned and done. working: share of the trial now at work that is done, in [0, 1]; 0 on a
    cluster. seconds_left: estimate, None before a trial has ended. cluster: address of the scheduler, None on
    this machine.
    """

    ledger: Ledger
    working: float
    seconds_left: float | None
    cluster: str | None

    @property
    def progress(self) -> float:
        """Share of the trials that is done, in [0, 1]."""
        return min(1.0, (len(self.ledger.done) + self.working) / max(1, self.ledger.plan.size))


class SweepJob(Background[SweepSnapshot], Callback):
    """One sweep in the background. Methods may be called from any thread; they return at once.

    Every trial is recorded as it ends, and the sweep's book says so: stopping, or a crash of the server,
    costs the trial at work and nothing else. A new job of the same ledger goes on.
    """

    noun = "sweep"

    def __init__(
        self, ledger: Ledger, store: RunStore, slots: Slots, *, session: str, cluster: str | None = None
    ) -> None:
        super().__init__(slots, session=session, owner=ledger.owner)
        self.unattended = True  # it goes on when the browser is closed
        self._ledger, self._store, self._cluster = ledger, store, cluster
        self._working, self._spent, self._ended = 0.0, 0.0, 0
        self._begin()

    def title(self, together: Sequence[Background[Any]]) -> str:
        return f"Sweep of {self._ledger.plan.base.recipe}"

    def _run(self) -> Status:
        take_threads(self._ledger.plan.threads)
        with claimed(self._store, self._ledger.sweep_id) as still_ours:
            self._ledger = read(self._ledger.sweep_id)  # who held it before may have done more
            orders = [self._ledger.order(trial) for trial in self._ledger.open]
            started = time.monotonic()
            for order, outcome in self._results(orders):
                still_ours()
                if isinstance(outcome, Refused):
                    self._message = f"{order.name} cannot be run: {outcome.sentence} The others are."
                    continue
                if outcome.status == "stopped":  # broken off: it is run again when the sweep goes on
                    self._working = 0.0
                    break
                self._store.save(outcome)
                self._ledger = write(self._ledger.with_done(order.number, outcome.run_id))
                self._ended += 1
                self._working, self._spent = 0.0, time.monotonic() - started
                self._publish()
                self._safe_point()
            self._safe_point()
        return "finished"

    def _results(self, orders: list[Order]) -> Iterator[tuple[Order, Outcome]]:
        if self._cluster is None:
            yield from in_this_process(orders, [self])
            return
        client = connect(self._cluster)
        try:
            yield from on_cluster(orders, client, stopped=self._stop.is_set)
        finally:
            client.close()  # type: ignore[no-untyped-call]

    def on_batch_begin(self, trainer: Training) -> None:
        """A safe point within a trial."""
        self._safe_point()

    def on_batch_end(self, trainer: Training) -> None:
        working = trainer.done
        if working - self._working > 0.02:
            self._working = working
            self._publish()

    def _steps(self) -> int:
        return self._ended

    def _do(self, name: str, value: Any) -> None:
        raise ConfigError("A sweep keeps its settings: trials that change on the way compare nothing.")

    def _publish(self, *, whole: bool = False) -> None:
        picture = self._picture()
        with self._lock:
            self._snapshot = picture

    def _picture(self) -> SweepSnapshot:
        left = len(self._ledger.open) - self._working
        return SweepSnapshot(
            job_id=self.job_id,
            status=self._status,
            message=self._message,
            place=0,
            ledger=self._ledger,
            working=self._working,
            seconds_left=self._spent / self._ended * left if self._ended else None,
            cluster=self._cluster,
        )


def start_sweep(registry: JobRegistry, ledger: Ledger, *, session: str = "", cluster: str | None = None) -> SweepJob:
    """Start a sweep, or go on with one. Raises LabError if it is at work already, and as `JobRegistry.start` does."""

    def make() -> SweepJob:
        if (other := sweep_of(registry, ledger.sweep_id)) is not None and other.active:
            raise LabError(f"Sweep {ledger.sweep_id} is at work already.")
        return SweepJob(ledger, registry.store, registry.slots, session=session, cluster=cluster)

    trials = [trial.config for trial in ledger.open]
    return registry.start(make, memory.of_sweep(trials) if trials and not cluster else None, "This sweep")


def sweep_of(registry: JobRegistry, sweep_id: str) -> SweepJob | None:
    """The newest job of a sweep, if this server has one."""
    return next((job for job in registry.of_kind(SweepJob) if job.snapshot.ledger.sweep_id == sweep_id), None)
