"""Runs that several threads ask for: each epoch is trained once, and one that never was is not booked."""

import threading
from collections.abc import Generator

import pytest

from core.config.errors import LabError
from core.config.language import WordsConfig
from core.lessons.language.contest import InTraining, cell_config
from core.lessons.language.shared_runs import SharedRuns
from core.recipes.texts import RECIPES
from core.training.trainer import Diverged

GRU = RECIPES["language-gru"].config

FEW = WordsConfig(per_language=150)


def test_two_threads_train_one_network_once() -> None:
    shared, failures, busy = SharedRuns(GRU, FEW, 3), [], threading.Event()
    started = threading.Barrier(2)

    def visitor() -> None:
        try:
            started.wait(10)
            # The other thread may book the last epoch at any moment: asked for once, then acted upon.
            while left := [epoch for epoch in (1, 2, 3) if ("rnn", epoch) not in shared.kept]:
                if shared.go_on("rnn", left[0]) is None:
                    busy.set()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=visitor) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert busy.is_set(), "they never met"
    alone = InTraining(cell_config(GRU, "rnn", FEW, epochs=3))
    assert [shared.kept["rnn", epoch] for epoch in (1, 2, 3)] == [alone.go_on(epoch) for epoch in (1, 2, 3)]
    assert shared.classifier("rnn").score.accuracy == pytest.approx(shared.kept["rnn", 3])


def test_who_comes_while_it_is_trained_is_told_so() -> None:
    shared = SharedRuns(GRU, WordsConfig(per_language=800), 1)
    seen: list[float | None] = []

    def progress(share: float) -> None:
        other = threading.Thread(target=lambda: seen.append(shared.go_on("rnn", 1)))
        other.start()
        other.join(10)

    assert shared.go_on("rnn", 1, progress) is not None
    assert set(seen) == {None}


def test_a_run_that_breaks_off_books_nothing() -> None:
    run = InTraining(cell_config(GRU, "rnn", FEW, epochs=3))
    first = run.go_on(1)

    def breaks() -> Generator[None]:
        yield
        raise Diverged("The loss stopped being a number.")

    run._steps = breaks()
    for message in ("stopped being a number", "epoch 3 was never"):
        with pytest.raises(LabError, match=message):
            run.go_on(3)
    assert run.go_on(1) == first, "what was trained stays"

    shared = SharedRuns(GRU, FEW, 3)
    shared.go_on("rnn", 1)
    shared._runs["rnn"]._steps = breaks()
    with pytest.raises(LabError):
        shared.go_on("rnn", 2)
    assert shared.kept == {}
    assert shared.go_on("rnn", 1) == first, "it begins anew"
    with pytest.raises(LabError, match="still learning"):
        shared.classifier("rnn")
