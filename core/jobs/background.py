"""Long work in the background: a worker thread that can be paused, stepped and stopped between two steps.

Work shares the machine: a bounded number runs at once, the rest waits in line. Requests come from any thread
and are taken by the worker at a safe point; a failure becomes a state with a message, never a dead thread.
"""

import logging
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from core.config.errors import LabError
from core.jobs.slots import Slots
from core.jobs.snapshot import JobSnapshot, Status
from core.storage.disk import disk_words
from core.storage.runs import new_run_id
from core.training.callbacks import StopTraining

log = logging.getLogger(__name__)

Shown = TypeVar("Shown", bound=JobSnapshot)


class Background(ABC, Generic[Shown]):
    """The thread, its requests, its place in the queue and its newest snapshot, of the subclass's own kind.

    A subclass says what is done in `_run` and what is shown of it in `_picture`.

    noun: what such work is called. job_id: names it. sessions: the browsers that watch it. seen: when one was last
    known to be there.
    """

    noun: ClassVar[str] = "job"

    def __init__(self, slots: Slots, *, session: str, owner: str) -> None:
        self.job_id = new_run_id()
        self.sessions, self.owner = {session}, owner
        self.seen = time.monotonic()
        self.unattended = False  # goes on without a browser: the watchdog leaves it alone
        self.opens: tuple[str, dict[str, str]] | None = None  # page and address that show it, if they said so
        self._slots = slots
        self._requests: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._status: Status = "queued"
        self._message = ""
        self._paused = self._has_slot = False
        self._lock = threading.RLock()
        self._snapshot: Shown  # there as soon as the work begins
        self._thread: threading.Thread | None = None

    @abstractmethod
    def title(self, together: "Sequence[Background[Any]]") -> str:
        """Names this work among others. together: all jobs, this one included, that are shown in one place."""

    @property
    def active(self) -> bool:
        """Whether it may still change by itself or on request."""
        return self.snapshot.active

    @property
    def snapshot(self) -> Shown:
        """The newest picture of the job."""
        with self._lock:
            picture = self._snapshot
        if picture.status == "queued":
            return replace(picture, place=self._slots.place(self.job_id))
        return picture

    def pause(self) -> None:
        """Stand still after the present step."""
        self._requests.put(("pause", None))

    def resume(self) -> None:
        """Go on after a pause."""
        self._requests.put(("resume", None))

    def step(self) -> None:
        """While paused: make one single step."""
        self._requests.put(("step", None))

    def stop(self, why: str = "") -> None:
        """End after the present step and keep what there is."""
        self._message = why
        self._stop.set()

    def release(self) -> None:
        """Let go of what an ended job holds only in order to go on."""

    def join(self, seconds: float) -> None:
        """Wait until the worker has ended, at most `seconds`."""
        if self._thread is not None:
            self._thread.join(seconds)

    def wait(self, seconds: float) -> Shown:
        """Wait until the job has ended, at most `seconds`; then its snapshot."""
        self.join(seconds)
        return self.snapshot

    def _begin(self) -> None:
        """Show where things stand and start the worker: at the end of `__init__`, or when work goes on."""
        self._snapshot = self._picture()
        self._thread = threading.Thread(target=self._work, name=f"job-{self.job_id}", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        """The worker thread: work, then show how it ended; a subclass may do more."""
        self._guarded()
        self._publish(whole=True)

    @abstractmethod
    def _run(self) -> Status:
        """Do the work; returns how it ended. May raise StopTraining or LabError."""

    @abstractmethod
    def _picture(self) -> Shown:
        """A snapshot of this moment; its place is filled in where it is read."""

    @abstractmethod
    def _publish(self, *, whole: bool = False) -> None:
        """Make a new snapshot. whole: with everything that is expensive to copy."""

    @abstractmethod
    def _do(self, name: str, value: Any) -> None:
        """Do what a request of a subclass asks for."""

    @abstractmethod
    def _steps(self) -> int:
        """Steps made so far: a paused job is shown anew after each."""

    def _settle(self) -> None:
        """Bring the record up to date before a pause shows it."""

    def _guarded(self) -> None:
        """Wait for a place, run, and turn whatever happens into a status."""
        try:
            self._take_slot()
            self._status = "running"
            self._publish()
            self._status = self._run()
        except StopTraining:
            self._status = "stopped"
        except LabError as error:
            self._status, self._message = "failed", str(error)
        except OSError as error:
            log.exception("job %s failed", self.job_id)
            self._status, self._message = "failed", disk_words(error)
        except Exception:
            log.exception("job %s failed", self.job_id)
            self._status, self._message = "failed", "Training broke off unexpectedly; the log says why."
        finally:
            if self._has_slot:
                self._has_slot = False
                self._slots.release()

    def _take_slot(self) -> None:
        if not self._slots.acquire(self.job_id, self._stop.is_set):
            raise StopTraining
        self._has_slot = True

    def _safe_point(self) -> None:
        """Between two steps: take what was asked; stand still while paused. A single step leaves at once.

        Raises StopTraining where a stop was asked for.
        """
        shown: tuple[str, int] | None = None
        while True:
            single = self._take_requests()
            if self._stop.is_set():
                raise StopTraining
            if single or not self._paused:
                break
            if self._status != "paused":
                self._status = "paused"
                self._slots.release()  # others may run meanwhile
                self._has_slot = False
            if shown != ("paused", self._steps()):
                shown = ("paused", self._steps())
                self._settle()
                self._publish(whole=True)
            time.sleep(0.02)
        if not self._paused and not self._has_slot:
            self._status = "queued"
            self._publish()
            self._take_slot()
            self._status = "running"
            self._publish()

    def _take_requests(self) -> bool:
        """Do what was asked for; True if a single step was."""
        while not self._requests.empty():
            name, value = self._requests.get()
            if name == "step":
                return True
            try:
                if name in ("pause", "resume"):
                    self._paused = name == "pause"
                else:
                    self._do(name, value)
            except LabError as error:  # a request that makes no sense any more must not cost the run
                self._message = str(error)
            self._published_now()
        return False

    def _published_now(self) -> None:
        """Something was asked for: show it soon."""
