"""Training with a mistake goes through the usual loop; the mistake is all that differs from right code."""

import pytest

from core.backprop.bugs import BUGS
from core.config.errors import ConfigError
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data import bundled
from core.data.examples import RunData
from core.lessons.backprop.planted_bug import Planted, train_with
from core.training.trainer import Trainer

TRAIN, TEST = bundled.train_and_test()
SMALL = {"hidden": (12,), "images": 640, "lr": 0.05}


def short(name: str | None, **changes: object) -> Planted:
    return train_with(BUGS[name] if name else None, TRAIN, TEST, **{**SMALL, **changes})  # type: ignore[arg-type]


def test_without_a_bug_it_is_an_ordinary_run() -> None:
    progress: list[float] = []
    found = short(None, images=len(TRAIN), momentum=0.5, progress=progress.append)
    config = RunConfig(
        "x",
        MLPConfig(hidden=(12,), family="raw"),
        TrainConfig(
            epochs=1, batch_size=64, precision="fp32", optimizer=OptimizerConfig("sgd", {"lr": 0.05, "momentum": 0.5})
        ),
    )
    import torch

    order = torch.randperm(len(TRAIN), generator=torch.Generator().manual_seed(0))
    usual = Trainer(config, RunData(TRAIN.take(order), TEST)).run()
    assert found.loss == pytest.approx([loss for loss in usual.loss if loss is not None], rel=1e-3)
    assert found.accuracy[-1] == pytest.approx(float(usual.epochs[-1]["test_accuracy"] or 0), abs=0.005)
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert found.seen[0] == 0
    assert found.seen[-1] == len(TRAIN)
    assert len(found.seen) == len(found.accuracy) >= 10
    assert found.n == len(TEST)
    low, high = found.ci95
    assert low < found.accuracy[-1] < high


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_changes_the_run_from_where_it_should(name: str) -> None:
    right, wrong = short(None), short(name)
    assert len(right.loss) == len(wrong.loss) == 10
    assert right.loss[0] == wrong.loss[0]  # the same start, the same first batch
    if BUGS[name].where == "update":
        assert right.loss[1] == pytest.approx(wrong.loss[1], rel=1e-6)  # so is the first step
        assert right.loss[2] != pytest.approx(wrong.loss[2], rel=1e-6)
    else:
        assert right.loss[1] != pytest.approx(wrong.loss[1], rel=1e-6)
    assert short(None) == right  # nothing of the bug is left


def test_a_run_that_diverges_ends_there() -> None:
    progress: list[float] = []
    found = short("label", activation="relu", lr=50.0, images=4_000, progress=progress.append)
    assert found.diverged is not None
    assert found.loss[found.diverged - 1] is None
    assert all(loss is not None for loss in found.loss[: found.diverged - 1])
    assert progress == sorted(progress)
    assert len(found.accuracy) >= 1
    assert 0 <= found.accuracy[-1] <= 1


def test_nonsense_gets_a_sentence() -> None:
    with pytest.raises(ConfigError, match="lr"):
        short("mean", lr=-1.0)
    with pytest.raises(ConfigError, match="no training images"):
        short("mean", images=0)
