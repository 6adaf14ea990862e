"""Where a run is shown: a page and the address there, for links that open it at that very run."""

import streamlit as st

from core.config.run import CNNConfig, MLPConfig, ModelConfig, RecurrentConfig, RegressorConfig, RunConfig

#: A page's file, and the parameters of its address.
Place = tuple[str, dict[str, str]]

#: Kind of network → the page that trains it, and the beginning of its keys there.
_PAGES: dict[type[ModelConfig], tuple[str, str]] = {
    MLPConfig: ("pages/2_MLP_Autograd.py", "mlp"),
    CNNConfig: ("pages/4_CNN.py", "cnn"),
    RegressorConfig: ("pages/7_Regression.py", "reg"),
    RecurrentConfig: ("pages/8_Language_ID.py", "lang"),
}


def place_of(config: RunConfig, run_id: str) -> Place:
    """The page that trains such a network, at that run; any page's runs can be opened there."""
    file, prefix = _PAGES[type(config.model)]
    return file, {f"{prefix}_tab": "Train", f"{prefix}_run": run_id}


# An address that names a run which this server does not know: it was deleted, or trains on another one.


def not_here(what: str, instead: str) -> None:
    """Say so. what: "That run is" or "Those runs are". instead: what can be done on this page, a sentence."""
    st.info(
        f"{what} no longer here: this server has nothing of that name in training or saved. "
        f"What trains on another server can be watched there, under that server's address. {instead}",
        icon=":material/info:",
    )
