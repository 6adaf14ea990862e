"""Work in a thread of its own is the same work, and leaves no processor threads behind."""

import threading
import time
from pathlib import Path

import pytest
import torch

from benchmarks.apart import apart, in_own_thread
from benchmarks.measure import Row, Setup, Timed, Took, measure
from core.config.errors import LabError
from core.data import load

TASKS = Path("/proc/self/task")

pytestmark = pytest.mark.usefixtures("bundled_only")


def test_it_gives_and_raises_what_the_work_does() -> None:
    assert in_own_thread(lambda: 7) == 7
    with pytest.raises(LabError, match="no such"):
        in_own_thread(lambda: (_ for _ in ()).throw(LabError("no such library")))


def test_preparations_and_both_sides_run_elsewhere_on_the_callers_number_of_threads() -> None:
    seen: list[tuple[int, int]] = []

    def note() -> Took:
        seen.append((threading.get_ident(), torch.get_num_threads()))
        torch.set_num_threads(1)
        return Took(1.0)

    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        note()
        return note, note

    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        measure("x", apart(Row("", "", 1.0, prepare)), Setup(load("small"), quick=True))
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)
    assert len(seen) == 1 + 2 * 4
    assert threading.get_ident() not in {ident for ident, _ in seen}
    assert {threads for _, threads in seen} == {before + 1}


def system_threads() -> int:
    return len(list(TASKS.iterdir()))


@pytest.mark.skipif(not TASKS.exists(), reason="the system has no /proc")
def test_no_processor_threads_stay() -> None:
    def on_two() -> int:
        torch.set_num_threads(2)
        torch.rand(1_000_000).exp_()
        return system_threads()

    threads = torch.get_num_threads()
    try:
        in_own_thread(on_two)  # the first of all starts some that serve the whole process
        time.sleep(0.5)
        before = system_threads()
        assert in_own_thread(on_two) > before
    finally:
        torch.set_num_threads(threads)
    end = time.monotonic() + 10
    while system_threads() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert system_threads() <= before
