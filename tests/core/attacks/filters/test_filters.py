"""Filters before a network: what they do to pictures, to gradients, and that nothing else changes."""

import numpy as np
import pytest
import torch
from scipy.ndimage import median_filter
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.filters import FILTERS
from core.attacks.filters.config import FilteredNetwork
from core.attacks.run import attack
from core.config.errors import ConfigError


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).eval()


@pytest.fixture
def images() -> Tensor:
    return torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def slope(network: nn.Module, images: Tensor) -> Tensor:
    x = images.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(nn.functional.cross_entropy(network(x), torch.arange(6)), x)
    return gradient


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_keeps_shape_and_says_what_it_is(name: str, images: Tensor) -> None:
    entry = FILTERS[name]
    assert entry.default in entry.strengths
    assert entry.title
    assert entry.idea
    assert entry.paper
    for strength in entry.strengths:
        assert entry.make(strength)(images).shape == images.shape
    for wrong in (-1, 1e9, float("nan"), True):
        with pytest.raises(ConfigError, match=entry.title):
            entry.make(wrong)


@pytest.mark.parametrize("name", FILTERS)
def test_network_and_weights_are_its_own_and_untouched(name: str, images: Tensor) -> None:
    network = linear()
    kept = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    whole = FilteredNetwork(network, FILTERS[name].make(FILTERS[name].default))
    assert not whole.training
    attack(whole, images, torch.arange(6), AttackConfig("pgd", 0.1, {"steps": 2}))
    assert all(torch.equal(kept[key], tensor) for key, tensor in network.state_dict().items())
    assert all(weight.grad is None for weight in network.parameters())


def test_few_grays_are_the_nearest_and_have_no_gradient(images: Tensor) -> None:
    levels = np.linspace(0, 1, 4)
    seen = FILTERS["quantize"].make(4)(images).numpy()
    nearest = levels[np.abs(images.numpy()[..., None] - levels).argmin(-1)]
    np.testing.assert_allclose(seen, nearest, atol=1e-6)
    whole = FilteredNetwork(linear(), FILTERS["quantize"].make(4))
    assert slope(whole, images).abs().max() == 0
    straight = FilteredNetwork(whole.network, whole.filter, straight_through=True)
    assert torch.allclose(straight(images), whole(images), atol=1e-5), "forwards the same"
    assert torch.allclose(slope(straight, images), slope(linear(), torch.tensor(seen)), atol=1e-7)


@pytest.mark.parametrize("side", [1, 3, 5])
def test_median_is_scipys(side: int, images: Tensor) -> None:
    ours = FILTERS["median"].make(side)(images)[:, 0].numpy()
    theirs = np.stack([median_filter(image, side, mode="constant") for image in images[:, 0].numpy()])
    np.testing.assert_array_equal(ours, theirs)


def test_noise_is_new_each_time_the_same_from_its_seed_and_of_the_right_size() -> None:
    black = torch.zeros(50, 1, 28, 28)
    first, again, other = (FILTERS["noise"].make(0.2, seed) for seed in (3, 3, 4))
    once = first(black)
    assert not torch.equal(once, first(black))
    assert torch.equal(once, again(black))
    assert not torch.equal(once, other(black))
    assert float(once.std()) == pytest.approx(0.2, rel=0.02)
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first(black)
    assert torch.equal(state, torch.get_rng_state()), "the process-wide generator is left alone"
