"""Ways from one place to another: to the page that trained a run, to another tab."""

import streamlit as st

from core.checkpoints import run_checkpoint
from core.config import CNNConfig, MLPConfig, RecurrentConfig, RegressorConfig
from core.runs import RunRecord

#: Kind of network → page, and the beginning of its keys there.
_PAGES = {
    MLPConfig: ("pages/2_MLP_Autograd.py", "mlp"),
    CNNConfig: ("pages/4_CNN.py", "cnn"),
    RegressorConfig: ("pages/7_Regression.py", "reg"),
    RecurrentConfig: ("pages/8_Language_ID.py", "lang"),
}

_DRAWN = (RegressorConfig, RecurrentConfig)  # their pages draw the network itself, which takes its weights


def place_of(run: RunRecord) -> tuple[str, dict[str, str]]:
    """The page that trains such a network, and the parameters that show this run there."""
    file, prefix = _PAGES[type(run.config.model)]
    return file, {f"{prefix}_run": run.run_id, f"{prefix}_tab": "Train"}


def run_link(run: RunRecord, label: str) -> None:
    """A link to the run on its page, or why there is none."""
    if isinstance(run.config.model, _DRAWN) and not run_checkpoint(run.run_id).is_file():
        st.caption(f"{label}: its weights were not kept (a sweep keeps none), and its page draws them.")
        return
    file, parameters = place_of(run)
    st.page_link(
        file, label=label, icon=":material/arrow_outward:", query_params=parameters,
        help="Opens the run on the page that trains such networks.",
    )  # fmt: skip


def turn_to(tab: str) -> None:
    """Callback: open another tab of this page; let the whole page run afterwards."""
    st.session_state["runs_tab"] = tab


def to_sweep(label: str) -> None:
    """A button that opens the tab of sweeps."""
    if st.button(
        label, icon=":material/tune:", key="runs_to_sweep", type="tertiary", on_click=turn_to,
        args=("Sweep",), help="A recipe with several learning rates, one run after another.",
    ):  # fmt: skip
        st.rerun()
