"""Results and Compare over small networks: the numbers that are told are those that were measured."""

import numpy as np
import pytest
import streamlit as st
import torch

from core.config.language import WordsConfig
from core.lessons.language.mistakes import most_confident_errors
from pages.ui.kit.widgets import incremental_work
from pages.ui.language import compare, computed
from pages.ui.language.results import ERRORS, LEAKAGE
from tests.pages.harness import metric, well, widget
from tests.pages.ui.language.harness import panel_over, small, words


def test_accuracy_and_rules() -> None:
    trained = small(division="stem", seed=2)
    app = well(panel_over("results", [trained]).run())
    found, answers = computed.words_of(trained), computed.probabilities(trained)
    right = int((answers.argmax(1) == found.test.labels).sum())
    assert metric(app, "Test accuracy") == f"{right / len(found.test):.2%}"
    assert metric(app, "Mistakes") == f"{len(found.test) - right:,} of {len(found.test):,}"
    widget(app.get("button_group"), "lang_results_part").set_value(LEAKAGE).run()
    describe = words(well(app))
    shared, longer = computed.relatives(WordsConfig(per_language=200), 5)
    assert f"{shared:,} of {longer:,} test words" in describe
    assert "Reported: " in describe
    widget(app.get("button_group"), "lang_results_part").set_value(ERRORS).run()
    shown = app.dataframe[0].value
    surest = most_confident_errors(found, answers, 20)
    assert list(shown["word"]) == [entry.word for entry in surest]


def test_relatives_are_counted_where_there_are_some() -> None:
    shared, longer = computed.relatives(WordsConfig(), 5)
    assert 0.5 < shared / longer < 0.8
    assert computed.relatives(WordsConfig(division="stem"), 5)[0] == 0


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small lists, one epoch, and a harness that draws the whole page."""
    monkeypatch.setattr(incremental_work, "alone", lambda: True)
    monkeypatch.setattr(compare, "WordsConfig", lambda division: WordsConfig(division, per_language=150))
    monkeypatch.setattr(compare, "EPOCHS", 2)
    st.cache_resource.clear()


def test_the_other_cells_are_trained_piece_by_piece(few: None) -> None:
    app = well(panel_over("compare", []).run())
    assert list(app.dataframe[0].value["classifier"]) == ["Bag of characters", "Character n-grams (1–3)", "GRU"]
    app.button(key="lang_compare_start").click().run()
    for _ in range(12):
        if app.button(key="lang_compare_start").label == "All measured":
            break
        app.run()
    app.run()
    well(app)
    table = app.dataframe[0].value
    assert len(table) == 5
    assert list(table["classifier"])[2] == "Plain RNN"
    assert (table["accuracy"] > 15).all()
    widget(app.get("button_group"), "lang_compare_part").set_value(compare.SCRAMBLED).run()
    scrambled = well(app).dataframe[0].value
    assert scrambled.iloc[0, 1] == scrambled.iloc[0, 2], "the bag of characters is moved by an anagram"


def test_anagrams_and_pieces_answer_their_controls(few: None) -> None:
    app = well(panel_over("compare", [], lang_compare_part=compare.SCRAMBLED).run())
    assert "none changes" in words(app)
    app.text_input(key="lang_scramble").set_value("mañana").run()
    first = list(well(app).dataframe[0].value.columns)
    assert first[1] == "mañana"
    assert sorted(first[2]) == sorted("mañana")
    app.number_input(key="lang_shuffle").set_value(8).run()
    assert list(well(app).dataframe[0].value.columns)[2] != first[2]
    app.text_input(key="lang_scramble").set_value("aaa").run()
    assert "two different letters" in words(well(app))
    widget(app.get("button_group"), "lang_compare_part").set_value(compare.STRONGEST).run()
    widget(app.get("button_group"), "lang_heaviest").set_value("Polish").run()
    assert "logit of Polish" in words(well(app))


def test_the_verdict_follows_the_numbers() -> None:
    class Fake:
        def __init__(self, name: str, right: int) -> None:
            self.name, self.right, self.seconds = name, np.arange(1000) < right, 1.0

        @property
        def score(self) -> object:
            from core.models.evaluation import Score

            return Score(1000, int(self.right.sum()), 0.1)

    def describe(gru: int, pieces: int) -> str:
        return compare.describe([Fake("letters", 600), Fake("pieces", pieces), Fake("gru", gru)])  # type: ignore[list-item]

    assert "The GRU is better" in describe(950, 900)
    assert "Character n-grams beat the GRU" in describe(900, 950)
    assert "No clear difference" in describe(900, 900)
    assert "60.00%" in describe(900, 900)
    assert ": 0 percentage points" in describe(900, 900)


def test_the_code_runs() -> None:
    from pages.ui.language import results

    found = computed.words(WordsConfig(per_language=100))
    space = {"words": list(found.train_words), "labels": found.train.labels.numpy()}
    exec(compare.CODE, space)  # our own text, shown to students
    model = space["model"]
    assert model.score(space["counts"], space["labels"]) > 0.9
    trained = small()
    test = computed.words_of(trained).test
    space = {"torch": torch, "network": trained.model, "test_words": test.inputs, "labels": test.labels}
    exec(results.CODE, space)
    right = computed.probabilities(trained).argmax(1) == test.labels
    assert float(space["accuracy"]) == pytest.approx(float(right.float().mean()))
    assert int(space["confusion"].sum()) == len(test)
