"""An optimizer is one entry: what the registry's docstring adds is met everywhere, and no other file knows it."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.charts.palette import VIOLET, optimizer_color
from core.config import optimizers
from core.config.optimizers import OPTIMIZERS
from core.config.race import RaceConfig
from core.config.run import OptimizerConfig, RunConfig
from core.data import load
from core.data.digits import Digits, Mnist
from core.export.descent import descent_lesson
from core.export.race import race_code, race_lesson
from core.export.training import training_code
from core.lessons.race.charts.race import race_figure
from core.lessons.race.descent.walk import DescentConfig, walk
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.race import Race
from core.lessons.race.race_lanes import chapter_lanes, lanes_from_text, lanes_text, with_another
from core.lessons.race.race_lines import loss_line
from core.lessons.runs.variable import suggested, words_of
from core.recipes.texts import RECIPES
from core.training.memory import of_training
from core.training.optimizers import build_optimizer
from pages.ui.race.race_view import looks_of
from tests.core.export.harness import executed, run_script, same_curve, trained
from tests.pages.harness import entry_of, formulas, open_page, open_part, well

NAME = "adamax"
WORD = f"{NAME}:lr=0.01,beta_max=0.99"


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch, newcomer: None, own_home: Path) -> None:
    """The entry, added word by word as the docstring has it."""
    monkeypatch.setitem(OPTIMIZERS, *entry_of(optimizers, "OPTIMIZERS"))


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    generator = torch.Generator().manual_seed(0)
    images, labels = torch.rand(300, 1, 28, 28, generator=generator), torch.arange(300) % 10
    images[torch.arange(300), 0, labels] = 1.0
    train, test = (Digits(images[part], labels[part]) for part in (slice(0, 200), slice(200, 300)))
    return Mnist(train=train, test=test, source="bundled", size="small")


def run(**changes: object) -> RunConfig:
    few = {"optimizer": NAME, "lr": 0.01, "epochs": 2, "hidden": (12,), "batch_size": 40, "threads": 1}
    return RECIPES["mlp-module"].config.with_settings({**few, **changes})


def test_its_formula_is_what_torch_computes() -> None:
    config, entry = OptimizerConfig(NAME, {"lr": 0.05}), OPTIMIZERS[NAME]
    w = torch.linspace(-2, 3, 7, dtype=torch.float64)
    weight, kept = w.clone().requires_grad_(), {}
    optimizer = build_optimizer(config, [weight])
    for t in range(20):
        gradient = torch.sin(3 * w) + 0.3 * w
        weight.grad = gradient.clone()
        optimizer.step()
        w = entry.rule.update(w, gradient, config.settings, kept, t + 1)
        torch.testing.assert_close(weight.detach(), w, rtol=1e-9, atol=1e-12)


def test_the_command_line_trains_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    settings = (f"optimizer={NAME}", "lr=0.01", "beta_max=0.99", "hidden=8", "share=0.1")
    assert main(["train", "mlp-module", "--data", "small", "--epochs", "1", "--set", *settings, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_accuracy"] > 0.2
    assert main(["runs", "--json"]) == 0
    recorded = json.loads(capsys.readouterr().out)
    assert NAME in json.dumps(recorded)


def test_a_sweep_and_a_race_on_an_image_offer_it() -> None:
    assert NAME in words_of(run(), "optimizer")
    assert suggested(run(), "lr") == "0.001, 0.01, 0.1"
    assert ImageRaceConfig(optimizers=("sgd", NAME)).optimizers == ("sgd", NAME)
    assert of_training(run()).parameters == of_training(run(optimizer="adam")).parameters  # it remembers as much


def test_it_races_in_its_color(mnist: Mnist) -> None:
    assert lanes_text(lanes_from_text(f"sgd;{WORD}")) == f"sgd;{WORD}"
    filled = chapter_lanes()
    while len(filled) < 8:
        filled = with_another(filled)
    assert NAME in [lane.optimizer.name for lane in filled]
    config = RaceConfig(run(optimizer="sgd", validation=0.1), lanes_from_text(f"sgd;{WORD}"), (0,))
    race = Race(config, mnist)
    for _ in race.advance():
        pass
    looks = looks_of(config)
    assert looks["Adamax"].color == optimizer_color(NAME) == VIOLET
    drawn = {run.lane: loss_line([run], "step", 10) for run in race.runs}
    assert len(drawn["Adamax"].mean) == 10
    fig = race_figure(drawn, looks, x_title="step", y_title="loss", x_end=10, y_range=(0, 3))
    assert VIOLET in {trace.line.color for trace in fig.data}


def test_code_panels_and_scripts_make_its_steps(mnist: Mnist) -> None:
    config = run(beta_max=0.99)
    assert "torch.optim.Adamax(network.parameters(), lr=0.01, betas=(0.9, 0.99))" in training_code(config)
    space: dict[str, Any] = {"batches": lambda size: [(mnist.train.images.flatten(1), mnist.train.labels)]}
    exec(training_code(config), space)
    race = RaceConfig(run(optimizer="sgd"), lanes_from_text(f"sgd;{WORD}"), (0,))
    assert "torch.optim.Adamax(" in race_lesson(race, "").script
    exec(race_code(race), {"images": mnist.train.images.flatten(1), "labels": mnist.train.labels})
    descent = DescentConfig(curve="quartic", optimizer=config.train.optimizer, updates=20)
    assert run_script(descent_lesson(descent).script)["path"] == pytest.approx(walk(descent).points[:, 0])


def test_an_exported_script_repeats_its_run() -> None:
    config = run(schedule="one-cycle", share=0.1)
    same_curve(executed(config), trained(config, load("small")))


def test_its_settings_stand_on_the_training_page_and_its_rule_among_the_formulas() -> None:
    app = open_page("2_MLP_Autograd.py", mlp_recipe="mlp-deep", mlp__deep_optimizer="Adamax", mlp_tab="Formulas")
    assert app.select_slider(key="mlp-deep_lr").value == 0.002
    assert app.slider(key="mlp-deep_beta_1").value == 0.9
    well(app.slider(key="mlp-deep_beta_max").set_value(0.95).run())
    assert r"u \leftarrow \max(0.95" in formulas(app)


def test_it_stands_on_every_tab_of_the_race() -> None:
    from pages.ui.race import one_dimension, the_race, two_dimensions

    app: AppTest = open_part(one_dimension.one_dimension, address={"race_gd_optimizer": "Adamax"})
    well(app.slider(key="race_gd_adamax_beta_1").set_value(0.5).run())
    app = open_part(two_dimensions.two_dimensions)
    well(app.multiselect(key="race_map_racers").set_value(["SGD", "Adamax"]).run())
    assert app.select_slider(key="race_map_lr_beale_adamax").value == 0.002
    app = open_part(the_race.the_race, address={"race_lanes": WORD})
    assert [s.value for s in app.select_slider if str(s.key).endswith("adamax_lr")] == [0.01]
