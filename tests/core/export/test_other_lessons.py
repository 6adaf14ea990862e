"""Races, walks and attacks as scripts, beside what the app computes; what all scripts and notebooks share."""

import ast
import contextlib
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.__main__ import main
from core.attacks import ATTACKS
from core.attacks.config import AttackConfig, AttackSetup
from core.attacks.norms import NORMS
from core.attacks.run import attack
from core.config.errors import ConfigError, NotFound
from core.config.optimizers import OPTIMIZERS
from core.config.race import RaceConfig
from core.config.run import OptimizerConfig
from core.data.digits import Mnist
from core.export.attack_lesson import attack_lesson
from core.export.choose import lesson_of
from core.export.descent import descent_lesson
from core.export.image_race import image_race_lesson
from core.export.lesson import Lesson, Section, imports
from core.export.race import race_lesson
from core.lessons.race.descent.curves import CURVES, values
from core.lessons.race.descent.walk import DescentConfig, walk
from core.lessons.race.imagenet.classifiers import load_classifier
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.imagenet.photos import sample
from core.lessons.race.imagenet.race import Race as ImageRace
from core.lessons.race.imagenet.race import at_rates
from core.lessons.race.race import Race
from core.lessons.race.race_lanes import lanes_from_text
from core.models.threads import one_thread
from core.models.trained_network import load_shipped
from core.recipes.texts import RECIPES
from core.storage.paths import PROJECT
from core.storage.runs import RunStore, new_run_id
from core.training.recording import record_of
from core.training.run_data import material_for
from core.training.trainer import new_trainer

pytestmark = pytest.mark.usefixtures("small_package")


def executed(text: str, **replaced: str) -> dict[str, Any]:
    """What a script leaves; replaced: constants that stand at the beginning of a line."""
    for name, value in replaced.items():
        lines = [f"{name} = {value}" if line.startswith(f"{name} = ") else line for line in text.splitlines()]
        text = "\n".join(lines)
    space: dict[str, Any] = {}
    with one_thread(), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "script.py", "exec"), space)
    return {**space, "printed": printed.getvalue()}


def test_a_race_ends_as_in_the_app(digits: Mnist) -> None:
    base = RECIPES["optimizer-race"].setup
    lanes = lanes_from_text("sgd:lr=0.1,momentum=0.9~cosine;adam:epsilon=0.001;sgd-by-hand:momentum=0.5")
    run = base.base.with_settings({"batch_size": 40, "family": "module", "dropout": 0.2, "hidden": (16,)})
    config = RaceConfig(run, lanes, (3, 4))
    with one_thread():
        raced = Race(config, digits).run()
    space = executed(race_lesson(config, "optimizer-race", "small").script)
    for result in raced[:3]:
        assert space["curves"][result.lane] == pytest.approx(result.history.loss, rel=1e-4)
        row = result.history.epochs[-1]
        assert space["results"][result.lane][1] / 80 == pytest.approx(row["test_accuracy"])
    assert executed(race_lesson(config, "", "small").script, SEED="4")["curves"] != space["curves"]


def test_the_chapters_race_of_bare_tensors(digits: Mnist) -> None:
    config = RECIPES["optimizer-race"].setup
    assert isinstance(config, RaceConfig)
    with one_thread():
        raced = Race(config, digits).run()
    curves = executed(lesson_of("optimizer-race", "small").script)["curves"]
    for result in raced:
        assert curves[result.lane] == pytest.approx(result.history.loss, rel=1e-4)


@pytest.mark.parametrize("curve", CURVES)
def test_every_curve_is_written_as_it_is(curve: str) -> None:
    value, slope = CURVES[curve].code
    for x in (-9.5, -3.0, -0.4, 0.0, 0.7, 5.0, 10.0):
        space = executed(f"import math\nx = {x}\nvalue, slope = {value}, {slope}")
        assert space["value"] == pytest.approx(values(curve, np.array([x]))[0], abs=1e-12)
        assert space["slope"] == pytest.approx(
            float(CURVES[curve].slope(torch.tensor(x, dtype=torch.float64))), abs=1e-12
        )


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"curve": "double-well", "start": -7.5, "updates": 30},
        {"curve": "bumpy", "ascent": True, "updates": 12, "tolerance": 0.0},
        *({"optimizer": OptimizerConfig(name), "curve": "quartic", "updates": 25} for name in OPTIMIZERS),
        {"optimizer": OptimizerConfig("sgd", {"lr": 0.1, "momentum": 0.9, "decay": 0.1, "nesterov": 1.0})},
        {"optimizer": OptimizerConfig("momentum", {"lr": 0.1, "momentum": 0.7, "decay": 0.2})},
    ],
)
def test_a_walk_goes_where_the_app_goes(settings: dict[str, Any]) -> None:
    config = DescentConfig(**settings)
    path = executed(descent_lesson(config).script)["path"]
    assert path == pytest.approx(walk(config).points[:, 0].tolist(), rel=1e-9)
    assert len(path) > 5


def test_the_walk_of_the_recipe_is_plain_python() -> None:
    script = lesson_of("gd-demo").script
    assert "import" not in script.replace("# Imports", "")
    assert "step 20: x = 0.0864691128455" in executed(script)["printed"]


def test_fgsm_finds_what_the_app_finds(digits: Mnist) -> None:
    setup = RECIPES["fgsm"].setup
    space = executed(attack_lesson(replace(setup, network="mlp-module", n=50), "fgsm", "small").script)
    config = RECIPES["mlp-module"].config
    trainer = new_trainer(config, digits, torch.device("cpu"))
    with one_thread():
        trainer.run()
        images, labels = digits.test.images[:50], digits.test.labels[:50]
        made = attack(trainer.module, images, labels, setup.attack)
    same = (space["adversarial"] - made.flatten(1)).abs() < 1e-6
    assert same.float().mean() > 0.999
    assert "50 adversarial images" in space["printed"]


@pytest.mark.parametrize("name", [name for name, entry in ATTACKS.items() if entry.code and name != "fgsm"])
def test_other_short_attacks_stay_within_epsilon(name: str, digits: Mnist) -> None:
    entry = ATTACKS[name]
    config = AttackConfig(name, entry.epsilon / 2, target=3 if name == "pgd" else None)
    space = executed(attack_lesson(AttackSetup("linear-softmax", config, n=40), "", "small").script, EPOCHS="2")
    change = space["adversarial"] - space["original"]
    assert NORMS[entry.norm].within(change, config.budget).all()
    assert NORMS[entry.norm].size(change).max() > 0.5 * config.budget


def test_a_long_attack_is_refused_with_a_sentence() -> None:
    with pytest.raises(ConfigError, match="Only fgsm, bim, pgd, pgd-l2, noise"):
        attack_lesson(AttackSetup("cnn-bn", AttackConfig("deepfool")), "")
    with pytest.raises(ConfigError, match="one try"):
        attack_lesson(AttackSetup("cnn-bn", AttackConfig("pgd", restarts=3)), "")


def test_a_race_on_a_picture() -> None:
    config = ImageRaceConfig(photos=("flower",), optimizers=("adam", "sgd"), iterations=10, clip=True)
    space = executed(image_race_lesson(config).script, ITERATIONS="2")
    lanes = at_rates({"adam": 0.01, "sgd": 0.01})
    classifier = load_classifier(config.classifier)
    with one_thread():
        race = ImageRace(classifier, sample("flower"), config.target, lanes, 2, clip=True)
        list(race.turns())
    for name, lane in race.lanes.items():
        expected = [moment.loss for moment in lane.moments]
        assert space["losses"]["A flower", name] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("recipe", RECIPES)
def test_scripts_and_notebooks_are_in_order(recipe: str, tmp_path: Path) -> None:
    lesson = lesson_of(recipe)
    script, notebook = lesson.script, json.loads(lesson.notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert ("outputs" in cell) == ("execution_count" in cell) == (cell["cell_type"] == "code")
        assert all(isinstance(line, str) for line in cell["source"])
    code = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    tree = ast.parse(script)
    assert ast.get_docstring(tree)
    assert ast.dump(ast.Module(tree.body[1:], [])) == ast.dump(ast.parse(code))
    assert not any(
        name.startswith("core")
        for node in ast.walk(tree)
        for name in [
            getattr(node, "module", None) or "",
            *(a.name for a in getattr(node, "names", []) if isinstance(a, ast.alias)),
        ]
    )


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    """Its own default rules, whatever this project adds to them."""
    for recipe in RECIPES:
        for data in ("full", "small"):
            (tmp_path / f"{recipe}_{data}.py").write_text(lesson_of(recipe, data).script, encoding="utf-8")  # type: ignore[arg-type]
        (tmp_path / f"{recipe}.ipynb").write_text(lesson_of(recipe).notebook, encoding="utf-8")
    every = RECIPES["mlp-deep"].config.with_settings(
        {
            "flipped": 0.1,
            "rare": 1,
            "pixel_noise": 0.1,
            "validation": 0.1,
            "keep": "best",
            "patience": 2,
            "dropout": 0.2,
            "adversarial": "pgd",
            "schedule": "one-cycle",
            "init": "he",
        }
    )
    from core.export.training import training_lesson

    (tmp_path / "every.py").write_text(training_lesson(every).script, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_the_scripts_name_what_the_app_measured() -> None:
    lesson = lesson_of("mlp-deep")
    accuracy = load_shipped("mlp-deep").provenance["test_accuracy"]
    assert f"The app measured a test accuracy of {accuracy:.2%} (" in lesson.script
    assert "The app measured" not in lesson_of("mlp-deep", "small").script


@pytest.mark.parametrize("name", ['a """ quote', "back\\slash", "two\nlines", '"', "# no comment", "{x}"])
def test_any_name_of_a_run_leaves_the_script_as_it_is(name: str) -> None:
    lesson = Lesson(name, (name,), (Section("Code", "Words.", "x = 1"),))
    assert executed(lesson.script)["x"] == 1
    assert len(ast.parse(lesson.script).body) == 2
    json.loads(lesson.notebook)


def test_only_what_is_used_is_imported() -> None:
    assert imports("x = 1") == ""
    assert imports("import_math = nn.functional.relu(torch.ones(1))") == "import torch\nfrom torch import nn"


def test_export_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    assert main(["export", "gd-demo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": "gd-demo.py"}
    assert (tmp_path / "gd-demo.py").read_text("utf-8") == lesson_of("gd-demo").script
    assert main(["export", "gd-demo"]) == 2
    assert "already here" in capsys.readouterr().err
    for _ in range(2):  # a file that was named is written again
        assert main(["export", "mlp-deep", "-o", "deep.ipynb", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["file"] == "deep.ipynb"
    assert json.loads((tmp_path / "deep.ipynb").read_text("utf-8"))["nbformat"] == 4
    for words, sentence in (
        (["nothing-here"], "no recipe and no recorded run"),
        (["gd-demo", "-o", "x.txt"], "ending in .py"),
        (["gd-demo", "-o", "nowhere/x.py"], "folder nowhere"),
    ):
        assert main(["export", *words]) == 2
        err = capsys.readouterr().err
        assert sentence in err
        assert len(err.splitlines()) == 1
    with pytest.raises(NotFound):
        lesson_of("../etc")


def test_a_recorded_run_is_exported_and_runs_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a process of its own, without the app on its path."""
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "home"))
    config = RECIPES["regression-sine"].config.with_settings({"epochs": 20, "seed": 5})
    trainer = new_trainer(config, material_for(config), torch.device("cpu"))
    with one_thread():
        trainer.run()
    trainer.threads = 1
    record = record_of(trainer, new_run_id(), status="finished", owner="me", data="points", name="my run")
    RunStore().save(record)
    file = tmp_path / "again.py"
    assert main(["export", record.run_id, "-o", str(file)]) == 0
    text = file.read_text("utf-8")
    assert "my run" in text
    assert "torch.set_num_threads(1)" in text
    capsys.readouterr()
    told = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert str(PROJECT) not in text
    assert f"The app measured a test loss of {record.test_loss:.6f}." in told.stdout
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("test loss")]
    assert float(line.split()[2]) == pytest.approx(record.test_loss, rel=1e-3)
