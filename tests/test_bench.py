"""The benchmark's rows measure what they say; how fast anything is, no test asks."""

import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch

import benchmarks.jobs
import benchmarks.scoring
import benchmarks.training
from benchmarks import ROWS, numpy_net, text_loop
from benchmarks.epochs import Stopwatch, epoch
from benchmarks.measure import Limit, Row, Setup, Timed, Took, measure
from core.__main__ import main
from core.commands import bench
from core.data import load
from core.data.digits import Mnist
from core.errors import LabError
from core.recipes import RECIPES
from core.training.callbacks import Callback
from core.training.finish import new_trainer
from core.training.trainer import Trainer

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few images instead of an epoch, and one drawing; the number of threads is put back."""
    monkeypatch.setattr(benchmarks.training, "QUICK", 256)
    monkeypatch.setattr(benchmarks.jobs, "QUICK", 256)
    monkeypatch.setattr(benchmarks.scoring, "DRAWINGS", 1)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("name", [name for name in ROWS if name != "evaluate-10k"])
def test_both_sides_of_every_row_run(name: str, mnist: Mnist) -> None:
    ours, baseline = ROWS[name].prepare(Setup(mnist, quick=True))
    for took in (ours(), baseline()):
        assert took.seconds > 0
        assert took.threads is None or took.threads >= 1


@pytest.mark.usefixtures("tiny")
def test_a_timed_job_leaves_nothing_in_the_users_home(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    for side in ROWS["job-overhead"].prepare(Setup(mnist, quick=True)):
        side()
    assert list(tmp_path.iterdir()) == []
    assert benchmarks.jobs.os.environ["DIGITLAB_HOME"] == str(tmp_path)
    monkeypatch.delenv("DIGITLAB_HOME")
    with benchmarks.jobs.temporary_home():
        pass
    assert "DIGITLAB_HOME" not in benchmarks.jobs.os.environ


def test_an_epoch_is_timed_from_the_first_shuffle_to_the_last_step(mnist: Mnist) -> None:
    """What callbacks do between two steps counts; what they do at the start and when measuring does not."""

    class Slow(Callback):
        def on_start(self, trainer: Trainer) -> None:
            time.sleep(0.5)

        on_measure = on_start

        def before_step(self, trainer: Trainer) -> None:
            time.sleep(0.05)

    few = Setup(mnist, quick=True).digits(256)
    config = RECIPES["linear-softmax"].config.with_settings({"epochs": 1, "batch_size": 64})
    took = epoch(config, few, lambda: [Slow()], threads=1)()
    assert 4 * 0.05 <= took.seconds < 0.5
    watch = Stopwatch()
    trainer = new_trainer(config, few, torch.device("cpu"), [watch])
    trainer.run()
    assert watch.seconds > trainer.seconds
    assert len(trainer.history.loss) == 4


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


@pytest.mark.parametrize(("aim", "most", "reached"), [
    (2.0, None, True), (2.1, None, False), (None, 5.0, True), (None, 4.9, False), (2.1, 5.0, False),
])  # fmt: skip
def test_an_aim_is_a_ratio_a_limit_or_both(
    aim: float | None, most: float | None, reached: bool, mnist: Mnist
) -> None:
    limit = None if most is None else Limit("p95_ms", most)
    sides = (lambda: Took(1.0, 1, {"p95_ms": 5.0}), lambda: Took(2.0, 1))
    found = measure("x", Row("", "", aim, lambda setup: sides, limit=limit), Setup(mnist, quick=True))
    assert found["reached"] is reached


def test_a_row_that_cannot_be_measured_says_why_and_has_every_key(mnist: Mnist) -> None:
    def prepare(setup: Setup) -> tuple[Timed, Timed]:
        raise LabError("There is no such library.")

    there = measure(
        "x", Row("", "", 1.0, lambda setup: (lambda: Took(1.0), lambda: Took(1.0))), Setup(mnist, True)
    )
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


@pytest.mark.parametrize("name", ["mlp-autograd", "mlp-deep"])
def test_the_numpy_network_makes_the_same_steps(name: str, mnist: Mnist) -> None:
    """Otherwise it would be no baseline: one step of both from the same start on the same batch."""
    config = RECIPES[name].config.with_settings({"normalize": False})
    trainer = new_trainer(config, mnist, torch.device("cpu"))
    net = numpy_net.NumpyNet(config)
    batch = torch.arange(config.train.batch_size)
    for _ in range(3):
        trainer.step(batch)
        x = mnist.train.images.flatten(1)[batch].numpy()
        net.step(x, mnist.train.labels[batch].numpy())
    ours = list(trainer.network.tensors.values() if name == "mlp-autograd" else trainer.network.parameters())
    first = ours[0].detach().numpy()
    theirs = net.weights[0] if name == "mlp-autograd" else net.weights[0].T
    np.testing.assert_allclose(first, theirs, atol=1e-5)


def test_the_texts_loop_sees_the_pixels_we_have(mnist: Mnist) -> None:
    image, label = text_loop.Pictures(mnist.train)[3]
    torch.testing.assert_close(image, mnist.train.images[3])
    assert label == int(mnist.train.labels[3])


@pytest.mark.usefixtures("tiny")
def test_the_command_prints_a_row_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--quick", "--json", "--only", "manual-vs-autograd", "vs-numpy"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["name"].split("/")[0] for row in rows] == ["vs-numpy"] * 3 + ["manual-vs-autograd"]
    for row in rows:
        assert row["ratio"] == pytest.approx(row["baseline_seconds"] / row["seconds"])
        assert {"load", "baseline", "data", "threads", "baseline_threads"} <= set(row)
    assert (rows[-1]["threads"], rows[-1]["baseline_threads"]) == (1, 1)
    assert main(["bench", "--only", "nothing"]) == 2


@pytest.mark.parametrize("part", [["--quick"], ["--only", "evaluate-10k"]])
def test_only_a_whole_run_is_kept(part: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--write", *part]) == 2
    assert "neither --only nor --quick" in capsys.readouterr().err


def test_the_report_says_rounds_load_and_threads(mnist: Mnist) -> None:
    row = Row("ours", "theirs", 1.0, lambda setup: (lambda: Took(1.0, 1), lambda: Took(2.0, None)))
    found = measure("x", row, Setup(mnist, quick=False))
    quiet = bench.report([{**found, "load": 0.1}], "full")
    assert "medians of 5 rounds" in quiet
    assert "before the start: 0.10" in quiet
    assert "| 1 / ? |" in quiet
    assert "busy" not in quiet
    assert "The machine is busy (load 2.5" in bench.report([{**found, "load": 2.5}], "full")
    assert "before the start: unknown" in bench.report([{**found, "load": None}], "full")
