"""What the first layer looks for: each unit's 784 weights as a picture."""

import streamlit as st
from torch import Tensor

from core.formatting import percent
from core.models import linear_layers
from pages.ui.kit.network.trained_network import Trained
from pages.ui.mlp.gallery import weight_gallery

NOW, START, CHANGE = "now", "at the start", "what training added"
BY_NUMBER, BY_SIZE, BY_CHANGE = "unit number", "size of its weights", "how much it changed"


def weights(trained: Trained) -> None:
    """Pictures of the units chosen, in the order chosen."""
    now, start = linear_layers(trained.model)[0][1], linear_layers(trained.start)[0][1]
    linear = len(now) == 10 and not trained.config.mlp.hidden
    what, order, count = _controls(len(now), linear)
    sizes = {BY_SIZE: now.norm(dim=1), BY_CHANGE: (now - start).norm(dim=1)}
    rows = sizes[order].argsort(descending=True, stable=True)[:count] if order in sizes else slice(0, count)
    shown: Tensor = {NOW: now, START: start, CHANGE: now - start}[what]
    numbers = [int(i) for i in rows] if isinstance(rows, Tensor) else list(range(min(count, len(now))))
    label = "digit" if linear else "unit"
    weight_gallery(shown[numbers].reshape(-1, 28, 28).numpy(), [f"{label} {n}" for n in numbers])
    moved = float((now - start).norm() / start.norm().clamp_min(1e-12))
    st.caption(
        f"Orange: a weight above zero, ink there speaks for the {label}. Blue: below zero, against it. "
        f"Training moved this layer by {percent(moved, 0)} of the size it started with."
        + (
            " The start was so loud that what was learned is hard to see in it: choose *what training added*."
            if moved < 0.2
            else ""
        )
    )


def _controls(units: int, linear: bool) -> tuple[str, str, int]:
    what = st.segmented_control(
        "Weights",
        [NOW, START, CHANGE],
        default=NOW,
        required=True,
        key="mlp_weights_what",
        bind="query-params",
        help="The difference shows what was learned, freed from the random start.",
    )
    if linear:
        return what, BY_NUMBER, units
    left, right = st.columns([1.2, 1])
    with left:
        order = st.selectbox(
            "Sorted by",
            [BY_SIZE, BY_CHANGE, BY_NUMBER],
            key="mlp_weights_order",
            bind="query-params",
            help="Large first. Size is the length of the unit's weight vector.",
        )
    if units <= 12:
        return what, order, units
    with right:
        count = st.slider(
            "Units shown",
            12,
            min(units, 96),
            min(units, 36),
            12 if units >= 96 else 1,
            key=f"mlp_weights_count_{units}",
            help=f"How many of the {units:,} units to show.",
        )
    return what, order, count
