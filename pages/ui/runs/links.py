"""Ways from one place to another: to the page that trained a run, to another tab."""

import streamlit as st

from core.config.escaping import escaped
from core.storage.runs import RunRecord
from pages.ui.kit.shell.places import place_of


def run_link(run: RunRecord, label: str) -> None:
    """A link to the run on its page, whose controls then say what it was trained with."""
    file, parameters = place_of(run.config, run.run_id)
    st.page_link(
        file,
        label=escaped(label, "page"),
        icon=":material/arrow_outward:",
        query_params=parameters,
        help="Opens the run on the page that trains such networks.",
    )


def turn_to(tab: str) -> None:
    """Callback: open another tab of this page; let the whole page run afterwards."""
    st.session_state["runs_tab"] = tab


def to_sweep(label: str) -> None:
    """A button that opens the tab of sweeps."""
    if st.button(
        label,
        icon=":material/tune:",
        key="runs_to_sweep",
        on_click=turn_to,
        args=("Sweep",),
        help="A recipe with several learning rates, one run after another.",
    ):
        st.rerun()
