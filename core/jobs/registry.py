"""All jobs of a server, and the watchdog that stops those whose browser is gone."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from core.config.errors import LabError, NotFound
from core.jobs.autotune import cores
from core.jobs.background import Background
from core.jobs.slots import Slots
from core.storage.runs import RunStore
from core.training import memory

log = logging.getLogger(__name__)

AnyJob = Background[Any]
J = TypeVar("J", bound=AnyJob)


class JobRegistry:
    """All jobs of this server, of whatever kind: each kind has a `start_…` function beside its class.

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

    def start(self, make: Callable[[], J], need: memory.Need | None, what: str) -> J:
        """Start a job, or queue it.

        make: makes it; no other job starts meanwhile. need: the memory it takes, None where next to none on
        this machine. what: names it in a sentence ("This race"). Raises LabError when the queue is full, or
        the machine's memory too small, and what `make` raises.
        """
        with self._lock:
            self._make_room()
            size = self._room_for(need, what) if need else 0
            job = make()
            self._jobs[job.job_id], self._needs[job.job_id] = job, size
            return job

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

    def get(self, job_id: str, kind: type[J]) -> J:
        """The job of that kind and id. Raises NotFound."""
        job = self._jobs.get(job_id)
        if not isinstance(job, kind):
            raise NotFound(f"There is no {kind.noun} {job_id!r} on this server any more.")
        return job

    def of_kind(self, kind: type[J]) -> list[J]:
        """All jobs of that kind, the newest first."""
        return [job for job in reversed(list(self._jobs.values())) if isinstance(job, kind)]

    def going(self, owner: str | None = None) -> list[AnyJob]:
        """What runs, is paused or waits, the oldest first; of one owner if asked."""
        return [job for job in list(self._jobs.values()) if job.active and owner in (None, job.owner)]

    def watched_by(self, session: str, kind: type[J]) -> list[J]:
        """The jobs of that kind that `session` watches, the newest first."""
        return [job for job in self.of_kind(kind) if session in job.sessions]

    def adopt(self, job_id: str, session: str, kind: type[J]) -> J:
        """The job of that kind and id, from now on watched by `session` too (a reloaded page is a new session)."""
        job = self.get(job_id, kind)
        job.sessions.add(session)
        job.seen = time.monotonic()
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
