"""Ctrl-C, SIGTERM and a closed terminal: work that trains ends between two steps, all else at once.

Programs that a signal ended leave with 128 + its number: 130 after Ctrl-C, 143 after SIGTERM.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end. number: which."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Asked:
    """Whether a signal has asked to end; calling it tells. number: which, None before one came."""

    number: int | None = None

    def __call__(self) -> bool:
        return self.number is not None

    def obey(self) -> None:
        """Raise Interrupted if a signal has asked: call it when all that was done is safe."""
        if self.number is not None:
            raise Interrupted(self.number)


def _at_once(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


@contextmanager
def at_once() -> Iterator[None]:
    """While this lasts a signal raises Interrupted wherever the work stands."""
    with _handled_by(_at_once):
        yield


@contextmanager
def between_steps() -> Iterator[Asked]:
    """While this lasts the first signal is only noted, for work that looks now and then; a second one
    raises Interrupted at once.
    """
    asked = Asked()

    def note(number: int, frame: FrameType | None) -> None:
        if asked():
            raise Interrupted(number)
        asked.number = number

    with _handled_by(note):
        yield asked


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Signals that were ignored before (`nohup`) stay so; Python lets the main thread alone handle any."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in SIGNALS}
        for number, old in before.items():
            if old != signal.SIG_IGN:
                signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            if old is not None:
                signal.signal(number, old)
