"""Choose one weight of a network: its layer, the unit it leads to, and the unit or pixel it comes from."""

import streamlit as st
from torch import nn

from core.lessons.mlp.one_gradient_step import Place
from core.models import linear_layers
from pages.ui.mlp.computed import layer_names


def pick_weight(model: nn.Module, key: str, start: Place) -> Place:
    """Three widgets whose keys begin with `key`; they start at `start`. Returns the weight chosen.

    In the first layer the source is a pixel, chosen by row and column.
    """
    layers = linear_layers(model)
    layer = pick_layer(model, key, start.layer)
    _, weight, _ = layers[layer]
    begin = start if layer == start.layer else Place(layer, 0, 14 * 28 + 14 if layer == 0 else 0)
    last = layer == len(layers) - 1
    first, second = st.columns([1, 1 if layer else 2])
    with first:
        to = pick_unit(
            "To class" if last else "To unit",
            weight.shape[0],
            f"{key}_to_{layer}",
            begin.to,
            "The class of the logit." if last else "The hidden unit that the weight leads to.",
        )
    with second:
        if layer > 0:
            description = "The hidden unit that the weight comes from."
            source = pick_unit("From unit", weight.shape[1], f"{key}_from_{layer}", begin.source, description)
            return Place(layer, to, source)
        row_side, column_side = st.columns(2)
        with row_side:
            row = pick_unit("Row", 28, f"{key}_row", begin.source // 28, "The pixel's row; 0 is at the top.")
        with column_side:
            column = pick_unit(
                "Column", 28, f"{key}_column", begin.source % 28, "The pixel's column; 0 is at the left."
            )
        return Place(0, to, row * 28 + column)


def pick_layer(model: nn.Module, key: str, start: int = 0) -> int:
    """A select box over the linear layers; returns 0 for the first."""
    names = layer_names(model)
    chosen = st.selectbox(
        "Layer",
        names,
        index=min(start, len(names) - 1),
        key=f"{key}_layer_{len(names)}",
        help="Counted from the input to the output.",
    )
    return names.index(chosen)


def pick_unit(label: str, count: int, key: str, start: int, help_: str) -> int:
    """A number from 0 to count − 1."""
    return int(
        st.number_input(
            label, 0, count - 1, min(start, count - 1), key=f"{key}_of_{count}", help=f"{help_} 0 to {count - 1}."
        )
    )
