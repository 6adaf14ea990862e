"""Type a word and How a GRU works: every control, any text, every cell."""

import pytest
import torch

from core.config.language import MOST_LETTERS
from core.models.inspect.word_predictions import predict_word
from pages.ui.kit.network.network_picker import as_it_came
from pages.ui.language import computed
from pages.ui.language.type_a_word import CHANGED, HIDDEN, UNITS, UPDATE
from pages.ui.language.word_input import EXAMPLES, describe_skipped
from tests.pages.harness import well, widget
from tests.pages.ui.language.harness import panel_over, small, words


def test_the_first_word_was_not_trained_on() -> None:
    came = as_it_came("language-gru", "")
    assert EXAMPLES[0] in computed.words_of(came).test_words


def test_the_first_words_prediction_turns_as_it_is_read_and_with_one_letter_changed() -> None:
    came = as_it_came("language-gru", "")
    predicted = computed.reading(came, EXAMPLES[0]).probabilities.argmax(1)
    assert len(set(predicted.tolist())) > 2
    assert float((computed.changed(came, EXAMPLES[0]).argmax(2) != predicted[-1]).float().mean()) > 0.2


def test_an_answer_after_every_character() -> None:
    trained = small()
    app = well(panel_over("typed", [trained], lang_word="kissa").run())
    found = predict_word(computed.network(trained), "kissa")
    slider = widget(app.slider, "lang_at_5")
    assert slider.value == 5
    for at in (5, 2):
        widget(app.slider, "lang_at_5").set_value(at).run()
        now = found.probabilities[at - 1]
        name = computed.NAMES[int(now.argmax())]
        assert f"**{'kissa'[:at]}{'' if at == 5 else '…'}**: **{name}** ({float(now.max()):.1%})" in words(well(app))


@pytest.mark.parametrize("what", [HIDDEN, UPDATE])
def test_gates_and_units(what: str) -> None:
    app = well(panel_over("typed", [small()], lang_word="talo", lang_what=what, lang_part=UNITS).run())
    widget(app.toggle, "lang_sorted").set_value(False)
    widget(app.number_input, "lang_unit").set_value(7).run()
    assert "one column per unit (16)" in words(well(app))


@pytest.mark.parametrize(("cell", "panel"), [("lstm", "typed"), ("rnn", "how")])
def test_other_cells_have_no_such_gates(cell: str, panel: str) -> None:
    told = words(well(panel_over(panel, [small(cell)], lang_word="talo", lang_part=UNITS).run()))
    assert "ot a GRU" in told


@pytest.mark.parametrize("text", ["", "日本語", "\u0301", "$x$ **b** <i>"])
def test_what_cannot_be_read_gets_a_sentence(text: str) -> None:
    app = well(panel_over("typed", [small()], lang_word=text).run())
    told = words(app)
    if text == "$x$ **b** <i>":
        assert "“\\$”" in told
        assert "**xbi**: **" in told
    else:
        assert "at least one letter of the alphabet" in told
        assert ("Skipped" in told) == bool(text.strip())


def test_ten_thousand_characters_and_capitals() -> None:
    app = well(panel_over("typed", [small()], lang_word="Ab" * 5000).run())
    assert f"Only the first {MOST_LETTERS} of 10,000 letters are used" in words(app)
    assert f"**{'ab' * (MOST_LETTERS // 2)}**: **" in words(app)


def test_one_character_needs_no_slider() -> None:
    app = well(panel_over("typed", [small()], lang_word="Ż").run())
    assert not app.slider
    assert "**ż**: **" in words(app)


def test_examples_become_the_word() -> None:
    app = well(panel_over("typed", [small()]).run())
    app.button(key="lang_example_3").click().run()
    assert app.text_input(key="lang_word").value == "mañana"
    assert "**mañana**: **" in words(well(app))


def test_a_new_word_is_looked_at_from_its_end() -> None:
    app = well(panel_over("typed", [small()], lang_word="kissa").run())
    widget(app.slider, "lang_at_5").set_value(2).run()
    assert "**ki…**: **" in words(well(app))
    app.text_input(key="lang_word").set_value("talot").run()
    assert widget(app.slider, "lang_at_5").value == 5
    assert "**talot**: **" in words(well(app))


def test_changes_of_one_letter_are_counted() -> None:
    trained = small(seed=4)
    app = well(panel_over("typed", [trained], lang_word="talo", lang_part=CHANGED).run())
    answer = int(predict_word(computed.network(trained), "talo").probabilities[-1].argmax())
    others = int((computed.changed(trained, "talo").argmax(2) != answer).sum())
    assert f"{others:,}" in words(app) if others else "All 180" in words(app)
    widget(app.selectbox, "lang_changed").set_value("Polish").run()
    well(app)


def test_skipped_characters_are_named() -> None:
    assert describe_skipped("ß ß") == (
        "Skipped, not in the alphabet of the training words: “ß”, space (3 characters in all)."
    )
    assert "zero width space" in describe_skipped("\u200b")
    assert "and 4 others" in describe_skipped("0123456789αβγδ")


def test_the_numbers_are_those_of_the_unit() -> None:
    trained = small()
    app = well(panel_over("how", [trained], lang_word="talo").run())
    for unit, at in ((0, 4), (9, 2)):
        widget(app.number_input, "lang_unit").set_value(unit)
        widget(app.slider, "lang_at_4").set_value(at).run()
        inside, _ = computed.inside(trained, computed.reading(trained, "talo"))
        after = float(inside.after[at - 1, unit])
        told = words(well(app))
        assert f"Unit {unit} at time step {at}" in told
        assert rf"\mathbf{{{after:.3f}}}" in told
        assert rf"\mathbf{{{float(inside.reset[at - 1, unit]):.3f}}}" in told


def test_a_diverged_network_gets_a_sentence() -> None:
    trained = small(seed=9)
    with torch.no_grad():
        computed.network(trained).out.weight.fill_(float("nan"))
    app = panel_over("typed", [trained]).run()
    assert not app.exception
    assert "NaN or infinite" in app.warning[0].value


def test_the_code_runs() -> None:
    from pages.ui.language import gru_steps, type_a_word

    model = computed.network(small(units=128))
    alphabet = "abcdefghijklmnopqrstuvwxyzáäèéëíïñóöúüąćęłńśźż"
    space = {"torch": torch, "nn": torch.nn, "alphabet": alphabet, "gru": model.cell, "linear": model.out}
    exec(type_a_word.CODE, space)  # our own text, shown to students
    assert torch.allclose(space["prediction"], predict_word(model, "nykyään").probabilities[-1], atol=1e-6)
    states = space["states"][0]
    space["hot"] = space["hot"][0]
    exec(gru_steps.CODE, space)
    assert torch.allclose(space["h"], states[-1], atol=1e-6)
