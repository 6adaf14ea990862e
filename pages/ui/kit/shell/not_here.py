"""An address that names a run which this server does not know: it was deleted, or trains on another one."""

import streamlit as st


def not_here(what: str, instead: str) -> None:
    """Say so. what: "That run is" or "Those runs are". instead: what can be done on this page, a sentence."""
    st.info(
        f"{what} no longer here: this server has nothing of that name in training or on record. "
        f"What trains on another server can be watched there, under that server's address. {instead}",
        icon=":material/info:",
    )
