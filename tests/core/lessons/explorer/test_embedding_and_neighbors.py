"""Maps, neighbors, the baseline and the odd ones, each against its definition."""

import pytest
import torch

from core.data import Digits, bundled, load
from core.data.statistics import class_counts
from core.lessons.explorer import outliers
from core.lessons.explorer.embedding import balanced_sample, pca_map, tsne_map
from core.lessons.explorer.neighbors import nearest
from core.models.inspect import nearest_centroid


@pytest.fixture(scope="module")
def train() -> Digits:
    return bundled.train_and_test()[0]


@pytest.fixture(scope="module")
def test() -> Digits:
    return bundled.train_and_test()[1]


def test_a_sample_is_balanced_and_repeats(train: Digits) -> None:
    sample = balanced_sample(train, 200, seed=5)
    assert class_counts(train.labels[sample]).tolist() == [20] * 10
    assert torch.equal(sample, balanced_sample(train, 200, seed=5))
    assert not torch.equal(sample, balanced_sample(train, 200, seed=6))


def test_pca_agrees_with_the_singular_values(train: Digits) -> None:
    images = train.images[:300]
    found = pca_map(images, 3)
    flat = images.flatten(1).double()
    values = torch.linalg.svdvals(flat - flat.mean(dim=0))
    share = values**2 / (values**2).sum()
    assert found.points.shape == (300, 3)
    assert found.explained == pytest.approx(share[:3].tolist(), rel=1e-6)
    assert (found.points == pca_map(images, 3).points).all()


def test_tsne_repeats_and_keeps_digits_together(train: Digits) -> None:
    chosen = train.take(balanced_sample(train, 200))
    found = tsne_map(chosen.images, perplexity=15)
    assert found.points.shape == (200, 2)
    assert (found.points == tsne_map(chosen.images, perplexity=15).points).all()
    places = torch.from_numpy(found.points)
    distances = torch.cdist(places, places).fill_diagonal_(torch.inf)
    same = chosen.labels[distances.argmin(dim=1)] == chosen.labels
    assert float(same.float().mean()) > 0.7


def test_neighbors_are_those_of_brute_force(train: Digits) -> None:
    found = nearest(train.images[7], train, count=8, leave_out=7)
    differences = (train.images.double() - train.images[7].double()).flatten(1)
    exact = differences.square().sum(dim=1).sqrt()
    exact[7] = torch.inf
    values, places = exact.topk(8, largest=False)
    assert found.positions.tolist() == places.tolist()
    torch.testing.assert_close(found.distances.double(), values, rtol=1e-5, atol=1e-5)
    assert torch.equal(found.labels, train.labels[places])


def test_a_distance_counts_flipped_pixels() -> None:
    images = torch.zeros(2, 1, 28, 28)
    images[1, 0, :7, :7] = 1
    pair = Digits(images, torch.tensor([0, 1]))
    found = nearest(images[0], pair, count=5)
    assert found.positions.tolist() == [0, 1]
    assert found.distances.tolist() == [0.0, 7.0]


def test_the_vote_goes_to_the_nearest_of_equals() -> None:
    digits = Digits(torch.rand(4, 1, 28, 28), torch.tensor([3, 5, 5, 3]))
    found = nearest(digits.images[2], digits, count=4)
    assert found.vote() == 5
    assert found.shares().tolist() == [0, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 0]


def test_the_baseline_by_its_definition(train: Digits, test: Digits) -> None:
    model = nearest_centroid.fit(train)
    threes = train.images[train.labels == 3, 0].mean(dim=0)
    torch.testing.assert_close(model.means[3], threes)
    baseline = nearest_centroid.score(model, test)
    right = (model.predict(test.images) == test.labels).sum()
    assert baseline.correct == int(right)
    assert baseline.confusion.sum(dim=1).tolist() == [100] * 10
    assert 0.7 < baseline.accuracy < 0.9
    low, high = baseline.ci95
    assert low < baseline.accuracy < high


def test_more_images_make_a_better_baseline_and_seeds_repeat(train: Digits, test: Digits) -> None:
    one = nearest_centroid.score(nearest_centroid.fit(train, per_class=1, seed=2), test)
    hundred = nearest_centroid.score(nearest_centroid.fit(train, per_class=100, seed=2), test)
    assert one.accuracy < hundred.accuracy
    assert torch.equal(nearest_centroid.fit(train, 1, seed=2).means, nearest_centroid.fit(train, 1, seed=2).means)


@pytest.mark.full
def test_the_baseline_of_the_real_mnist_is_82_percent() -> None:
    data = load("full")
    baseline = nearest_centroid.score(nearest_centroid.fit(data.train), data.test)
    assert baseline.accuracy == pytest.approx(0.82, abs=0.005)


def test_outliers_are_farthest_from_their_own_mean(train: Digits) -> None:
    found = outliers.farthest(train, 4, count=6)
    fours = train.images[train.labels == 4, 0]
    distances = (fours - fours.mean(dim=0)).flatten(1).norm(dim=1).sort(descending=True).values
    torch.testing.assert_close(found.distances, distances[:6], rtol=1e-3, atol=1e-3)
    assert (train.labels[found.positions] == 4).all()
    assert set(found.nearer.tolist()) <= set(range(10))


def test_pairs_are_those_of_brute_force_across_chunks(train: Digits) -> None:
    found = outliers.closest_pairs(train, 7, count=5, chunk=90)
    places = train.of_class(7)
    rows = train.images[places].flatten(1).double()
    distances = torch.cdist(rows, rows)
    upper = distances + torch.full_like(distances, torch.inf).tril()
    values, flat = upper.flatten().topk(5, largest=False)
    assert found.positions.tolist() == [
        [int(places[i // len(rows)]), int(places[i % len(rows)])] for i in flat.tolist()
    ]
    torch.testing.assert_close(found.distances.double(), values, rtol=1e-4, atol=1e-4)


def test_a_planted_copy_is_found() -> None:
    images = torch.rand(30, 1, 28, 28)
    images[20] = images[3]
    found = outliers.closest_pairs(Digits(images, torch.zeros(30, dtype=torch.int64)), 0, count=1)
    assert found.positions.tolist() == [[3, 20]]
    assert found.distances.tolist() == [0.0]
