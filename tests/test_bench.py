"""The benchmark's rows measure what they say; how fast anything is, no test asks."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import benchmarks.scoring
import benchmarks.training
from benchmarks import ROWS, numpy_net, text_loop
from benchmarks.measure import Row, Setup, measure
from core.__main__ import main
from core.data import load
from core.data.digits import Mnist
from core.recipes import RECIPES
from core.training.finish import new_trainer

pytestmark = pytest.mark.usefixtures("bundled_only")


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few images instead of an epoch, and one drawing; the number of threads is put back."""
    monkeypatch.setattr(benchmarks.training, "QUICK", 256)
    monkeypatch.setattr(benchmarks.scoring, "DRAWINGS", 1)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("name", [name for name in ROWS if name != "evaluate-10k"])
def test_both_sides_of_every_row_run(name: str, mnist: Mnist) -> None:
    ours, baseline = ROWS[name].prepare(Setup(mnist, quick=True))
    assert ours() > 0
    assert baseline() > 0


def test_ratio_is_baseline_over_ours_by_medians(mnist: Mnist) -> None:
    times = iter([9.0, 1.0, 2.0, 3.0])  # the first run counts for nothing
    row = Row("ours", "theirs", 1.0, lambda setup: (lambda: next(times), lambda: 6.0))
    found = measure("x", row, Setup(mnist, quick=True))
    assert (found["seconds"], found["baseline_seconds"], found["ratio"]) == (2.0, 6.0, 3.0)


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
        assert {"load", "baseline", "data"} <= set(row)
    assert main(["bench", "--only", "nothing"]) == 2
