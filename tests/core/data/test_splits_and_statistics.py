"""Splits repeat and do not leak; statistics agree with their definitions."""

import pytest
import torch

from core.config.errors import ConfigError
from core.data import Digits, bundled
from core.data.splits import lab_split, permute_pixels, pixel_permutation, validation_split
from core.data.statistics import class_counts, class_means, class_stds, mean_std, pixel_histogram
from core.models.threads import one_thread


@pytest.fixture(scope="module")
def train() -> Digits:
    return bundled.train_and_test()[0]


def test_lab_split_is_first_and_last_half() -> None:
    test = bundled.train_and_test()[1]
    validation, rest = lab_split(test)
    assert torch.equal(torch.cat([validation.images, rest.images]), test.images)
    assert len(validation) == len(rest) == 500


def test_validation_split_is_stratified_disjoint_and_repeatable(train: Digits) -> None:
    kept, validation = validation_split(train, 0.1, seed=3)
    assert class_counts(validation.labels).tolist() == [40] * 10
    assert class_counts(kept.labels).tolist() == [360] * 10
    again = validation_split(train, 0.1, seed=3)[1]
    other = validation_split(train, 0.1, seed=4)[1]
    assert torch.equal(validation.images, again.images)
    assert not torch.equal(validation.images, other.images)
    together = torch.cat([kept.images, validation.images]).flatten(1)
    assert len(together.unique(dim=0)) == len(train)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_outside_0_and_1_is_refused(train: Digits, fraction: float) -> None:
    with pytest.raises(ConfigError):
        validation_split(train, fraction, seed=0)


def test_pixels_move_but_do_not_change(train: Digits) -> None:
    few = train.take(slice(0, 5))
    shuffled = permute_pixels(few, seed=1)
    assert not torch.equal(shuffled.images, few.images)
    back = torch.empty_like(few.images.flatten(1))
    back[:, pixel_permutation(1)] = shuffled.images.flatten(1)
    assert torch.equal(back.view_as(few.images), few.images)


def test_statistics_by_their_definitions(train: Digits) -> None:
    mean, std = mean_std(train.images)
    pixels = train.images.double()
    assert mean == pytest.approx(pixels.mean().item(), abs=1e-6)
    assert std == pytest.approx(pixels.std().item(), abs=1e-6)
    sevens = pixels[train.labels == 7, 0]
    torch.testing.assert_close(class_means(train)[7].double(), sevens.mean(0), atol=1e-6, rtol=0)
    torch.testing.assert_close(class_stds(train)[7].double(), sevens.std(0, correction=0), atol=1e-6, rtol=0)
    edges, share = pixel_histogram(train.images, bins=16)
    assert (len(edges), len(share)) == (17, 16)
    assert float(share.sum()) == pytest.approx(1)


def test_more_pixels_than_float32_can_count() -> None:
    pixels = torch.zeros(22_000, 1, 28, 28)  # 17.2 million; float32 counts to 2²⁴ = 16.8 million
    pixels[:10] = 1.0
    with one_thread():  # several threads count a part each and go wrong later
        _, share = pixel_histogram(pixels)
    assert share[0].item() == pytest.approx(1 - 10 / 22_000, rel=1e-6)
    assert share[-1].item() == pytest.approx(10 / 22_000, rel=1e-6)
    assert mean_std(pixels)[0] == pytest.approx(10 / 22_000, rel=1e-6)


def test_a_class_without_images_is_blank(train: Digits) -> None:
    without = train.take(train.labels != 4)
    assert class_counts(without.labels)[4] == 0
    assert class_means(without)[4].abs().sum() == 0
    assert class_stds(without)[4].abs().sum() == 0


@pytest.mark.full
def test_mean_and_deviation_of_the_real_training_images() -> None:
    from core.data import load

    mean, std = mean_std(load("full").train.images)
    assert mean == pytest.approx(0.1307, abs=2e-4)
    assert std == pytest.approx(0.3081, abs=2e-4)
