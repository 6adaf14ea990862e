"""Rows about sharing the machine: a job beside a busy neighbor, a job beside another job."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.jobs import QUICK, in_jobs
from benchmarks.measure import Row, Setup, Timed, Took
from core.config.run import RunConfig
from core.recipes.texts import RECIPES

NEIGHBORED = ("mlp-autograd", "cnn-bn")
PAIR = ("mlp-deep", "cnn-lab")  # one that trains best on one thread, one that takes all cores where it may


def _epoch(name: str) -> RunConfig:
    return RECIPES[name].config.with_settings({"epochs": 1})


def _beside_a_busy_core(name: str) -> Callable[[Setup], tuple[Timed, Timed]]:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        alone = in_jobs([_epoch(name)], setup.digits(QUICK))

        def busy() -> Took:
            with busy_core():
                return alone()

        return busy, alone

    return prepare


def _two_jobs(setup: Setup) -> tuple[Timed, Timed]:
    configs, mnist = [_epoch(name) for name in PAIR], setup.digits(QUICK)
    singles = [in_jobs([config], mnist) for config in configs]

    def one_after_the_other() -> Took:
        took = [single() for single in singles]
        return Took(sum(one.seconds for one in took), max(one.threads or 1 for one in took))

    return in_jobs(configs, mnist), one_after_the_other


ROWS: dict[str, Row] = {
    **{
        f"busy-neighbor/{name}": Row(
            f"one epoch of {name} in a job, from submit to its end, while another process keeps a core busy",
            "the same job alone",
            0.45,
            _beside_a_busy_core(name),
            quick=False,  # a job of a few steps says nothing of neighbors
            rounds=3 if name == "cnn-bn" else None,
        )
        for name in NEIGHBORED
    },
    "two-jobs": Row(
        f"an epoch of {PAIR[0]} and one of {PAIR[1]} in two jobs at once, until both have ended",
        "the same two jobs, one after the other",
        0.9,
        _two_jobs,
        quick=False,
    ),
}


# A neighbor that wants a processor core all the time: a process of its own that only counts.


#: Says that it has begun; ends by itself when its parent is gone, however that ended, or after 15 minutes.
SPIN = """\
import os, time
end = time.monotonic() + 900
print("spinning", flush=True)
while os.getppid() == {parent} and time.monotonic() < end:
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def busy_core() -> Iterator[int]:
    """One core kept busy by another process within; it gives that process's id. It is gone afterwards."""
    command = [sys.executable, "-S", "-c", SPIN.format(parent=os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as neighbor:
        try:
            assert neighbor.stdout is not None
            neighbor.stdout.readline()
            yield neighbor.pid
        finally:
            neighbor.kill()
