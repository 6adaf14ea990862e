"""A recipe, a hint or a network is one entry: what the registries' docstrings add is met everywhere."""

import importlib
import json
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.charts.palette import YELLOW
from core.config import mlp
from core.config.errors import ConfigError
from core.config.mlp import FAMILIES, MLPConfig
from core.data import load
from core.export.choose import lesson_of
from core.export.training import training_code
from core.jobs.training_job import Job
from core.lessons.runs.variable import words_of
from core.models.evaluation import logits
from core.models.inspect.layer_signals import signals
from core.models.trained_network import load_run
from core.recipes import texts
from core.recipes.reproduce.training import reproduce_training
from core.recipes.texts import RECIPES
from core.training import hints as hint_rules
from core.training.hints import RULES, Case, hints
from core.training.trainer import new_trainer
from pages.ui.kit.shell.cache import registry
from tests.core.export.harness import CPU, executed, same_curve, trained
from tests.pages.harness import captions, code_of, entry_of, open_page, text, well

pytestmark = pytest.mark.usefixtures("newcomer", "own_home")
RECIPE, RULE, FAMILY = "mlp-tanh", "batch-small", "einsum"


@pytest.fixture
def new_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, *entry_of(texts, "RECIPES"))


@pytest.fixture
def new_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, *entry_of(hint_rules, "RULES"))


@pytest.fixture
def new_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The docstring's lines in a file of their own, as a newcomer would write them: its layer has a source."""
    names = "import torch\nfrom torch import nn\nfrom core.config.mlp import Family\nFAMILIES = {}\n"
    (tmp_path / "indexed_linear.py").write_text(names + code_of(mlp), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    written = importlib.import_module("indexed_linear")
    monkeypatch.setitem(FAMILIES, FAMILY, written.FAMILIES[FAMILY])


def after_training(app: AppTest) -> tuple[AppTest, Job]:
    """The page with the run that its start button began, once that has ended."""
    app.button(key="mlp_start").click().run()
    job = registry().get(app.session_state["mlp_run"], Job)
    assert job.wait(60).status == "finished"
    return well(app.run()), job


@pytest.mark.usefixtures("new_recipe")
def test_a_recipe_is_listed_trained_and_exported_by_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["recipes", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (RECIPE, "train") in {(row["id"], row["kind"]) for row in listed}
    few = ["--data", "small", "--epochs", "1"]
    assert main(["train", RECIPE, *few, "--set", "share=0.2", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["recipe"] == RECIPE
    assert row["test_accuracy"] > 0.5
    assert main(["export", RECIPE, "-o", str(tmp_path / "script.py")]) == 0
    assert RECIPES[RECIPE].idea in (tmp_path / "script.py").read_text(encoding="utf-8")
    assert main(["sweep", RECIPE, "--set", "lr=0.05,0.1", "share=0.1", *few]) == 0


@pytest.mark.usefixtures("new_recipe")
def test_a_recipe_stands_beside_its_claim_and_its_script_repeats_it() -> None:
    row = reproduce_training(RECIPE, True, lambda: load("small"))
    assert row["claim"] == "97% test accuracy"
    assert "the width open" in row["rule"]
    script = lesson_of(RECIPE, "small").script
    assert "The source reports: 97% test accuracy." in script
    config = RECIPES[RECIPE].config.with_settings({"epochs": 1, "share": 0.1})
    same_curve(executed(config), trained(config, load("small")))


@pytest.mark.usefixtures("new_recipe")
def test_a_recipe_is_chosen_trained_and_found_again_on_its_pages() -> None:
    app = open_page("2_MLP_Autograd.py", mlp_recipe=RECIPE)
    assert app.selectbox(key=f"{RECIPE}_activation").value == "tanh"
    assert "Efficient BackProp" in captions(app)
    app.session_state[f"{RECIPE}_share"] = 0.2
    app.slider(key=f"{RECIPE}_epochs").set_value(1).run()
    app, job = after_training(app)
    assert job.start.recipe == RECIPE
    app = open_page("2_MLP_Autograd.py", mlp_tab="Record")
    assert YELLOW in str(app.get("plotly_chart")[0].proto)
    app = open_page("9_Runs.py", runs_recipes=RECIPE)
    assert app.multiselect(key="runs_recipes").value == [RECIPE]
    assert len(app.dataframe[0].value) == 1
    app = open_page("9_Runs.py", runs_tab="Sweep", runs_sweep_recipe=RECIPE)
    assert app.selectbox(key="runs_sweep_recipe").value == RECIPE
    app = open_page("5_Optimizer_Race.py", race_tab="The race", race_network=RECIPE)
    assert RECIPE in [option for box in app.selectbox for option in box.options]


@pytest.mark.usefixtures("new_rule")
def test_a_hint_fits_and_explains() -> None:
    changes = {"batch_size": 2, "share": 0.1, "epochs": 1, "lr": 0.001}
    config = RECIPES["linear-softmax"].config.with_settings(changes)
    trainer = new_trainer(config, load("small"), CPU)
    trainer.run()
    case = Case(config, trainer.history, trainer.n)
    assert RULE in [hint.rule for hint in hints(case)]
    assert RULE in [hint.rule for hint in hints(case, sharp=True)]
    assert "still-falling" not in [hint.rule for hint in hints(case)]


@pytest.mark.usefixtures("new_rule")
def test_a_hint_stands_below_a_run_that_it_fits_with_its_remedy() -> None:
    app = open_page("2_MLP_Autograd.py", mlp_recipe="linear-softmax")
    for name, value in {"batch_size": 4, "share": 0.2, "epochs": 1}.items():
        app.session_state[f"linear-softmax_{name}"] = value
    app, _ = after_training(app.run())
    assert "The batch is tiny" in text(app)
    app.button(key=f"mlp_hint_apply_{RULE}").click().run()
    assert well(app).select_slider(key="linear-softmax_batch_size").value == 32


@pytest.mark.usefixtures("new_network")
def test_a_network_is_trained_kept_and_loaded_again(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigError, match="Dropout"):
        MLPConfig(family=FAMILY, dropout=0.5)
    assert FAMILY in words_of(RECIPES["mlp-module"].config, "family")
    words = ["--data", "small", "--epochs", "1", "--set", f"family={FAMILY}", "hidden=32", "--save", "mine"]
    assert main(["train", "mlp-module", *words, "--json"]) == 0
    run_id = json.loads(capsys.readouterr().out)["run_id"]
    back = load_run(run_id)
    assert isinstance(back.model.layers[0], FAMILIES[FAMILY].layer)
    assert main(["evaluate", "mine", "--data", "small", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_accuracy"] > 0.5
    some = load("small").test.images[:5]
    assert torch.allclose(signals(back.model, some).logits, logits(back.model, some), atol=1e-5)


@pytest.mark.usefixtures("new_network")
def test_code_panel_and_script_write_the_networks_layer_and_learn_as_it_does() -> None:
    changes = {"family": FAMILY, "hidden": (12,), "epochs": 1, "share": 0.1, "normalize": True}
    config = RECIPES["mlp-module"].config.with_settings(changes)
    assert 'torch.einsum("ni,oi->no", x, self.weight)' in training_code(config)
    assert "IndexedLinear(784, 12)" in training_code(config)
    same_curve(executed(config), trained(config, load("small")))


@pytest.mark.usefixtures("new_network")
def test_a_network_is_chosen_and_trained_on_its_page() -> None:
    app = open_page("2_MLP_Autograd.py", mlp_recipe="mlp-module")
    app.selectbox(key="mlp-module_family").set_value(FAMILY).run()
    assert "own nn.Module, with indices" in app.selectbox(key="mlp-module_family").options
    app.session_state["mlp-module_share"] = 0.2
    app.slider(key="mlp-module_epochs").set_value(1).run()
    app, job = after_training(app)
    assert job.start.mlp.family == FAMILY
    assert any("IndexedLinear(784" in code.value for code in app.code)
