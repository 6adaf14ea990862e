"""Short runs and the sweep over learning rates: fair pairs, the shared trainer, honest counting."""

from dataclasses import replace

import pytest
import torch

from core.config.errors import ConfigError
from core.config.run import CNNConfig
from core.data import load
from core.data.digits import Mnist
from core.data.examples import RunData
from core.lessons.cnn.activation_drift import drift
from core.lessons.cnn.rate_sweep import RATES, SEEDS, WITH, WITHOUT, Trial, course_pair, frozen_pair, gather, trials
from core.recipes.texts import RECIPES
from core.training.short_training import MEASURED, ShortScore, short_run
from core.training.trainer import Trainer, initial_network

COURSE = {name: RECIPES[name].config for name in (WITH, WITHOUT)}


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


TINY = CNNConfig(channels=(2,), kernels=(3,), strides=(3,), paddings=(0,), pools=("max",), hidden=())


def test_the_pair_differs_in_batch_norm_alone() -> None:
    for convolutions in range(1, 7):
        pair = course_pair(COURSE, convolutions, lr=0.1, seed=5)
        ours, theirs = pair[WITH].cnn, pair[WITHOUT].cnn
        assert ours == replace(theirs, batch_norm=True)
        assert pair[WITH].train == pair[WITHOUT].train
        assert pair[WITH].train.precision == "fp32"
        assert len(ours.channels) == convolutions
        start = [dict(initial_network(config).named_parameters()) for config in pair.values()]
        for name, tensor in start[1].items():
            assert torch.equal(tensor, start[0][name]), name
    three = course_pair(COURSE)
    assert all(three[name].model == RECIPES[name].config.model for name in three)
    with pytest.raises(ConfigError, match="number of convolutions"):
        course_pair(COURSE, 7)


def test_a_short_run_is_an_ordinary_run_on_some_images(mnist: Mnist) -> None:
    config = replace(RECIPES["cnn-bn"].config, model=TINY).with_settings({"seed": 2, "epochs": 5})
    progress: list[float] = []
    score = short_run(config, mnist, images=700, progress=progress.append)
    drawn = torch.randperm(4000, generator=torch.Generator().manual_seed(2))[:700]
    once = config.with_settings({"epochs": 1, "precision": "fp32", "threads": 1})
    trainer = Trainer(once, RunData(mnist.train, mnist.test, train_places=drawn))
    row = trainer.run().epochs[-1]
    assert score == ShortScore(row["test_accuracy"], min(MEASURED, 1000))
    assert progress == sorted(progress)
    assert 0 < progress[-1] <= 1
    low, high = score.ci95
    assert low < (score.accuracy or 0) < high


def test_a_run_that_diverges_has_no_accuracy(mnist: Mnist) -> None:
    model = replace(
        TINY,
        channels=(2, 2),
        kernels=(3, 3),
        strides=(3, 1),
        paddings=(0, 0),
        pools=("none", "none"),
        hidden=(20, 20),
        activation="leaky-relu",
    )
    config = replace(RECIPES["cnn-nobn"].config, model=model).with_settings(
        {"lr": 10.0, "momentum": 0.99, "init": "normal"}
    )
    score = short_run(config, mnist, images=4000)
    assert score.accuracy is None
    assert score.ci95 == (0.0, 1.0)


def test_a_stop_from_outside_ends_it(mnist: Mnist) -> None:
    class Stop(BaseException):
        pass

    def stop(share: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        short_run(replace(RECIPES["cnn-bn"].config, model=TINY), mnist, images=2000, progress=stop)


def test_every_trial_once_and_the_first_seed_first() -> None:
    found = list(trials())
    assert len(set(found)) == len(found) == 2 * len(RATES) * len(SEEDS)
    assert {trial.seed for trial in found[: 2 * len(RATES)]} == {SEEDS[0]}


def test_seeds_are_gathered_and_divergence_counts_as_guessing() -> None:
    scores = {
        Trial(WITH, 0.1, 0): ShortScore(0.9, 100),
        Trial(WITH, 0.1, 1): ShortScore(0.7, 100),
        Trial(WITH, 0.02, 0): ShortScore(None, 100),
        Trial(WITHOUT, 0.1, 0): ShortScore(0.2, 100),
    }
    found = gather(scores, WITH)
    assert list(found) == [0.02, 0.1]
    assert (found[0.1].mean, found[0.1].low, found[0.1].high, found[0.1].runs) == (pytest.approx(0.8), 0.7, 0.9, 2)
    assert (found[0.02].mean, found[0.02].diverged) == (0.1, 1)


def test_frozen_kernels_stay_and_the_rest_learns(mnist: Mnist) -> None:
    config = course_pair(COURSE, 1)[WITH].with_settings({"epochs": 1, "lr": 0.05})
    pair = frozen_pair(replace(config, model=replace(TINY, batch_norm=True)))
    after = {}
    data = RunData(mnist.train, mnist.test, train_places=torch.arange(300))
    for name, run in pair.items():
        trainer = Trainer(run, data)
        before = {key: value.clone() for key, value in trainer.module.state_dict().items()}
        trainer.run()
        after[name] = {key: not torch.equal(value, before[key]) for key, value in trainer.module.state_dict().items()}
    assert after["trained"]["layers.conv1.weight"]
    assert not after["random"]["layers.conv1.weight"]
    assert not after["random"]["layers.conv1.bias"]
    assert after["random"]["layers.norm1.weight"]
    assert after["random"]["layers.out.weight"]


def test_drift_is_the_range_at_the_first_and_the_last_finite_look() -> None:
    rows = [
        {"step": 0, "act1": [-1.0, 0.0, 0.0, 0.0, 1.0]},
        {"step": 50, "act1": [-2.0, 0.0, 0.0, 0.0, 4.0]},
        {"step": 100, "act1": [None] * 5},
    ]
    found = drift(rows, "act1")
    assert (found.start, found.end, found.factor) == (2.0, 6.0, 3.0)
    assert drift(rows[:1], "act1") is None
    assert drift(rows, "act9") is None
