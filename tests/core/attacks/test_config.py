"""What decides an attack refuses nonsense with a sentence, and survives JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig, AttackSetup
from core.attacks.norms import NORMS
from core.config.errors import ConfigError


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "fgms"}, "The attack must be one of fgsm, bim"),
        ({"epsilon": -0.1}, "ε must lie between 0 and 1 for FGSM"),
        ({"epsilon": 1.01}, "ε must lie between 0 and 1 for FGSM"),
        ({"name": "pgd-l2", "epsilon": 28.1}, "ε must lie between 0 and 28"),
        ({"name": "jsma", "epsilon": 785}, r"ε must lie between 0 and 784 for JSMA \(pixels\)"),
        ({"epsilon": float("nan")}, "it is nan"),
        ({"epsilon": "much"}, "it is 'much'"),
        ({"epsilon": True}, "it is True"),
        ({"settings": {"steps": 3}}, "FGSM has no setting 'steps'; it has none"),
        ({"name": "bim", "settings": {"step": 3}}, "BIM has no setting 'step'; it has steps, step_size"),
        ({"name": "bim", "settings": {"steps": 0}}, "steps must be at least 1"),
        ({"name": "bim", "settings": {"steps": 2.5}}, "steps must be a whole number"),
        ({"name": "bim", "settings": {"steps": 10**6}}, "at most 1000"),
        ({"name": "pgd", "settings": {"step_size": -1}}, "step_size must be at least 0"),
        ({"name": "square", "settings": {"p_init": 0}}, "p_init must be more than 0"),
        ({"name": "jsma", "settings": {"theta": 1.5}}, "theta must be more than 0 and at most 1"),
        ({"name": "carlini-wagner", "settings": {"binary_search_steps": 21}}, "at most 20"),
        ({"restarts": 2}, "is deterministic"),
        ({"name": "pgd", "restarts": 0}, "Restarts must be a whole number from 1 to 100"),
        ({"name": "pgd", "restarts": 101}, "Restarts must be"),
        ({"name": "noise", "target": 3}, "has no targeted form"),
        ({"name": "deepfool", "target": 3}, "has no targeted form"),
        ({"target": 12}, "The target must be a whole number from 0 to 9; it is 12"),
        ({"target": -1}, "The target must be"),
        ({"target": True}, "The target must be"),
        ({"seed": -1}, "The seed must be"),
        ({"seed": 2**31}, "The seed must be"),
    ],
)
def test_nonsense_is_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        AttackConfig(**values)


@pytest.mark.parametrize("name", ATTACKS)
def test_defaults_and_json(name: str) -> None:
    config = AttackConfig(name)
    assert config.budget == ATTACKS[name].epsilon
    assert set(config.settings) == set(ATTACKS[name].settings)
    again = AttackConfig.from_json(config.to_json())
    assert again == config
    largest = AttackConfig(name, NORMS[ATTACKS[name].norm].largest)
    assert AttackConfig.from_json(largest.to_json()) == largest != config


@given(
    values=some.dictionaries(
        some.sampled_from(["name", "epsilon", "settings", "target", "restarts", "seed", "more"]),
        some.one_of(
            some.none(),
            some.booleans(),
            some.integers(),
            some.floats(),
            some.text(max_size=5),
            some.lists(some.integers(), max_size=2),
            some.dictionaries(some.text(max_size=3), some.floats()),
        ),
    )
)
def test_any_json_is_a_config_or_a_sentence(values: dict[str, Any]) -> None:
    try:
        config = AttackConfig.from_json(values)
    except ConfigError:
        return
    assert AttackConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("n", [0, 60_001, 2.5, True])
def test_a_setup_needs_images(n: Any) -> None:
    with pytest.raises(ConfigError, match="Images to attack"):
        AttackSetup("cnn-bn", AttackConfig(), n)


def test_equal_configs_are_one_key():
    named = AttackConfig("pgd", 0.1, {"steps": 20})
    spelled_out = AttackConfig("pgd", 0.1, {"step_size": 0, "steps": 20.0})
    assert {named: "found"}[spelled_out] == "found"
    assert len({named, AttackConfig("pgd", 0.1, {"steps": 21}), AttackConfig("pgd", 0.2, {"steps": 20})}) == 3
    assert AttackConfig.from_json(named.to_json()) == named
