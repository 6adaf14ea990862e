"""Widgets for a network that reads words, and for the words it learns from."""

from typing import Any

import streamlit as st

from core.config.choices import CELLS, WORD_SPLITS
from core.config.run import RecurrentConfig
from core.recipes.texts import train_recipes
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.bound_widgets import Widgets

CELL_NAMES = {"gru": "GRU", "lstm": "LSTM", "rnn": "plain RNN (tanh)"}
DIVISION_NAMES = {"random": "random split", "stem": "split by stem (no leakage)"}
FORMER = {
    "at random, word by word": DIVISION_NAMES["random"],
    "by stem: no relatives in the test": DIVISION_NAMES["stem"],
}
for _key in ("lang_compare_division", *(f"{name}_division" for name in train_recipes(RecurrentConfig))):
    renamed(_key, FORMER)
AMOUNTS = (100, 200, 400, 700, 1000, 1500, 2000, 3000, 4000)


def network(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the widgets and return the settings of the network they say. values: where they start."""
    return {
        "cell": widget.choice_box(
            "Cell",
            CELLS,
            values["cell"],
            "cell",
            help="Recurrent cell. GRU and LSTM have gates that decide what is kept of the hidden state; "
            "a plain RNN has none.",
            format_func=lambda name: CELL_NAMES[name],
        ),
        "units": widget.number("Hidden units", 1, 512, values["units"], "units", help="Size of the hidden state."),
        "dropout": widget.slider(
            "Dropout",
            0.0,
            0.9,
            values["dropout"],
            "dropout",
            step=0.05,
            help="Share of the last hidden state set to zero at each training step.",
        ),
    }


def material(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """The same for the words."""
    found: dict[str, Any] = {
        "division": widget.choice_box(
            "Test split (20%)",
            WORD_SPLITS,
            values["division"],
            "division",
            help="By stem, no test word shares its first five letters with a training word of its language.",
            format_func=lambda name: DIVISION_NAMES[name],
        ),
        "per_language": widget.choice(
            "Words per language",
            AMOUNTS,
            values["per_language"],
            "per_language",
            help="The most frequent words. Fewer train faster and generalize less.",
            format_func=lambda count: f"{count:,}",
        ),
    }
    with st.expander("Split", icon=":material/call_split:"):
        found["words_seed"] = widget.number(
            "Split seed",
            0,
            2**31 - 1,
            values["words_seed"],
            "words_seed",
            help="Another seed puts other words into the test set.",
        )
    return found
