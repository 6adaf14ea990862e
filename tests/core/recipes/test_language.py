"""The recipes on words: shipped as good as they say, reproduced by their rule, their code runs and learns."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.config.run import RecurrentConfig, WordsConfig
from core.data.words import load_words
from core.models.evaluation import evaluate
from core.models.trained_network import load_shipped
from core.recipes.reproduce.language import TEXT
from core.recipes.texts import RECIPES, train_recipes
from core.storage.checkpoints import SHIPPED, shipped

NAMES = train_recipes(RecurrentConfig)


def test_there_is_one_for_each_division() -> None:
    assert NAMES == ["language-gru", "language-gru-stem"]
    divisions = []
    for name in NAMES:
        config = RECIPES[name].config
        assert (config.model.cell, config.model.units) == ("gru", 128), "the text's network"
        assert config.train.validation == 0
        divisions.append(config.data.division)
    assert divisions == ["random", "stem"]


@pytest.mark.parametrize("name", NAMES)
def test_shipped_and_exactly_as_good_as_it_says(name: str) -> None:
    assert name in shipped()
    came = load_shipped(name)
    assert came.config.with_settings({"threads": None}) == RECIPES[name].config
    assert (SHIPPED / f"{name}.safetensors").stat().st_size < 400_000
    assert isinstance(came.config.data, WordsConfig)
    words = load_words(came.config.data)
    score = evaluate(came.model, words.test)
    facts = came.provenance
    assert (facts["data"], facts["n_train"], facts["n_test"]) == ("words", len(words.train), len(words.test))
    assert score.accuracy == pytest.approx(facts["test_accuracy"], abs=1e-3)
    if name == "language-gru":
        assert score.accuracy >= TEXT


def test_train_and_evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "words.safetensors"
    words = [
        "train",
        "language-gru",
        "--epochs",
        "1",
        "--set",
        "per_language=150",
        "units=8",
        "threads=1",
        "division=stem",
        "--save",
        str(target),
        "--json",
    ]
    assert main(words) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["recipe"], row["epochs"], row["data"]) == ("language-gru", 1, "words")
    assert row["n_train"] + row["n_test"] == 750
    assert 0 < row["test_accuracy"] < 1
    assert main(["evaluate", str(target), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["test_accuracy"] == pytest.approx(row["test_accuracy"])
    assert again["n"] == row["n_test"]


def test_bad_settings_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for pair in ("cell=transformer", "per_language=5000", "division=length", "adversarial=pgd"):
        assert main(["train", "language-gru", "--set", pair]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert len(shown.err.strip().splitlines()) == 1


def test_the_quick_reproduction(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "--quick", "--json", "--only", "language-gru"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["claim"] == RECIPES["language-gru"].claim
    assert (row["holds"], row["reaches"], row["seeds"], row["epochs"]) == (None, None, [0], 1)
    assert row["measured"] == row["values"][0]
    assert set(row["others"]) == {"letters", "pieces", "rnn", "lstm"}
    for other in row["others"].values():
        low, high = other["ci95"]
        assert 0 <= low <= other["accuracy"] <= high <= 1
        assert other["gru_leads_by"] == pytest.approx(row["measured"] - other["accuracy"])
    assert 0 < row["by_stem"]["accuracy"] < 1
