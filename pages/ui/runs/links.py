"""Ways from one place to another: to the page that trained a run, to another tab."""

import streamlit as st

from core.checkpoints import run_checkpoint
from core.config import CNNConfig, MLPConfig, RecurrentConfig, RegressorConfig
from core.escaping import escaped
from core.run_table.rows import title_of
from core.runs import RunRecord
from pages.ui import controls, state

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


def run_link(run: RunRecord, label: str, name: str = "") -> None:
    """A link to the run on its page; where its weights are gone, the way to train it again.

    name: begins the sentence that says why it cannot be opened; usually its name and id.
    """
    if isinstance(run.config.model, _DRAWN) and not run_checkpoint(run.run_id).is_file():
        _again(run, name or title_of(run))
        return
    file, parameters = place_of(run)
    st.page_link(
        file, label=escaped(label, "page"), icon=":material/arrow_outward:", query_params=parameters,
        help="Opens the run on the page that trains such networks.",
    )  # fmt: skip


def _again(run: RunRecord, name: str) -> None:
    """Why a run cannot be opened, and a button that sets its page to its settings."""
    why = "a sweep keeps no weights" if run.kind == "sweep" else "its weights were not kept"
    st.caption(f"{escaped(name, 'page')} cannot be opened: {why}.")
    file, prefix = _PAGES[type(run.config.model)]
    if st.button(
        "Train it again with these settings", icon=":material/replay:", key=f"runs_again_{run.run_id}",
        on_click=_set, args=(run, prefix), help="Opens its page with all its settings; *Train* starts it.",
    ):  # fmt: skip
        st.switch_page(file, query_params={f"{prefix}_tab": "Train"})


def _set(run: RunRecord, prefix: str) -> None:
    """Callback: the controls of its page say what the run was trained with."""
    state.remember(f"{prefix}_run", None)  # no earlier run stands in the way
    st.session_state[f"{prefix}_recipe"] = run.config.recipe
    controls.apply(run.config.recipe, {**run.config.settings(), "precision": run.precision})


def turn_to(tab: str) -> None:
    """Callback: open another tab of this page; let the whole page run afterwards."""
    st.session_state["runs_tab"] = tab


def to_sweep(label: str) -> None:
    """A button that opens the tab of sweeps."""
    if st.button(
        label, icon=":material/tune:", key="runs_to_sweep", on_click=turn_to,
        args=("Sweep",), help="A recipe with several learning rates, one run after another.",
    ):  # fmt: skip
        st.rerun()
