"""`python -m core attack`: one row of numbers that can be counted again, mistakes as sentences."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from core.__main__ import main
from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.data import load
from core.lessons.adversarial.result import judge
from core.models import build_module
from core.models.trained_network import load_shipped
from core.recipes.texts import RECIPES
from core.storage.checkpoints import save_checkpoint

KEYS = {"attack", "eps", "steps", "restarts", "n", "clean_accuracy", "adversarial_accuracy", "max_linf", "seconds"}


@pytest.fixture(autouse=True)
def on_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DEVICE", "cpu")


def row(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["attack", *words, "--data", "small", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_numbers_are_those_of_the_attack(capsys: pytest.CaptureFixture[str]) -> None:
    found = row(
        capsys,
        "mlp-module",
        "--attack",
        "pgd",
        "--eps",
        "0.1",
        "--steps",
        "5",
        "--step-size",
        "0.04",
        "--restarts",
        "2",
        "--n",
        "250",
        "--seed",
        "3",
    )
    config = AttackConfig("pgd", 0.1, {"steps": 5, "step_size": 0.04}, restarts=2, seed=3)
    test, model = load("small").test, load_shipped("mlp-module").model
    images, labels = test.images[:250], test.labels[:250]
    outcome = judge(model, images, labels, attack(model, images, labels, config), config)
    assert found.keys() >= KEYS
    assert (found["attack"], found["norm"], found["eps"], found["n"]) == ("pgd", "linf", 0.1, 250)
    assert (found["steps"], found["step_size"], found["restarts"], found["seed"]) == (5, 0.04, 2, 3)
    assert found["clean_accuracy"] == outcome.clean_accuracy
    assert found["adversarial_accuracy"] == pytest.approx(outcome.adversarial_accuracy, abs=0.005)
    assert 0 < float(str(found["max_linf"])) <= 0.1 * (1 + 1e-5)
    assert float(str(found["seconds"])) > 0


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_has_its_word(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    steps = ["--steps", "5"] if "steps" in ATTACKS[name].settings else []
    found = row(capsys, "linear-softmax", "--attack", name, "--n", "20", *steps)
    assert found.keys() >= KEYS
    assert (found["attack"], found["eps"], found["n"]) == (name, ATTACKS[name].epsilon, 20)
    assert found["steps"] == (5 if steps else 1)


@pytest.mark.parametrize(
    ("name", "setting"), [(name, key) for name, entry in ATTACKS.items() for key in entry.settings]
)
def test_every_setting_of_every_attack_can_be_given(
    name: str, setting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that no attack has as its default comes back in the row; what is out of range is refused."""
    entry = ATTACKS[name].settings[setting]
    value = entry.default + 1 if entry.whole else entry.low + 0.3 * (min(entry.high, entry.low + 1) - entry.low)
    few = ["steps=2"] if "steps" in ATTACKS[name].settings and setting != "steps" else []
    found = row(capsys, "linear-softmax", "--attack", name, "--n", "1", "--set", *few, f"{setting}={value}")
    assert found[setting] == pytest.approx(value)
    assert main(["attack", "linear-softmax", "--attack", name, "--set", f"{setting}={entry.high + 1}"]) != 0
    assert setting in capsys.readouterr().err


def test_help_and_mistakes_name_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["attack", "--help"])
    printed = "".join(capsys.readouterr().out.split())
    assert all(f"{key}=" in printed for entry in ATTACKS.values() for key in entry.settings)
    for words, sentence in (
        (["--attack", "deepfool", "--set", "alpha=1"], "DeepFool has no setting 'alpha'; it has steps, overshoot"),
        (["--set", "steps"], "--set takes NAME=VALUE"),
        (["--attack", "pgd", "--set", "steps=many"], "--set steps: 'many' is not a number"),
    ):
        assert main(["attack", "linear-softmax", *words]) != 0
        assert sentence in capsys.readouterr().err


def test_no_budget_is_clean_accuracy_and_a_target_lowers_less(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("linear-softmax", "--n", "100")
    none = row(capsys, *words, "--eps", "0")
    assert none["adversarial_accuracy"] == none["clean_accuracy"]
    assert (none["max_linf"], none["success_rate"], none["mean_linf_of_successes"]) == (0, 0, None)
    free = row(capsys, *words, "--eps", "0.1")
    aimed = row(capsys, *words, "--eps", "0.1", "--target", "5")
    assert aimed["target"] == 5
    assert free["success_rate"] > aimed["success_rate"] > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["linear-softmax", "--eps", "1.5"], "ε must lie between 0 and 1"),
        (["linear-softmax", "--eps", "-0.1"], "ε must lie between 0 and 1"),
        (["linear-softmax", "--eps", "nan"], "'nan' is not a number"),
        (["linear-softmax", "--attack", "magic"], "The attack must be one of fgsm"),
        (["linear-softmax", "--steps", "5"], "FGSM has no setting 'steps'"),
        (["linear-softmax", "--attack", "pgd", "--steps", "0"], "steps must be at least 1"),
        (["linear-softmax", "--restarts", "3"], "is deterministic"),
        (["linear-softmax", "--target", "12"], "The target must be"),
        (["linear-softmax", "--attack", "noise", "--target", "1"], "has no targeted form"),
        (["linear-softmax", "--n", "0"], "Images to attack (--n) must be"),
        (["linear-softmax", "--n", "-5"], "Images to attack (--n) must be"),
        (["linear-softmax", "--seed", "-5"], "The seed must be"),
        (["nothing"], "There is no checkpoint 'nothing'"),
        (["README.md"], "is not a safetensors file"),
    ],
)
def test_mistakes_are_one_sentence_and_status_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["attack", *words, "--data", "small"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err
    assert len(shown.err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["regression-sine", "language-gru"])
def test_networks_of_other_things_and_other_weights(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = RECIPES[name].config
    weights = build_module(config.model).state_dict()
    other = save_checkpoint(tmp_path / "other.safetensors", weights, config, {})
    misfit = save_checkpoint(tmp_path / "misfit.safetensors", weights, RECIPES["cnn-bn"].config, {})
    bare = tmp_path / "bare.safetensors"
    bare.write_bytes(save({"weight": torch.ones(2)}))
    for path, sentence in ((other, "does not take images of 28×28"), (misfit, "do not fit"), (bare, "not known here")):
        assert main(["attack", str(path), "--data", "small", "--n", "3"]) == 2
        shown = capsys.readouterr()
        assert sentence in shown.err
        assert len(shown.err.strip().splitlines()) == 1
