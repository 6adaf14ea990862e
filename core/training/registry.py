"""All jobs of a server, and the watchdog that stops those whose browser is gone."""

import threading
import time
from collections.abc import Callable

from core.config import RunConfig
from core.data.digits import Mnist
from core.errors import LabError, NotFound
from core.runs import RunStore
from core.training.job import Job
from core.training.slots import Slots
from core.training.trial import cores


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
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._watch, args=(check_every,), name="job-watchdog", daemon=True).start()

    def submit(self, config: RunConfig, mnist: Mnist, *, session: str = "", owner: str = "me") -> Job:
        """Start a job, or queue it. Raises LabError when the queue is full."""
        with self._lock:
            active = [job for job in self._jobs.values() if job.snapshot.active]
            if len(active) >= 32:
                raise LabError("Thirty-two runs are already waiting; stop one of them, or try again later.")
            ended = [job for job in self._jobs.values() if not job.snapshot.active]
            for job in ended[: -self.CONTINUABLE]:
                job.release()
            for job in ended[: -self.KEPT]:
                del self._jobs[job.job_id]
            job = Job(config, mnist, self.store, self.slots, session=session, owner=owner)
            self._jobs[job.job_id] = job
            return job

    def get(self, job_id: str) -> Job:
        """The job of that id. Raises NotFound."""
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id!r} on this server any more.")
        return job

    def adopt(self, job_id: str, session: str) -> Job:
        """The job of that id, from now on watched by `session` too (a reloaded page is a new session)."""
        job = self.get(job_id)
        job.sessions.add(session)
        job.seen = time.monotonic()
        return job

    def close(self) -> None:
        """Stop the watchdog and every job."""
        self._closed.set()
        for job in list(self._jobs.values()):
            job.stop()

    def _watch(self, every: float) -> None:
        while not self._closed.wait(every):
            now = time.monotonic()
            for job in list(self._jobs.values()):
                here = {session for session in list(job.sessions) if self._is_alive(session)}
                if here or not job.snapshot.active:
                    job.seen = now
                elif now - job.seen > self._patience:
                    job.stop("Nobody was watching any more, so the run was stopped; what it has is kept.")
