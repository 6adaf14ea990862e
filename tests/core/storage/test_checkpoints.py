"""Checkpoints: data only, strict, and never half written."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.config.errors import LabError, NotFound
from core.config.run import DIGIT_READERS
from core.data import load
from core.models import build_module
from core.models.evaluation import evaluate
from core.models.trained_network import load_checkpoint, load_shipped, rebuild
from core.recipes.texts import RECIPES, train_recipes
from core.storage.checkpoints import find_checkpoint, save_checkpoint, shipped

CONFIG = RECIPES["mlp-autograd"].config


def test_there_and_back(tmp_path: Path) -> None:
    model = build_module(CONFIG.model, seed=4)
    path = save_checkpoint(tmp_path / "deep" / "a.safetensors", model.state_dict(), CONFIG, {"seed": 4})
    back = load_checkpoint(path)
    x = torch.rand(3, 1, 28, 28)
    assert torch.equal(back.model(x), model(x))
    assert back.config == CONFIG
    assert back.provenance == {"seed": 4}
    assert not back.model.training
    assert [p.name for p in path.parent.iterdir()] == ["a.safetensors"]


def test_files_that_are_no_checkpoints_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_checkpoint(tmp_path / "none.safetensors")
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"\x80\x04pickle me")
    with pytest.raises(LabError, match="not a safetensors file"):
        load_checkpoint(bad)
    save_file({"x": torch.zeros(2)}, bad)
    with pytest.raises(LabError, match="not a checkpoint"):
        load_checkpoint(bad)
    save_file({"x": torch.zeros(2)}, bad, metadata={"config": json.dumps(CONFIG.to_json())})
    with pytest.raises(LabError, match="do not fit the network"):
        load_checkpoint(bad)


def test_weights_must_fit_exactly() -> None:
    weights = dict(build_module(CONFIG.model).state_dict())
    weights["W_h"] = weights["W_h"][:, :50]
    with pytest.raises(LabError, match="do not fit"):
        rebuild(CONFIG, weights)


@pytest.mark.parametrize("name", train_recipes(DIGIT_READERS))
def test_every_recipe_is_shipped_and_as_good_as_its_provenance_says(name: str) -> None:
    assert name in shipped()
    checkpoint = load_shipped(name)
    facts = checkpoint.provenance
    assert checkpoint.config == RECIPES[name].config
    n_test = 5_000 if name == "cnn-lab" else 10_000  # it validates on the other half
    assert (facts["recipe"], facts["data"], facts["n_test"]) == (name, "full", n_test)
    assert facts["n_train"] == pytest.approx(RECIPES[name].config.faults.share * 59_000, abs=5)
    small = evaluate(checkpoint.model, load("small").test)
    # None of the bundled test digits was trained on; on 1,000 of them chance alone moves a score by 3 points.
    assert abs(small.accuracy - facts["test_accuracy"]) < 0.04
    assert facts["history"]["epochs"][-1]["test_accuracy"] == facts["test_accuracy"]


@pytest.mark.long
@pytest.mark.full
@pytest.mark.parametrize("name", train_recipes(DIGIT_READERS))
def test_shipped_accuracy_is_exact_on_the_whole_test_set(name: str) -> None:
    checkpoint = load_shipped(name)
    test = load("full").test
    asked = test.take(slice(len(test) - checkpoint.provenance["n_test"], None))  # without validation images
    score = evaluate(checkpoint.model, asked)
    assert score.accuracy == pytest.approx(checkpoint.provenance["test_accuracy"], abs=2e-4)


def test_names_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_checkpoint("../runs")
    with pytest.raises(NotFound):
        find_checkpoint("")
    with pytest.raises(NotFound):
        load_shipped("../secrets")
