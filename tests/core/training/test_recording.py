"""The lab report's record and what else a convolutional run keeps on the way: right, and harmless."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.config.run import CNNConfig, RunConfig
from core.data import load
from core.data.digits import Mnist
from core.data.splits import lab_split
from core.models.evaluation import evaluate
from core.models.trained_network import load_checkpoint
from core.recipes.texts import RECIPES
from core.storage import weight_history
from core.storage.checkpoints import run_checkpoint
from core.storage.history import History
from core.storage.runs import RunStore
from core.training.callbacks import Callback, EarlyScores
from core.training.loss_and_gradients import loss_and_gradients
from core.training.recording import keep, record_of
from core.training.run_data import run_data
from core.training.trainer import Trainer, new_trainer
from core.training.weight_history_callback import QUANTILES, SAMPLE, KeepWeights, PreActivations, received, sample


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    """300 of the bundled training images and 101 test images."""
    whole = load("small")
    return replace(whole, train=whole.train.take(slice(0, 300)), test=whole.test.take(slice(0, 101)))


def tiny(**changes: object) -> RunConfig:
    """A small network that still has every kind of layer; 300 images make five steps an epoch."""
    model = CNNConfig(channels=(3,), kernels=(3,), strides=(2,), paddings=(1,), pools=("max",), hidden=(8,))
    settings = {"batch_norm": True, "dropout": 0.5, "epochs": 2, "record_every": 2, "lr": 0.05, **changes}
    return replace(RECIPES["cnn-lab"].config, model=model).with_settings({"precision": "fp32", **settings})


class Ledger(Callback):
    """Counts with its own eyes: what training mode gets right of each batch, before the update."""

    def __init__(self) -> None:
        self.right: list[int] = []
        self.seen: list[int] = []
        self.validation: list[float] = []

    def on_batch_end(self, trainer: Trainer) -> None:
        assert trainer.data.first_half is not None
        self.seen.append(trainer.position)
        self.validation.append(1 - evaluate(trainer.module, trainer.data.first_half).accuracy)


def test_the_record_is_a_running_mean_within_the_epoch(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()

    def counted(network, x, y, *how, **else_how):  # type: ignore[no-untyped-def]
        loss, outputs = loss_and_gradients(network, x, y, *how, **else_how)
        ledger.right.append(int((outputs.argmax(1) == y).sum()))
        return loss, outputs

    monkeypatch.setattr("core.training.trainer.loss_and_gradients", counted)
    history = new_trainer(tiny(), mnist, torch.device("cpu"), [ledger]).run()
    assert [row["step"] for row in history.records] == [2, 4, 6, 8, 10]
    steps = 5  # of an epoch
    for row in history.records:
        last = int(row["step"] or 0)
        first = (last - 1) // steps * steps
        right = sum(ledger.right[first:last])
        assert row["train_error"] == pytest.approx(1 - right / ledger.seen[last - 1])
        assert row["validation_error"] == pytest.approx(ledger.validation[last - 1])
        assert row["epoch"] == pytest.approx(first // steps + ledger.seen[last - 1] / 300)


def test_the_test_score_leaves_out_the_half_that_validates(mnist: Mnist) -> None:
    trainer = new_trainer(tiny(epochs=1), mnist, torch.device("cpu"))
    row = trainer.run().epochs[-1]
    first, last = lab_split(mnist.test)
    assert (len(first), len(last)) == (50, 51)
    assert row["validation_accuracy"] == evaluate(trainer.module, first).accuracy
    score = evaluate(trainer.module, last)
    assert (row["test_accuracy"], row["test_loss"]) == (score.accuracy, score.loss)
    record = record_of(trainer, "abc", status="finished", owner="me", data="small")
    assert (record.n_test, record.test_accuracy) == (51, score.accuracy)
    assert (record.ci_low, record.ci_high) == score.ci95
    assert record.summary()["tested_on"] == "the last 51 test images"


def test_a_history_of_an_older_version_is_read_as_one_of_now() -> None:
    old = {
        "epoch": 1.0,
        "validation_accuracy": 0.8,
        "last_half_accuracy": 1.0,
        "last_half_loss": 0.1,
        "test_accuracy": 0.9,
        "test_loss": 0.2,
    }
    new = {"epoch": 1.0, "validation_accuracy": 0.8, "test_accuracy": 1.0, "test_loss": 0.1}
    assert History.from_json({"epochs": [old]}).epochs == [new]
    assert History.from_json({"epochs": [new]}).epochs == [new]


def test_without_validation_only_the_training_error_is_recorded(mnist: Mnist) -> None:
    history = new_trainer(tiny(split="none"), mnist, torch.device("cpu")).run()
    assert history.records
    assert all(row["validation_error"] is None for row in history.records)
    assert new_trainer(tiny(record_every=0), mnist, torch.device("cpu")).run().records == []


def test_watching_does_not_change_the_run(mnist: Mnist) -> None:
    """Batch norm keeps running averages and dropout draws: neither may notice who looks."""
    watched = Trainer(tiny(), run_data(mnist, tiny()), [KeepWeights(), PreActivations(every=1), EarlyScores()])
    watched.run()
    quiet = tiny(record_every=0)
    alone = Trainer(quiet, run_data(mnist, quiet))
    alone.run()
    assert watched.history.loss == alone.history.loss
    assert watched.history.spreads
    assert watched.history.early
    for name, tensor in alone.module.state_dict().items():
        assert torch.equal(tensor, watched.module.state_dict()[name]), name


def test_the_first_epoch_has_points_of_its_own(mnist: Mnist) -> None:
    config = tiny(record_every=0)
    trainer = new_trainer(config, mnist, torch.device("cpu"))
    history = trainer.run()
    assert len(history.early) == len({row["step"] for row in history.early}) > 1
    assert all(0 < float(row["epoch"] or 0) < 1 for row in history.early)
    assert set(history.early[0]) == set(history.epochs[0])
    shown = [float(row["epoch"] or 0) for row in history.curve]
    assert shown == sorted(shown)
    assert len(history.epochs) == 1 + config.train.epochs
    assert History.from_json(history.to_json()).early == history.early
    assert not new_trainer(config, mnist, torch.device("cpu"), keep_weights=False).run().early


def test_the_film_holds_the_weights_of_every_epoch(mnist: Mnist) -> None:
    filming = KeepWeights()
    trainer = Trainer(tiny(), run_data(mnist, tiny()), [filming])
    before = {name: tensor.clone() for name, tensor in trainer.module.state_dict().items()}
    trainer.run()
    assert [frame.epoch for frame in filming.weight_history] == [0.0, 1.0, 2.0]
    assert all(torch.equal(before[name], filming.weight_history[0].weights[name]) for name in before)
    after = trainer.module.state_dict()
    assert all(torch.equal(after[name], filming.weight_history[-1].weights[name]) for name in after)
    assert not torch.equal(before["layers.conv1.weight"], after["layers.conv1.weight"])


def test_a_film_that_the_disk_has_no_room_for_costs_the_film_alone(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    trainer = new_trainer(tiny(epochs=1), mnist, torch.device("cpu"))
    trainer.run()
    write = weight_history.save

    def half(tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> bytes:
        monkeypatch.setattr(weight_history, "save", write)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weight_history, "save", half)
    keep(trainer, record_of(trainer, "abc", status="finished", owner="me", data="small"), RunStore())
    assert RunStore().get("abc").status == "finished"
    assert load_checkpoint(run_checkpoint("abc")).config == trainer.start
    assert not list((tmp_path / "checkpoints").glob("films/*.*"))


@pytest.mark.parametrize("by", ["column", "channel"])
def test_a_sample_sees_every_column_and_channel(by: str) -> None:
    """A fixed stride that shares a factor with the maps would see some of them only."""
    shape = (64, 16, 28, 28)
    values = (torch.arange(28.0) if by == "column" else torch.arange(16.0)[:, None, None]).expand(shape)
    state = torch.get_rng_state()
    found = sample(values)
    assert torch.equal(torch.get_rng_state(), state)
    assert len(found) == SAMPLE
    assert len(found.unique()) == len(values.unique())
    assert float(found.mean()) == pytest.approx(float(values.mean()), rel=0.02)
    assert torch.equal(found, sample(values))
    few = torch.rand(3, 4)
    assert torch.equal(sample(few), few.flatten())


def test_spreads_are_quantiles_of_what_each_activation_receives(mnist: Mnist) -> None:
    config = tiny(epochs=1)
    trainer = Trainer(config, run_data(mnist, config), [PreActivations(every=3, images=40)])
    history = trainer.run()
    assert [row["step"] for row in history.spreads] == [0, 3]
    assert list(history.spreads[0]) == ["step", "act1", "fc1_act"]
    fresh = Trainer(config, run_data(mnist, config))  # the same seed: the same start
    values = received(fresh.module, fresh.inputs[:40])["act1"]
    wanted = torch.quantile(values.flatten(), torch.tensor(QUANTILES))
    # Of a sample: at 5 and 95% of 5,000 numbers with spread 1 the standard error is 0.03.
    assert history.spreads[0]["act1"] == pytest.approx(wanted.tolist(), abs=0.08)
    per_channel = values.transpose(0, 1).flatten(1)
    torch.testing.assert_close(per_channel.mean(dim=1), torch.zeros(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(per_channel.std(dim=1), torch.ones(3), atol=0.02, rtol=0)
