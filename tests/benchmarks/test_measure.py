"""Two sides in turns: medians, spread, aims, threads, and what cannot be measured here."""

from contextlib import nullcontext

import pytest
import torch

from benchmarks.measure import Limit, Row, Setup, Timed, Took, measure
from core.config.errors import LabError
from core.data import load
from core.data.digits import Mnist

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


def test_every_run_begins_with_the_threads_there_were(mnist: Mnist) -> None:
    """A side that leaves another number behind changes neither the other side nor what comes after."""
    before = torch.get_num_threads()
    seen: list[int] = []

    def greedy() -> Took:
        torch.set_num_threads(before + 1)
        return Took(1.0, before + 1)

    def plain() -> Took:
        seen.append(torch.get_num_threads())
        return Took(1.0, seen[-1])

    found = measure("x", Row("", "", 1.0, lambda setup: (greedy, plain)), Setup(mnist, quick=True))
    assert set(seen) == {before}
    assert (found["threads"], found["baseline_threads"]) == (before + 1, before)
    assert torch.get_num_threads() == before

    def broken() -> Took:
        torch.set_num_threads(before + 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        measure("x", Row("", "", 1.0, lambda setup: (broken, plain)), Setup(mnist, quick=True))
    assert torch.get_num_threads() == before


def test_ratio_is_baseline_over_ours_by_medians(mnist: Mnist) -> None:
    times = iter([9.0, 1.0, 2.0, 3.0])  # the first run counts for nothing
    row = Row("ours", "theirs", 1.0, lambda setup: (lambda: Took(next(times), 1), lambda: Took(6.0, 2)))
    found = measure("x", row, Setup(mnist, quick=True))
    assert (found["seconds"], found["baseline_seconds"], found["ratio"]) == (2.0, 6.0, 3.0)


def test_the_spread_is_that_of_single_rounds_and_extra_numbers_go_by_medians(mnist: Mnist) -> None:
    times = iter([9.0, 1.0, 2.0, 3.0])

    def ours() -> Took:
        seconds = next(times)
        return Took(seconds, 1, {"p95_ms": 10 * seconds})

    row = Row("ours", "theirs", 2.0, lambda setup: (ours, lambda: Took(6.0, 2, {"rate": 7.0})))
    found = measure("x", row, Setup(mnist, quick=True))
    assert (found["ratio_low"], found["ratio_high"]) == (2.0, 6.0)
    assert found["extra"] == {"rate": 7.0, "p95_ms": 20.0}


@pytest.mark.parametrize(
    ("aim", "most", "reached"),
    [(2.0, None, True), (2.1, None, False), (None, 5.0, True), (None, 4.9, False), (2.1, 5.0, False)],
)
def test_an_aim_is_a_ratio_a_limit_or_both(aim: float | None, most: float | None, reached: bool, mnist: Mnist) -> None:
    limit = None if most is None else Limit("p95_ms", most)
    sides = (lambda: Took(1.0, 1, {"p95_ms": 5.0}), lambda: Took(2.0, 1))
    found = measure("x", Row("", "", aim, lambda setup: sides, limit=limit), Setup(mnist, quick=True))
    assert found["reached"] is reached


def test_a_row_that_cannot_be_measured_says_why_and_has_every_key(mnist: Mnist) -> None:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        raise LabError("There is no such library.")

    there = measure("x", Row("", "", 1.0, lambda setup: (lambda: Took(1.0), lambda: Took(1.0))), Setup(mnist, True))
    found = measure("x", Row("", "", 1.0, prepare), Setup(mnist, quick=True))
    assert found["skipped"] == "There is no such library."
    assert found["ratio"] is None
    assert set(found) == set(there)


@pytest.mark.parametrize("broken", [False, True])
def test_what_a_row_opens_is_closed_after_its_last_round(mnist: Mnist, broken: bool) -> None:
    told: list[str] = []

    def side() -> Took:
        told.append("round")
        if broken:
            raise RuntimeError
        return Took(1.0)

    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        setup.opened.callback(told.append, "closed")
        return side, side

    with pytest.raises(RuntimeError) if broken else nullcontext():
        measure("x", Row("", "", None, prepare), Setup(mnist, quick=True))
    assert told == ["round"] * (1 if broken else 8) + ["closed"]
