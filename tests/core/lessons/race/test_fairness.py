"""Fingerprints tell lanes that start alike from lanes that do not."""

from dataclasses import replace

import pytest
import torch

from core.config.race import Lane, RaceConfig
from core.data import load
from core.data.digits import Mnist
from core.lessons.race.fairness import LENGTH, LaneStart, fingerprint, lane_starts, same_start
from core.lessons.race.race import Race
from core.lessons.race.race_lanes import chapter_lanes
from core.recipes.texts import RECIPES


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    whole = load("small")
    return replace(whole, train=whole.train.take(slice(0, 300)), test=whole.test.take(slice(0, 50)))


def config(**changes: object) -> RaceConfig:
    settings = {"epochs": 1, "activation": "relu", "validation": 0.1, "batch_size": 32, **changes}
    return RaceConfig(RECIPES["mlp-autograd"].config.with_settings(settings), chapter_lanes(), (0, 1))


def test_a_fingerprint_changes_with_one_bit() -> None:
    a = torch.zeros(1000)
    b = a.clone()
    assert fingerprint(a) == fingerprint(b)
    b[617] = 1e-45  # the smallest number there is
    assert fingerprint(a) != fingerprint(b)
    assert fingerprint(a, b) != fingerprint(b, a)


def test_lanes_of_a_seed_start_alike_and_seeds_do_not(mnist: Mnist) -> None:
    first, second = (lane_starts(config(), mnist, seed) for seed in (0, 1))
    assert [start.lane for start in first] == ["SGD", "RMSprop", "Adam"]
    assert same_start(first)
    assert same_start(second)
    assert first[0].weights != second[0].weights
    assert first[0].order != second[0].order
    assert first[0].images == 270


@pytest.mark.parametrize("recipe", ["mlp-deep", "cnn-lab", "linear-softmax"])
def test_every_kind_of_network_has_its_fingerprints(recipe: str, mnist: Mnist) -> None:
    base = RECIPES[recipe].config.with_settings({"epochs": 1, "split": "none", "validation": 0.1})
    assert same_start(lane_starts(RaceConfig(base, chapter_lanes()), mnist, 0))


def test_they_are_those_of_the_race_itself(mnist: Mnist) -> None:
    race = Race(config(), mnist)
    starts = lane_starts(config(), mnist, 0)
    rounds = race.advance()
    next(rounds)
    for start in starts:
        order = race.trainers[start.lane].order
        assert fingerprint(order) == start.order
        assert tuple(order[:32].tolist()) == start.first
    rounds.close()


def test_what_is_unfair_is_found(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lane with a seed of its own: the fingerprints must betray it."""
    ours = config()
    seeds = iter((0, 0, 5))

    class Unfair(RaceConfig):
        def run(self, lane: Lane, seed: int):  # type: ignore[no-untyped-def]
            return super().run(lane, next(seeds))

    starts = lane_starts(Unfair(ours.base, ours.lanes, ours.seeds), mnist, 0)
    assert not same_start(starts)
    assert starts[0].weights == starts[1].weights != starts[2].weights


def test_a_race_of_no_epochs_has_starts_and_shows_no_images(mnist: Mnist) -> None:
    starts = lane_starts(config(epochs=0), mnist, 0)
    assert [(start.images, start.first) for start in starts] == [(0, ())] * 3
    assert same_start(starts)


def test_one_difference_is_enough() -> None:
    a = LaneStart("a", "1", "2", (0,), 1)
    assert same_start([a, replace(a, lane="b")])
    assert not same_start([a, replace(a, lane="b", order="3")])
    assert len(fingerprint(torch.zeros(1))) == LENGTH
