"""Is it fair? What the lanes have in common, computed, and what tells them apart."""

import json

import streamlit as st

from core.config.race import RaceConfig
from core.data.digits import Mnist
from core.formatting import count
from core.lessons.race.fairness import LENGTH, LaneStart, lane_starts, same_start
from core.models.threads import one_thread
from core.training.run_data import divided
from core.training.schedules import SCHEDULES
from pages.ui.kit.widgets.cached_results import data_key


def fair(config: RaceConfig, mnist: Mnist, n_train: int | None = None) -> None:
    """An expander; its fingerprints are computed when it is opened.

    n_train: how many images an epoch of the race had, where it has been run: of other digits there is no
    computing its order anew.
    """
    more = st.expander("Is it fair?", icon=":material/balance:", key="race_fair", on_change="rerun")
    if not more.open:
        return
    with more:
        if n_train is not None and n_train != (now := divided(mnist, config.base)[0]):
            st.caption(
                f"That race trained on {count(n_train, 'image')}; with the digits in use now it would be "
                f"{now:,}: its fingerprints cannot be computed from them."
            )
            return
        seed = config.seeds[0]
        if len(config.seeds) > 1:
            first = config.seeds[0]
            seed = st.select_slider(
                "Of the seed",
                config.seeds,
                key=f"race_fair_seed_{first}_{len(config.seeds)}",
                help="Each seed has a start and an order of its own, the same for all lanes.",
            )
        found = _starts(json.dumps(config.to_json()), data_key(mnist), seed, mnist)
        st.markdown(in_words(found, seed))
        st.dataframe(
            {
                "lane": [start.lane for start in found],
                "first weights": [start.weights for start in found],
                "order of epoch 1": [start.order for start in found],
            },
            hide_index=True,
        )
        st.caption(
            f"Fingerprints: the first {LENGTH} digits of the SHA-256 of all weights and biases before the "
            "first step, and of the images of the first epoch in their order. One bit less alike, another "
            "fingerprint. Computed just now from the trainers that the lanes get."
        )
        st.markdown(
            "- **The same for all:** network, first weights, every batch, number of steps, arithmetic "
            "(fp32), processor threads. They take turns, one step each, so that a busy processor slows all.\n"
            f"- **Different:** {differences(config)}\n"
            "- **Still not fair:** a rate that suits one optimizer may be wrong for another, and a step of "
            "Adam costs more than one of SGD. Look at seconds as well as steps, and at each best rate."
        )


def in_words(found: list[LaneStart], seed: int) -> str:
    """Whether the fingerprints agree."""
    if same_start(found):
        return (
            f":material/check_circle: With seed {seed} all {len(found)} lanes start from **the same "
            f"weights** and see **the same {found[0].images:,} images in the same order**."
        )
    which = [
        word
        for word, marks in (("weights", {s.weights for s in found}), ("batches", {s.order for s in found}))
        if len(marks) > 1
    ]
    return f":material/warning: With seed {seed} the lanes differ in their {' and '.join(which)}: not fair."


def differences(config: RaceConfig) -> str:
    """Each lane's optimizer with all its settings, and its schedule."""
    parts = []
    for lane in config.lanes:
        settings = ", ".join(f"{name} {value:g}" for name, value in lane.optimizer.settings.items())
        schedule = "" if lane.schedule == "constant" else f", {SCHEDULES[lane.schedule].title} schedule"
        parts.append(f"{lane.name} ({settings}{schedule})")
    return "; ".join(parts) + "."


@st.cache_data(max_entries=32, show_spinner="Looking at the lanes' starts…")
def _starts(config: str, data: str, seed: int, _mnist: Mnist) -> list[LaneStart]:
    with one_thread():
        return lane_starts(RaceConfig.from_json(json.loads(config)), _mnist, seed)
