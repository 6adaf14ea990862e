"""Networks that read words: a batch is its words one by one, and the seed alone decides the start."""

import copy

import pytest
import torch
from torch.nn import functional

from core.config.choices import CELLS
from core.config.errors import ConfigError
from core.config.language import ALPHABET, LANGUAGES, MOST_LETTERS, WordsConfig
from core.config.run import RecurrentConfig, RunConfig, TrainConfig
from core.data.words import encode, load_words
from core.models import build_module
from core.models.recurrent import Recurrent
from core.training.run_data import material_for
from core.training.trainer import new_trainer

WORDS = ["ja", "zażyć", "a", "heerlijkheid", "niño", "yhteiskunta", "the", "o" * MOST_LETTERS]


def network(cell: str, units: int = 24, dropout: float = 0.0, seed: int = 1) -> Recurrent:
    config = RecurrentConfig(cell=cell, units=units, dropout=dropout)  # type: ignore[arg-type]
    return Recurrent(config, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("cell", CELLS)
def test_a_padded_batch_is_its_words_one_by_one(cell: str) -> None:
    model = network(cell).double()
    rows = encode(WORDS)
    together = model(rows)
    assert together.shape == (len(WORDS), len(LANGUAGES))
    for word, answer in zip(WORDS, together, strict=True):
        alone = model(encode([word])[:, : len(word)])[0]  # no padding at all
        assert torch.allclose(alone, answer, rtol=0, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_of_a_padded_batch_are_those_of_its_words(cell: str) -> None:
    model = network(cell).double()
    labels = torch.arange(len(WORDS)) % 5
    functional.cross_entropy(model(encode(WORDS)), labels, reduction="sum").backward()
    together = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    for word, label in zip(WORDS, labels, strict=True):
        functional.cross_entropy(model(encode([word])[:, : len(word)])[0], label).backward()
    for name, parameter in model.named_parameters():
        assert torch.allclose(parameter.grad, together[name], rtol=0, atol=1e-12), name
        assert parameter.grad.abs().max() > 0, f"nothing reaches {name}"


@pytest.mark.parametrize("cell", CELLS)
def test_the_state_after_each_character_is_that_of_the_word_so_far(cell: str) -> None:
    model = network(cell).double()
    states = model.states(encode(["yhteiskunta"])[:, :11])[0]
    for end in range(1, 12):
        so_far = model(encode(["yhteiskunta"[:end]]))[0]
        assert torch.allclose(model.out(states[end - 1]), so_far, rtol=0, atol=1e-14)


def test_order_matters() -> None:
    model = network("gru")
    here, there = model(encode(["stop", "pots"]))
    assert (here - there).abs().max() > 1e-4


def test_nothing_and_no_words_get_an_answer() -> None:
    for cell in CELLS:
        model = network(cell)
        assert model(encode(["", "?!"])).isfinite().all()
        assert model(encode([])).shape == (0, 5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_start_comes_from_its_generator_alone(cell: str) -> None:
    torch.manual_seed(5)
    first = network(cell).state_dict()
    torch.manual_seed(77)
    torch.rand(100)
    again, other = network(cell).state_dict(), network(cell, seed=2).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)
    assert first["out.weight"].abs().max() <= 24**-0.5


def test_the_same_seed_repeats_whatever_others_draw() -> None:
    config = RunConfig(
        "language-gru",
        RecurrentConfig(units=8, dropout=0.5),
        TrainConfig(epochs=1, threads=1),
        WordsConfig(per_language=100),
    )
    runs = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        trainer = new_trainer(config, material_for(config), torch.device("cpu"))
        trainer.run()
        runs.append(copy.deepcopy(trainer.module.state_dict()))
        assert trainer.history.epochs[-1]["test_accuracy"] is not None
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns(cell: str) -> None:
    config = RunConfig(
        "language-gru",
        RecurrentConfig(cell=cell, units=32),
        TrainConfig(epochs=4, batch_size=32, threads=1),
        WordsConfig(per_language=300),
    ).with_settings({"optimizer": "adam", "lr": 0.01})
    trainer = new_trainer(config, load_words(WordsConfig(per_language=300)), torch.device("cpu"))
    rows = trainer.run().epochs
    assert rows[-1]["train_loss"] < 0.8 * rows[0]["train_loss"]
    assert rows[-1]["test_accuracy"] > 0.35  # five languages: guessing gets 0.2


def test_dropout_acts_in_training_alone() -> None:
    model = network("gru", dropout=0.5)
    rows = encode(WORDS)
    model.eval()
    assert torch.equal(model(rows), model(rows))


def test_nonsense_is_refused() -> None:
    for bad in ({"units": 0}, {"units": 513}, {"cell": "cnn"}, {"dropout": 0.95}):
        with pytest.raises(ConfigError):
            RecurrentConfig(**bad)
    with pytest.raises(ConfigError):
        WordsConfig(per_language=50)


def test_the_text_s_network_has_as_many_weights_as_its_layers_say() -> None:
    model = build_module(RecurrentConfig())
    counted = sum(p.numel() for p in model.parameters())
    assert counted == 3 * 128 * (len(ALPHABET) + 128 + 2) + 5 * 129
