"""The formula of an attack, what it needs of the network, and where it comes from."""

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS

ACCESS = {
    "gradients": "**White box**: it needs the gradients of the network, so its weights must be known.",
    "outputs": "**Black box**: it asks for the network's outputs and never for a gradient.",
    "nothing": "**Control**: it asks the network nothing.",
}


def formula(config: AttackConfig) -> None:
    """In LaTeX, with its paper and its norm in words."""
    entry = ATTACKS[config.name]
    norm = NORMS[entry.norm]
    st.latex(entry.formula)
    st.markdown(
        f"{entry.idea}  \n{ACCESS[entry.access]}  \n**Norm {norm.title}**: {norm.idea}.  \n**Source**: {entry.paper}."
    )
    if config.target is not None:
        st.markdown(
            rf"With a target, $L(x, y)$ is replaced by $-L(x, {config.target})$: instead of away from the "
            f"right digit the picture goes towards the {config.target}."
        )
