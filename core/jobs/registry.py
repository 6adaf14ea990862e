"""All jobs of a server, and the watchdog that stops those whose browser is gone."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Union

from core.config.errors import LabError, NotFound
from core.config.race import RaceConfig
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.data.examples import Material
from core.jobs.autotune import cores
from core.jobs.background import Background
from core.jobs.slots import Slots
from core.jobs.training_job import Job
from core.lessons.race.race_job import RaceJob
from core.storage.runs import RunStore
from core.training import memory

if TYPE_CHECKING:
    from core.jobs.sweep.job import SweepJob
    from core.jobs.sweep.ledger import Ledger

log = logging.getLogger(__name__)


AnyJob = Union[Job, RaceJob, "SweepJob"]


class JobRegistry:
    """All jobs of this server.

    at_once: jobs that run at the same time (default: one a core). is_alive: tells whether a session still
    has its browser; a job whose session is gone for `patience` seconds is stopped and keeps what it has.
    """

    KEPT = 40  # jobs remembered; older ones live on in the run store
    CONTINUABLE = 8  # ended jobs that keep what it takes to go on

    def __init__(
        self,
        store: RunStore,
        *,
        at_once: int | None = None,
        is_alive: Callable[[str], bool] | None = None,
        patience: float = 120.0,
        check_every: float = 5.0,
    ) -> None:
        self.store = store
        self.slots = Slots(at_once or cores())
        self._is_alive = is_alive or (lambda session: True)
        self._patience = patience
        self._jobs: dict[str, AnyJob] = {}
        self._needs: dict[str, int] = {}  # bytes that each is reckoned to take while it runs
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._watch, args=(check_every,), name="job-watchdog", daemon=True).start()

    def submit(
        self, config: RunConfig, material: Material, *, session: str = "", owner: str = "me", seconds: float = 0.0
    ) -> Job:
        """Start a job, or queue it. seconds: spread it over about so many, so that it can be watched.

        Raises LabError when the queue is full, or the machine's memory too small.
        """
        with self._lock:
            self._make_room()
            need = self._room_for(memory.of_training(config), "This training")
            job = Job(config, material, self.store, self.slots, session=session, owner=owner, seconds=seconds)
            self._jobs[job.job_id], self._needs[job.job_id] = job, need
            return job

    def race(
        self, config: RaceConfig, mnist: Mnist, *, session: str = "", owner: str = "me", unattended: bool = False
    ) -> RaceJob:
        """Start a race, or queue it. Raises LabError when the queue is full, or the memory too small.

        unattended: a sweep, which goes on to its end when its browser is gone.
        """
        with self._lock:
            self._make_room()
            need = self._room_for(memory.of_race(config), "This race")
            job = RaceJob(config, mnist, self.store, self.slots, session=session, owner=owner)
            job.unattended = unattended
            self._jobs[job.job_id], self._needs[job.job_id] = job, need
            return job

    def sweep(self, ledger: "Ledger", *, session: str = "", cluster: str | None = None) -> "SweepJob":
        """Start a sweep, or go on with one. Raises LabError if the queue is full or it is at work already."""
        from core.jobs.sweep.job import SweepJob

        with self._lock:
            self._make_room()
            for other in self._jobs.values():
                if isinstance(other, SweepJob) and other.active:
                    same = other.snapshot.ledger.sweep_id == ledger.sweep_id
                    if same:
                        raise LabError(f"Sweep {ledger.sweep_id} is at work already.")
            trials = [trial.config for trial in ledger.open]
            need = self._room_for(memory.of_sweep(trials), "This sweep") if trials and not cluster else 0
            job = SweepJob(ledger, self.store, self.slots, session=session, cluster=cluster)
            self._jobs[job.job_id], self._needs[job.job_id] = job, need
            return job

    def sweep_of(self, sweep_id: str) -> "SweepJob | None":
        """The newest job of a sweep, if this server has one."""
        from core.jobs.sweep.job import SweepJob

        jobs = [job for job in self._jobs.values() if isinstance(job, SweepJob)]
        return next((j for j in reversed(jobs) if j.snapshot.ledger.sweep_id == sweep_id), None)

    def _make_room(self) -> None:
        """Refuse what would not find a place in the queue; forget the oldest of what has ended."""
        if self._closed.is_set():
            raise LabError("The server is being shut down; start the run again when it is back.")
        active = [job for job in self._jobs.values() if job.active]
        if len(active) >= 32:
            raise LabError("Thirty-two runs are already waiting; stop one of them, or try again later.")
        ended = [job for job in self._jobs.values() if not job.active]
        for job in ended[: -self.CONTINUABLE]:
            job.release()
        for job in ended[: -self.KEPT]:
            del self._jobs[job.job_id], self._needs[job.job_id]

    def _room_for(self, need: memory.Need, what: str) -> int:
        """Its bytes. Raises ConfigError unless they fit beside the largest jobs that may run meanwhile."""
        active = sorted((self._needs[job.job_id] for job in self._jobs.values() if job.active), reverse=True)
        memory.check(need, what, beside=sum(active[: self.slots.limit - 1]))
        return need.total

    def get(self, job_id: str) -> Job:
        """The run of that id. Raises NotFound."""
        job = self._jobs.get(job_id)
        if not isinstance(job, Job):
            raise NotFound(f"There is no job {job_id!r} on this server any more.")
        return job

    def get_race(self, job_id: str) -> RaceJob:
        """The race of that id. Raises NotFound."""
        job = self._jobs.get(job_id)
        if not isinstance(job, RaceJob):
            raise NotFound(f"There is no race {job_id!r} on this server any more.")
        return job

    def going(self, owner: str | None = None) -> list[AnyJob]:
        """What runs, is paused or waits, the oldest first; of one owner if asked."""
        return [job for job in list(self._jobs.values()) if job.active and owner in (None, job.owner)]

    def watched_by(self, session: str) -> list[Job]:
        """The runs that `session` watches, the newest first."""
        jobs = reversed(list(self._jobs.values()))
        return [job for job in jobs if isinstance(job, Job) and session in job.sessions]

    def adopt(self, job_id: str, session: str) -> Job:
        """The run of that id, from now on watched by `session` too (a reloaded page is a new session)."""
        job = self.get(job_id)
        _watched(job, session)
        return job

    def adopt_race(self, job_id: str, session: str) -> RaceJob:
        """The race of that id, from now on watched by `session` too."""
        job = self.get_race(job_id)
        _watched(job, session)
        return job

    def close(self, patience: float = 60.0) -> None:
        """Stop the watchdog and every job, and wait until each has recorded what it has.

        A thread still inside PyTorch when the interpreter ends aborts the process, so this comes before.
        patience: seconds to wait for all of them together.
        """
        self._closed.set()
        with self._lock:
            working = [job for job in self._jobs.values() if job.active]
        if working:
            log.warning("Stopping %d runs; what they have is kept.", len(working))
        for job in working:
            job.stop("The server was shut down, so the run was stopped; what it has is kept.")
        end = time.monotonic() + patience
        for job in working:
            job.join(max(0.0, end - time.monotonic()))

    def _watch(self, every: float) -> None:
        while not self._closed.wait(every):
            now = time.monotonic()
            for job in list(self._jobs.values()):
                here = {session for session in list(job.sessions) if self._is_alive(session)}
                if here or job.unattended or not job.active:
                    job.seen = now
                elif now - job.seen > self._patience:
                    job.stop("Nobody was watching any more, so the run was stopped; what it has is kept.")


def _watched(job: Background[Any], session: str) -> None:
    job.sessions.add(session)
    job.seen = time.monotonic()
