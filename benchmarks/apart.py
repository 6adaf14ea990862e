"""Rows whose work leaves no processor threads behind that would slow down what is measured after it.

PyTorch's processor threads stay with the thread that first called for them, for as long as that lives. While
more of them exist than there are cores, they fall asleep instead of waiting for each other, which costs more
than a second core brings: a job beside them takes one thread where alone it takes two. (libgomp counts them;
its manual says so under GOMP_SPINCOUNT.)
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import torch

from benchmarks.measure import Row, Setup, Timed
from core.models.threads import take_threads

Result = TypeVar("Result")


def apart(row: Row) -> Row:
    """The row with all its work, preparations too, each in a thread of its own that ends with it."""

    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        ours, baseline = in_own_thread(lambda: row.prepare(setup))
        return lambda: in_own_thread(ours), lambda: in_own_thread(baseline)

    return replace(row, prepare=prepare)


def in_own_thread(work: Callable[[], Result]) -> Result:
    """What `work` gives or raises, on as many processor threads as the caller has."""
    threads = torch.get_num_threads()

    def begin() -> None:
        take_threads(threads)

    with ThreadPoolExecutor(1, "bench", initializer=begin) as worker:
        return worker.submit(work).result()
