"""The GRU by hand against PyTorch's, and what one changed letter does against reading the changed word."""

import pytest
import torch

from core.config.language import ALPHABET, MOST_LETTERS
from core.config.run import RecurrentConfig
from core.data.words import encode
from core.lessons.language.gates import gates
from core.models.inspect.word_predictions import guesses, one_letter_changed, predict_word, turning_changes
from core.models.recurrent import Recurrent


def network(cell: str = "gru", units: int = 20) -> Recurrent:
    config = RecurrentConfig(cell=cell, units=units)  # type: ignore[arg-type]
    model = Recurrent(config, torch.Generator().manual_seed(3)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)  # gates away from one half
    return model


@pytest.mark.parametrize("word", ["zażyć", "a", "o" * 60, "yhteiskunta"])
def test_by_hand_is_what_torch_computes(word: str) -> None:
    model = network()
    reading = predict_word(model, word)
    found, sums = gates(model, reading.characters)
    assert torch.allclose(found.after, reading.states, rtol=0, atol=1e-6)
    reset, update, candidate = sums
    assert torch.allclose(torch.sigmoid(reset.letter + reset.memory), found.reset)
    assert torch.allclose(torch.sigmoid(update.letter + update.memory), found.update)
    assert torch.allclose(torch.tanh(candidate.letter + found.reset * candidate.memory), found.candidate)
    mixed = (1 - found.update) * found.candidate + found.update * found.before
    assert torch.allclose(mixed, found.after)
    assert not found.before[0].any()
    assert torch.equal(found.before[1:], found.after[:-1])


def test_only_a_gru_has_these_gates() -> None:
    for cell in ("rnn", "lstm"):
        with pytest.raises(ValueError, match="GRU"):
            gates(network(cell), torch.tensor([0, 1]))


def test_nothing_read_has_no_gates_and_no_answer() -> None:
    model = network()
    reading = predict_word(model, "日本 7")
    assert reading.word == ""
    assert reading.probabilities.shape == (0, 5)
    assert gates(model, reading.characters)[0].reset.shape == (0, 20)
    assert one_letter_changed(model, "").shape == (0, 46, 5)
    assert turning_changes("", torch.empty(0, 46, 5), 0) == []


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_the_answer_after_each_character_is_that_for_the_word_so_far(cell: str) -> None:
    model = network(cell)
    reading = predict_word(model, "Święto!")
    assert reading.word == "święto"
    so_far = guesses(model, ["święto"[:end] for end in range(1, 7)])
    assert torch.allclose(reading.probabilities, so_far, atol=1e-6)
    assert torch.allclose(reading.probabilities.sum(1), torch.ones(6))


def test_ten_thousand_characters_and_no_words() -> None:
    model = network()
    assert len(predict_word(model, "ab" * 5000).characters) == MOST_LETTERS
    assert guesses(model, []).shape == (0, 5)
    assert guesses(model, ["", "a" * 10_000]).isfinite().all()


def test_one_changed_letter_is_the_changed_word() -> None:
    model = network()
    changed = one_letter_changed(model, "kissa")
    assert changed.shape == (5, len(ALPHABET), 5)
    for place, letter in ((0, "ż"), (3, "a"), (4, "o")):
        word = "kissa"[:place] + letter + "kissa"[place + 1 :]
        assert torch.allclose(changed[place, ALPHABET.index(letter)], guesses(model, [word])[0], atol=1e-6)
    assert torch.allclose(changed[2, ALPHABET.index("s")], guesses(model, ["kissa"])[0], atol=1e-6)


def test_turning_changes_turn_and_come_surest_first() -> None:
    model = network()
    changed = one_letter_changed(model, "kissa")
    answer = int(guesses(model, ["kissa"])[0].argmax())
    found = turning_changes("kissa", changed, answer)
    assert found
    confidence = [change.probability for change in found]
    assert confidence == sorted(confidence, reverse=True)
    for change in found:
        assert sum(a != b for a, b in zip(change.word, "kissa", strict=True)) == 1
        row = guesses(model, [change.word])[0]
        assert int(row.argmax()) == change.language != answer
        assert float(row.max()) == pytest.approx(change.probability, abs=1e-6)
    best = changed.max(dim=2)
    assert confidence[0] == pytest.approx(float(best.values[best.indices != answer].max()))
    all_one = torch.zeros(5, 46, 5)
    all_one[..., 2] = 1
    assert turning_changes("kissa", all_one, 2) == []
    assert encode(["kissa"]).shape == (1, MOST_LETTERS)
