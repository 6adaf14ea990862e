"""The network that the settings describe, layer by layer: it changes as one edits."""

import pandas as pd
import streamlit as st

from core.config.cnn import CNNConfig, LayerShape
from core.formatting import shape
from core.recipes.texts import RECIPES
from pages.ui.kit.training.training_page import Chosen


def layers_table(chosen: Chosen) -> None:
    """Every layer with the shape it gives and its weights; or why there is no such network."""
    if chosen.wanted is None:
        st.info(
            "These settings make no network yet; what stands in the way is said on the left. "
            "Nothing is lost: change the layer it names.",
            icon=":material/straighten:",
        )
        return
    config = chosen.wanted.cnn
    layers = config.layers()
    total, learned = weights(config, layers)
    way = [layer for layer in layers if layer.kind in ("convolution", "linear") or "pool" in layer.kind]
    st.markdown(
        ":material/account_tree: (1, 28, 28) → "
        + " → ".join(shape(layer.shape) for layer in way)
        + f" · **{total:,} parameters**"
        + (f", {learned:,} of them trainable" if learned < total else "")
    )
    edited = chosen.wanted.model != RECIPES[chosen.recipe].config.model
    with st.expander("The network, layer by layer", icon=":material/table_rows:", expanded=edited):
        st.dataframe(
            table(layers),
            hide_index=True,
            key="cnn_layers",
            height="content",
            column_config={
                "parameters": st.column_config.NumberColumn(format="localized"),
                "share": st.column_config.ProgressColumn(
                    "share of all",
                    min_value=0.0,
                    max_value=1.0,
                    format="percent",
                    help="Where the parameters are: mostly in the first linear layer.",
                ),
            },
        )
        st.caption("Shapes for one image: (channels, rows, columns). Parameters: weights and biases.")


def weights(config: CNNConfig, layers: list[LayerShape]) -> tuple[int, int]:
    """(all parameters, those that are trained)."""
    total = sum(layer.parameters for layer in layers)
    held = sum(layer.parameters for layer in layers if layer.kind == "convolution") if config.frozen else 0
    return total, total - held


def table(layers: list[LayerShape]) -> pd.DataFrame:
    """One row a layer; sizes as (channels, rows, columns)."""
    total = sum(layer.parameters for layer in layers) or 1
    return pd.DataFrame(
        {
            "layer": [layer.name for layer in layers],
            "what": [layer.kind for layer in layers],
            "gives": [shape(layer.shape) for layer in layers],
            "parameters": [layer.parameters for layer in layers],
            "share": [layer.parameters / total for layer in layers],
        }
    )
