"""Each image's random numbers are its own."""

import torch
from hypothesis import given
from hypothesis import strategies as some

from core.attacks.per_image_rng import PerImageRNG

PLACES = some.lists(some.integers(0, 10**6), min_size=1, max_size=6, unique=True)
SEEDS = some.integers(0, 2**31 - 1)


@given(seed=SEEDS, places=PLACES, restart=some.integers(0, 99))
def test_alone_is_as_together(seed: int, places: list[int], restart: int) -> None:
    for draw in (PerImageRNG.uniform, PerImageRNG.normal):
        together = draw(PerImageRNG(seed, torch.tensor(places), restart), "x", 2, 3)
        assert together.shape == (len(places), 2, 3)
        for row, place in enumerate(places):
            alone = draw(PerImageRNG(seed, torch.tensor([place]), restart), "x", 2, 3)
            assert torch.equal(alone[0], together[row])


@given(seed=SEEDS, place=some.integers(0, 10**6), restart=some.integers(0, 98))
def test_anything_else_gives_other_numbers(seed: int, place: int, restart: int) -> None:
    def drawn(seed: int, place: int, restart: int, purpose: str = "x") -> torch.Tensor:
        return PerImageRNG(seed, torch.tensor([place]), restart).uniform(purpose, 8)

    first = drawn(seed, place, restart)
    others = [
        drawn(seed + 1, place, restart),
        drawn(seed, place + 1, restart),
        drawn(seed, place, restart + 1),
        drawn(seed, place, restart, "y"),
    ]
    assert not any(torch.equal(first, other) for other in others)
    assert torch.equal(first, drawn(seed, place, restart))


def test_they_are_spread_as_they_should_be() -> None:
    draws = PerImageRNG(0, torch.arange(2000))
    uniform, normal = draws.uniform("u"), draws.normal("n", 3)
    assert uniform.shape == (2000,)
    assert 0 <= float(uniform.min()) < 0.01
    assert 0.99 < float(uniform.max()) < 1
    assert abs(float(uniform.mean()) - 0.5) < 0.03
    assert abs(float(normal.mean())) < 0.05
    assert abs(float(normal.std()) - 1) < 0.05
    assert abs(float(torch.corrcoef(normal.T)[0, 1])) < 0.1


def test_kind_of_number_and_no_images() -> None:
    draws = PerImageRNG(0, torch.arange(2), dtype=torch.float64)
    assert draws.uniform("u", 4).dtype == torch.float64
    assert torch.equal(draws.uniform("u", 4).float(), PerImageRNG(0, torch.arange(2)).uniform("u", 4))
    assert PerImageRNG(0, torch.arange(0)).uniform("u", 3).shape == (0, 3)
