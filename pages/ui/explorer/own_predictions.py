"""A person's drawings and what networks predict for them, kept until the drawings change."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.config.run import DIGIT_READERS
from core.data.handwriting import Collection, Handwriting
from core.lessons.explorer.own_handwriting import OwnPredictions, predict_own
from core.models.threads import one_thread
from core.models.trained_network import TrainedNetwork, load_run
from core.recipes.texts import train_recipes
from pages.ui.kit.network.network_picker import recorded
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.owner import owner

RUNS = 5  # saved runs beside the pretrained networks


def drawings() -> Handwriting:
    """Where this browser's drawings are kept."""
    return Handwriting(owner())


def collection() -> Collection:
    """This browser's drawings."""
    return _collection(drawings().state(), owner())


@dataclass(frozen=True)
class Rated:
    """A network: its name here, its accuracy on MNIST's test images as recorded, and its predictions for yours.

    mnist: (accuracy, low, high), fractions with the ends of the 95% interval. n: on how many images.
    """

    name: str
    mnist: tuple[float, float, float]
    n: int
    own: OwnPredictions


def rated() -> list[Rated]:
    """Every pretrained network of digits and the newest saved runs."""
    found = []
    state, who = drawings().state(), owner()
    for name in _shipped():
        facts = shipped_model(name).provenance
        low, high = facts["ci95"]
        own = _predict(state, who, f"shipped:{name}", 0.0, partial(shipped_model, name))
        found.append(Rated(name, (facts["test_accuracy"], low, high), facts["n_test"], own))
    for run in recorded(DIGIT_READERS, RUNS):
        if run.test_accuracy is None or run.ci_low is None or run.ci_high is None:
            continue
        own = _predict(state, who, f"run:{run.run_id}", run.created, partial(load_run, run.run_id))
        name = f"{run.name or run.recipe} · {run.run_id}"
        found.append(Rated(name, (run.test_accuracy, run.ci_low, run.ci_high), run.n_test, own))
    return found


def _shipped() -> list[str]:
    """Pretrained networks that classify digits, in the order of the recipes."""
    from core.storage.checkpoints import shipped

    there = shipped()
    return [name for name in train_recipes(DIGIT_READERS) if name in there]


@st.cache_resource(show_spinner=False, max_entries=40)
def _collection(state: str, who: str) -> Collection:
    return Handwriting(who).all()


@st.cache_resource(show_spinner=False, max_entries=200)
@one_thread()
def _predict(state: str, who: str, network: str, written: float, _open: Callable[[], TrainedNetwork]) -> OwnPredictions:
    """network, written: tell it from others, and one version of a run that went on from the next."""
    return predict_own(_open().model, _collection(state, who).digits())
