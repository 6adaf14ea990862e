"""The controls in L2 and L0: as large as ε allows, in range, and not looking at the network."""

import pytest
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.data import load

CONTROLS = [name for name, entry in ATTACKS.items() if entry.access == "nothing"]


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    test = load("small").test
    return test.images[:12], test.labels[:12]


def net(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def test_every_norm_has_one() -> None:
    assert sorted(ATTACKS[name].norm for name in CONTROLS) == sorted(NORMS)


@pytest.mark.parametrize(
    ("name", "epsilon"), [("noise-l2", 0.5), ("noise-l2", 3.0), ("noise-l0", 7), ("noise-l0", 784)]
)
def test_the_whole_budget_is_spent(name: str, epsilon: float, digits: tuple[Tensor, Tensor]) -> None:
    images, labels = digits
    made = attack(net(0), images, labels, AttackConfig(name, epsilon))
    sizes = NORMS[ATTACKS[name].norm].size(made - images)
    assert torch.allclose(sizes, torch.full_like(sizes, float(epsilon)), rtol=0.01)
    assert made.min() >= 0
    assert made.max() <= 1
    change = made - images
    assert epsilon == 784 or not torch.equal(change[0], change[1])


@pytest.mark.parametrize("name", CONTROLS)
def test_the_network_makes_no_difference_and_neither_does_the_company(name: str, digits: tuple[Tensor, Tensor]) -> None:
    images, labels = digits
    config = AttackConfig(name)
    once = attack(net(0), images, labels, config)
    assert torch.equal(once, attack(net(1), images, labels, config))
    parts = [attack(net(0), images[p], labels[p], config, places=p) for p in torch.arange(12).split(5)]
    assert torch.equal(once, torch.cat(parts))
    assert not torch.equal(once, attack(net(0), images, labels, AttackConfig(name, seed=1)))
