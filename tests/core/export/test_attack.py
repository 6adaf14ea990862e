"""The code of an attack must run as it stands and do what the attack does."""

import pytest
import torch
from torch import Tensor, nn

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.export.attack import attack_code, inner_code
from tests.core.attacks.small_nets import linear, some_digits


@pytest.fixture(scope="module")
def model() -> nn.Module:
    return linear().float()


@pytest.fixture(scope="module")
def digit() -> tuple[Tensor, int]:
    images, labels = some_digits(3)
    return images[1].float(), int(labels[1])


def execute(config: AttackConfig, model: nn.Module, digit: tuple[Tensor, int]) -> Tensor:
    torch.manual_seed(0)
    space = {"model": model, "image": digit[0], "label": digit[1]}
    exec(attack_code(config), space)  # our own text, shown to students
    made: Tensor = space["adversarial"]  # type: ignore[assignment]
    assert made.shape == (1, 1, 28, 28)
    assert not made.requires_grad
    return made


SAME = [
    AttackConfig("fgsm", 0.1),
    AttackConfig("fgsm", 0.3, target=2),
    AttackConfig("bim", 0.15),
    AttackConfig("bim", 0.15, {"steps": 3, "step_size": 0.1}, target=5),
]


@pytest.mark.parametrize("config", SAME, ids=lambda config: f"{config.name} to {config.target}")
def test_plain_code_makes_the_same_image_as_ours(
    config: AttackConfig, model: nn.Module, digit: tuple[Tensor, int]
) -> None:
    ours = attack(model, digit[0][None], torch.tensor([digit[1]]), config)
    assert torch.allclose(execute(config, model, digit), ours, atol=1e-6)
    assert not torch.equal(ours[0], digit[0])


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attacks_code_runs_and_stays_within_epsilon(
    name: str, model: nn.Module, digit: tuple[Tensor, int]
) -> None:
    entry = ATTACKS[name]
    steps = {"steps": 5} if "steps" in entry.settings else {}
    target = (digit[1] + 1) % 10 if entry.targeted else None
    for config in (AttackConfig(name, settings=steps), AttackConfig(name, settings=steps, target=target)):
        made = execute(config, model, digit)
        assert float(made.min()) >= 0
        assert float(made.max()) <= 1
        assert bool(NORMS[entry.norm].within(made - digit[0], config.budget))
        if not entry.code:
            ours = attack(model, digit[0][None], torch.tensor([digit[1]]), config)
            assert torch.equal(made, ours)


def test_iterated_code_climbs(model: nn.Module, digit: tuple[Tensor, int]) -> None:
    label = torch.tensor([digit[1]])
    before = nn.functional.cross_entropy(model(digit[0][None]), label)
    for name in ("fgsm", "bim", "pgd", "pgd-l2"):
        made = execute(AttackConfig(name), model, digit)
        assert nn.functional.cross_entropy(model(made), label) > before


@pytest.mark.parametrize("name", ATTACKS)
def test_where_only_a_call_is_shown_the_lines_that_work_are_shown_too(name: str) -> None:
    inner = inner_code(AttackConfig(name))
    called = "from core.attacks.run import attack" in attack_code(AttackConfig(name))
    assert (inner is not None) == called
    if inner is not None:
        assert inner[0].startswith("core/attacks/")
        assert inner[1].startswith(f"def {ATTACKS[name].make.__name__}(context: AttackContext)")


def test_restarts_and_targets_are_told() -> None:
    assert "of 5 keep the one that climbs highest" in attack_code(AttackConfig("pgd", restarts=5))
    text = attack_code(AttackConfig("square", target=3, restarts=2))
    assert "target=3," in text
    assert "restarts=2," in text
