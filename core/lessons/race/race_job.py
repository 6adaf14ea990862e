"""A race in the background: paused, stopped and watched like any other run."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.config.errors import ConfigError, LabError
from core.config.race import RaceConfig
from core.data.digits import Mnist
from core.data.splits import n_tested
from core.formatting import count
from core.jobs.background import Background
from core.jobs.registry import JobRegistry
from core.jobs.slots import Slots
from core.jobs.snapshot import JobSnapshot, Status
from core.lessons.race.race import LaneRun, Race
from core.models.device import choose_device
from core.models.threads import take_threads
from core.storage.runs import RunStore, new_run_id
from core.training import memory
from core.training.recording import record_of
from core.training.trainer import Trainer

log = logging.getLogger(__name__)

PUBLISH_EVERY = 0.3  # seconds between two snapshots


@dataclass(frozen=True)
class RaceSnapshot(JobSnapshot):
    """A race at one moment: its runs (copies), and how far it is.

    rounds: steps every lane has made, over all seeds. seconds: spent by all lanes together.
    seconds_left: estimate, None before anything was timed. n_train: images of an epoch, those held out left
    out.
    """

    config: RaceConfig
    runs: tuple[LaneRun, ...]
    rounds: int
    progress: float
    seconds: float
    seconds_left: float | None
    n_train: int
    n_test: int


class RaceJob(Background[RaceSnapshot]):
    """One race in the background. Methods may be called from any thread; they return at once.

    Every lane's curves and scores are recorded as soon as it ends, under the name "race ID: LANE, seed S";
    its weights are not: ten seeds of eight lanes would be many files that nobody looks at.
    """

    noun = "race"

    def __init__(
        self, config: RaceConfig, mnist: Mnist, store: RunStore, slots: Slots, *, session: str, owner: str
    ) -> None:
        super().__init__(slots, session=session, owner=owner)
        self.config, self._mnist, self._store = config, mnist, store
        self._race = Race(config, mnist, choose_device(), allowance=slots.allowance, on_end=self._record)
        self._published_at = 0.0
        self._begin()

    def title(self, together: Sequence[Background[Any]]) -> str:
        if self.unattended:  # no race, but a search among rates
            return f"Learning rates of {count(len(together), 'optimizer')}"
        return f"Race of {count(len(self.config.lanes), 'optimizer')}"

    def _run(self) -> Status:
        take_threads(1)
        rounds = self._race.advance()
        try:
            for _ in rounds:
                self._safe_point()
                if time.monotonic() - self._published_at > PUBLISH_EVERY:
                    self._publish()
        finally:
            rounds.close()
        return "finished"

    def _settle(self) -> None:
        self._race.settle()

    def _steps(self) -> int:
        return self._race.rounds

    def _do(self, name: str, value: Any) -> None:
        raise ConfigError("Settings are locked while a race runs.")

    def _published_now(self) -> None:
        self._published_at = 0.0

    def _record(self, trainer: Trainer, run: LaneRun) -> None:
        if not trainer.steps:
            return
        name = f"race {self.job_id}: {run.lane}, seed {run.seed}"
        try:
            record = record_of(
                trainer,
                new_run_id(),
                status=run.status,
                owner=self.owner,
                data=self._mnist.size,
                name=name,
                kind="race",
            )
            self._store.save(record)
        except LabError as error:
            log.warning("Race %s: a run could not be recorded: %s", self.job_id, error)
            self._message = str(error)
        except Exception:
            log.exception("race %s: a run could not be recorded", self.job_id)
            self._message = "A run ended but could not be recorded; the log says why."

    def _publish(self, *, whole: bool = False) -> None:
        picture = self._picture()
        with self._lock:
            self._snapshot, self._published_at = picture, time.monotonic()

    def _picture(self) -> RaceSnapshot:
        race = self._race
        runs = tuple(race.look())
        seconds = sum(run.seconds for run in runs)
        left = seconds * (1 / race.progress - 1) if race.progress and seconds else None
        return RaceSnapshot(
            job_id=self.job_id,
            status=self._status,
            message=self._message,
            place=0,
            config=self.config,
            runs=runs,
            rounds=race.rounds,
            progress=race.progress,
            seconds=seconds,
            seconds_left=left,
            n_train=self._race.n_train,
            n_test=n_tested(self._mnist.test, self.config.base.train.split),
        )


def start_race(
    registry: JobRegistry,
    config: RaceConfig,
    mnist: Mnist,
    *,
    session: str = "",
    owner: str = "me",
    unattended: bool = False,
) -> RaceJob:
    """Start a race, or queue it. Raises LabError as `JobRegistry.start` does.

    unattended: a search among rates, which goes on to its end when its browser is gone.
    """

    def make() -> RaceJob:
        job = RaceJob(config, mnist, registry.store, registry.slots, session=session, owner=owner)
        job.unattended = unattended
        return job

    return registry.start(make, memory.of_race(config), "This race")
