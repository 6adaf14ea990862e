"""The rows measure what they say; how fast anything is, no test asks."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn import functional

from benchmarks import attacks, epochs, jobs, numpy_net, roofline, scoring, sharing, text_loop, training
from benchmarks.epochs import Stopwatch, epoch
from benchmarks.measure import Setup
from core.data import load
from core.data.digits import Mnist
from core.models import as_module
from core.models.layers import Flatten, MaxPool2d, SeededDropout
from core.recipes.texts import RECIPES
from core.training.callbacks import Callback
from core.training.trainer import Trainer, initial_network, new_trainer

pytestmark = pytest.mark.usefixtures("bundled_only", "few_images")
ROWS = {**training.ROWS, **roofline.ROWS, **jobs.ROWS, **sharing.ROWS, **scoring.ROWS, **attacks.ROWS}


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


@pytest.mark.parametrize("name", ROWS)
def test_both_sides_of_every_row_run(name: str, mnist: Mnist) -> None:
    row = ROWS[name]
    ours, baseline = row.prepare(Setup(mnist, quick=True))
    took = (ours(), baseline())
    assert all(one.seconds > 0 for one in took)
    assert all(one.threads is None or one.threads >= 1 for one in took)
    assert row.limit is None or took[0].extra[row.limit.key] > 0


def test_a_timed_job_leaves_nothing_in_the_users_home(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    for side in jobs.ROWS["job-overhead"].prepare(Setup(mnist, quick=True)):
        side()
    assert list(tmp_path.iterdir()) == []
    assert os.environ["DIGITLAB_HOME"] == str(tmp_path)
    monkeypatch.delenv("DIGITLAB_HOME")
    with jobs.temporary_home():
        pass
    assert "DIGITLAB_HOME" not in os.environ


def test_an_epoch_is_timed_from_the_first_shuffle_to_the_last_step(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What callbacks do between two steps counts; what they do at the start and when measuring does not."""
    clock = [1.0]  # which only they move

    class Slow(Callback):
        def on_train_begin(self, trainer: Trainer) -> None:
            clock[0] += 0.5

        on_epoch_end = on_train_begin

        def on_batch_begin(self, trainer: Trainer) -> None:
            clock[0] += 0.05

    few = Setup(mnist, quick=True).digits(256)
    config = RECIPES["linear-softmax"].config.with_settings({"epochs": 1, "batch_size": 64})
    with monkeypatch.context() as patch:
        patch.setattr(epochs, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
        assert epoch(config, few, lambda: [Slow()], threads=1)().seconds == pytest.approx(4 * 0.05)
    watch = Stopwatch()
    trainer = new_trainer(config, few, torch.device("cpu"), [watch])
    trainer.run()
    assert watch.seconds > trainer.seconds
    assert len(trainer.history.loss) == 4


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


@pytest.mark.parametrize(("name", "atol"), [("mlp-autograd", 1e-6), ("mlp-deep", 1e-6), ("cnn-bn", 2e-4)])
def test_the_texts_loop_makes_the_same_steps(name: str, atol: float, mnist: Mnist) -> None:
    """In PyTorch's own layers and optimizers, from the same start on the same batch."""
    config = RECIPES[name].config.with_settings({"normalize": False, "precision": "fp32"})
    trainer = new_trainer(config, mnist, torch.device("cpu"))
    network = text_loop.as_written(as_module(initial_network(config)))
    stepper = text_loop.optimizer(config, network)
    batch = torch.arange(config.train.batch_size)
    for _ in range(3):
        trainer.step(batch)
        stepper.zero_grad()
        loss = functional.cross_entropy(network(mnist.train.images[batch]), mnist.train.labels[batch])
        loss.backward()  # type: ignore[no-untyped-call]
        stepper.step()
    for ours, theirs in zip(trainer.module.parameters(), network.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=atol, rtol=1e-3)  # a step moves far more


@pytest.mark.parametrize("name", list(training.AIMS))
def test_the_texts_loop_has_no_layer_of_ours_but_the_linear_one(name: str) -> None:
    network = text_loop.as_written(as_module(initial_network(training.config(name))))
    ours = {type(layer) for layer in network.modules() if type(layer).__module__.startswith("core.")}
    assert not ours & {Flatten, MaxPool2d, SeededDropout}
    stepper = text_loop.optimizer(training.config(name), network)
    assert not any(group.get("fused") for group in stepper.param_groups)
