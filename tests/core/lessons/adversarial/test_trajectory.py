"""The way of an attack is the attack's own: same steps, same end."""

import math

import pytest
import torch
from torch.nn import functional

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.lessons.adversarial.trajectory import attack_path
from tests.core.attacks.small_nets import linear, some_digits


@pytest.mark.parametrize("name", ATTACKS)
def test_path_runs_from_its_start_to_what_attack_returns(name: str) -> None:
    images, labels = some_digits()
    model, entry = linear(), ATTACKS[name]
    config = AttackConfig(name, None, {"steps": 6} if "steps" in entry.settings else {}, seed=3)
    path = attack_path(model, images[4], int(labels[4]), config, place=4)
    made = attack(model, images[4:5], labels[4:5], config, places=torch.tensor([4]))[0]
    assert path[0].step == 0
    assert [m.step for m in path] == sorted({m.step for m in path})
    if entry.bounded:
        assert torch.equal(path[-1].image, made)
    for moment in path:
        change = (moment.image - images[4]).flatten()
        outputs = model(moment.image[None]).detach()
        assert moment.linf == pytest.approx(float(change.abs().max()))
        assert moment.l2 == pytest.approx(float(change.norm()))
        assert moment.l0 == int((change.abs() > 1e-4).sum())
        assert moment.loss == pytest.approx(float(functional.cross_entropy(outputs, labels[4:5])), rel=1e-4)
        assert torch.allclose(moment.probabilities, outputs.softmax(1)[0].float(), atol=1e-6)
        assert moment.read == int(outputs.argmax())


def test_of_several_tries_the_one_that_won() -> None:
    images, labels = some_digits()
    config = AttackConfig("pgd", 0.05, {"steps": 3}, restarts=4)
    for place in range(len(images)):
        path = attack_path(linear(), images[place], int(labels[place]), config, place=place)
        made = attack(linear(), images[[place]], labels[[place]], config, places=torch.tensor([place]))
        assert torch.equal(path[-1].image, made[0])
        assert len(path) == 4


def test_target_loss_falls() -> None:
    images, labels = some_digits()
    target = (int(labels[0]) + 1) % 10
    path = attack_path(linear(), images[0], int(labels[0]), AttackConfig("bim", 0.3, target=target))
    assert path[-1].loss < path[0].loss
    assert path[-1].probabilities[target] > path[0].probabilities[target]
    assert path[0].loss == pytest.approx(-math.log(float(path[0].probabilities[target])), rel=1e-4)


def test_long_paths_are_thinned_and_no_budget_is_no_way() -> None:
    images, labels = some_digits()
    config = AttackConfig("bim", 0.2, {"steps": 100})
    path = attack_path(linear(), images[0], int(labels[0]), config, most=5)
    assert [m.step for m in path] == [0, 25, 50, 75, 100]
    (only,) = attack_path(linear(), images[0], int(labels[0]), AttackConfig("bim", 0))
    assert (only.step, only.linf, only.l2, only.l0) == (0, 0, 0, 0)
