"""Who may run now: a queue for the machine, and each run's share of its threads."""

import threading
from collections.abc import Callable

from core.jobs.autotune import cores


class Slots:
    """A bounded number of places to run in, given out first come, first served."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.running = 0
        self._waiting: list[str] = []
        self._change = threading.Condition()

    def acquire(self, job_id: str, canceled: Callable[[], bool]) -> bool:
        """Wait for a place; False if `canceled` came first."""
        with self._change:
            self._waiting.append(job_id)
            try:
                while self.running >= self.limit or self._waiting[0] != job_id:
                    if canceled():
                        return False
                    self._change.wait(0.1)
                self.running += 1
                return True
            finally:
                self._waiting.remove(job_id)
                self._change.notify_all()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        with self._change:
            return len(self._waiting)

    def release(self) -> None:
        """Give a place back."""
        with self._change:
            self.running -= 1
            self._change.notify_all()

    def place(self, job_id: str) -> int:
        """1 for the next in line, 0 if not waiting."""
        with self._change:
            return self._waiting.index(job_id) + 1 if job_id in self._waiting else 0

    def allowance(self) -> int:
        """Threads each running job may use, so that all together never exceed the cores."""
        return max(1, cores() // max(1, self.running))
