"""Numbers as people type them, one reading for every option that takes one."""

import argparse
import json

import pytest

from core.cli.train import parse_settings
from core.config.validation import integer, number, setting
from core.jobs.sweep.plan import parse_axes
from core.recipes.texts import RECIPES

WRITTEN = {
    "0.1": 0.1,
    ".1": 0.1,
    "1e-1": 0.1,
    "1E-1": 0.1,
    "1/10": 0.1,
    " 1 / 10 ": 0.1,
    "+.1": 0.1,
    "8/255": 8 / 255,
    "-.5": -0.5,
    "−0.5": -0.5,
    "3.": 3.0,
    "3": 3,
    "1e2": 100,
    "4/2": 2,
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_read_wherever_one_is_typed(text: str) -> None:
    value = WRITTEN[text]
    assert number(text) == value
    config = RECIPES["mlp-deep"].config
    assert setting(text) == parse_settings(config, [f"lr={text}"])["lr"] == value
    assert parse_axes(config, [f"lr={text},{text}"])["lr"] == (value, value)
    assert type(setting(text)) is type(value)


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "nan", "inf", "1e999", "1,5", "0x10", "1_000", "1/2/3", "٣", "9" * 5000]
)
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number") as refused:
        number(text)
    assert len(str(refused.value)) < 120
    assert setting(text) == text


def test_whole_numbers_words_and_lists() -> None:
    assert integer("1e2") == 100
    with pytest.raises(argparse.ArgumentTypeError, match="'3/2' is not a whole number"):
        integer("3/2")
    assert [setting(word) for word in ("true", "False", "null", "none")] == [True, False, None, "none"]
    cnn = RECIPES["cnn-lab"].config
    assert parse_settings(cnn, ["hidden=128, 1e2", "pools=max,none"]) == {
        "hidden": (128, 100),
        "pools": ("max", "none"),
    }
    assert json.dumps(parse_axes(cnn, ["hidden=128x64,256"])) == '{"hidden": [[128, 64], [256]]}'
