"""Faults in the training digits: how many, which, and that the test digits stay as they are."""

import json

import pytest
import torch

from core.config.digits import DigitsConfig
from core.config.errors import ConfigError
from core.config.run import RunConfig
from core.data import load
from core.data.corruption import corrupt
from core.recipes.texts import RECIPES
from core.training.run_data import run_data
from core.training.trainer import new_trainer

SMALL = load("small")
TRAIN = SMALL.train


def test_without_faults_nothing_is_copied() -> None:
    found = corrupt(TRAIN, DigitsConfig())
    assert found.digits.images is TRAIN.images
    assert found.digits.labels is TRAIN.labels
    assert found.places.tolist() == list(range(len(TRAIN)))
    assert not found.flipped.any()
    data = run_data(SMALL, RECIPES["mlp-autograd"].config)
    assert data.train is TRAIN
    assert data.train_places is None


@pytest.mark.parametrize("share", [0.01, 0.2, 1.0])
def test_flipped_labels_are_that_many_and_all_wrong(share: float) -> None:
    found = corrupt(TRAIN, DigitsConfig(flipped=share))
    assert int(found.flipped.sum()) == round(share * len(TRAIN))
    assert torch.equal(found.digits.labels != TRAIN.labels, found.flipped)
    assert torch.equal(found.true, TRAIN.labels)
    if share == 1:  # each of the nine others comes about equally often
        shift = (found.digits.labels - TRAIN.labels) % 10
        assert torch.bincount(shift, minlength=10)[1:].min() > 0.8 * len(TRAIN) / 9


def test_a_rare_digit_and_a_smaller_set() -> None:
    found = corrupt(TRAIN, DigitsConfig(share=0.5, rare=7, rare_share=0.1))
    counts = torch.bincount(TRAIN.labels[found.places], minlength=10)
    whole = torch.bincount(TRAIN.labels, minlength=10)
    for digit in range(10):
        expected = round(0.5 * (0.1 if digit == 7 else 1.0) * int(whole[digit]))
        assert int(counts[digit]) == expected
    assert found.places.tolist() == sorted(set(found.places.tolist()))


def test_noise_stays_in_range_and_leaves_the_data_alone() -> None:
    before = TRAIN.images[:50].clone()
    found = corrupt(TRAIN, DigitsConfig(pixel_noise=0.5))
    assert found.digits.images.min() >= 0
    assert found.digits.images.max() <= 1
    assert 0.1 < (found.digits.images - TRAIN.images).std() < 0.5
    assert torch.equal(before, TRAIN.images[:50])


def test_faults_repeat_and_do_not_disturb_each_other() -> None:
    one, two = (corrupt(TRAIN, DigitsConfig(flipped=0.1, pixel_noise=n)) for n in (0.0, 0.3))
    assert torch.equal(one.flipped, two.flipped)
    assert not torch.equal(one.flipped, corrupt(TRAIN, DigitsConfig(flipped=0.1, faults_seed=1)).flipped)


def test_a_run_learns_from_what_is_left_and_is_tested_on_what_is_true() -> None:
    config = RECIPES["linear-softmax"].config.with_settings(
        {"epochs": 1, "share": 0.25, "flipped": 0.4, "rare": 3, "validation": 0.2}
    )
    data = run_data(SMALL, config)
    assert data.test is SMALL.test
    assert not set(data.train_places.tolist()) & set(data.validation_places.tolist())
    used = set(corrupt(TRAIN, config.faults).places.tolist())
    assert set(data.train_places.tolist()) | set(data.validation_places.tolist()) == used
    trainer = new_trainer(config, SMALL, torch.device("cpu"))
    trainer.run()
    assert trainer.n == len(data.train_places)
    plain = new_trainer(config.with_settings({"flipped": 0.0}), SMALL, torch.device("cpu"))
    plain.run()
    assert plain.history.last("train_accuracy") > trainer.history.last("train_accuracy") + 0.15


def test_json_and_nonsense() -> None:
    config = RECIPES["cnn-bn"].config.with_settings({"flipped": 0.1, "rare": 2})
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    assert "data" not in RECIPES["cnn-bn"].config.to_json()
    with pytest.raises(ConfigError, match="wrong labels"):
        DigitsConfig(flipped=1.5)
    with pytest.raises(ConfigError, match="rare digit"):
        DigitsConfig(rare=12)
