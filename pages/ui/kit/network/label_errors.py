"""Suspected label errors: the training images with the highest loss, and whose labels were really wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import Tensor, nn

from core.charts.evaluation_curves import label_errors_figure
from core.charts.images import picture
from core.charts.palette import GRAY, VERMILLION, rgb
from core.config.digits import DigitsConfig
from core.config.run import RunConfig
from core.data.digits import Digits
from core.formatting import duration, percent
from core.models.evaluation import logits
from core.models.inspect.label_errors import LabelErrors, suspects
from core.models.threads import one_thread
from core.training.run_data import run_data
from pages.ui.kit.shell import cache
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.finished_run import FinishedRun, Place
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.chart import chart

SHOWN = 14  # of the first, and of the last before one stops
SIDE, RING = 56, 4  # pixels of an image on the screen, and of the ring around it
PATIENCE = 0.5  # seconds; what takes longer waits for a button
CODE = """\
network.eval()
with torch.no_grad():
    losses = F.cross_entropy(network(images), given, reduction="none")  # one number an image
order = losses.argsort(descending=True)                                 # highest loss first
found = flipped[order].cumsum(0)                                        # wrong labels in the first 1, 2, …
"""


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The suspects, and the first of them as the network saw them: (n, 28, 28) bytes."""

    suspects: LabelErrors
    images: Tensor


def show_suspects(place: Place, run: FinishedRun) -> None:
    """Below a run with flipped labels; nothing below others."""
    if isinstance(run.config.data, DigitsConfig) and run.config.data.flipped:
        _panel(place, run)


@st.fragment
@one_thread()
def _panel(place: Place, run: FinishedRun) -> None:
    with error_boundary():
        st.subheader("Suspected label errors", anchor=False)
        st.caption(
            "Training images by their loss, highest first. A network learns what many images have in common before "
            "it memorizes exceptions."
        )
        key = run.key + data_key(cache.mnist())
        network = _network(key, run.network)
        if network is None or not all(bool(v.isfinite().all()) for v in network.state_dict().values()):
            st.caption("The weights of this run are gone, NaN or infinite: they cannot rank images.")
            return
        seconds = _seconds(key, network, run.n_train)
        if seconds > PATIENCE and st.session_state.get(place.key("suspects_of")) != key:
            st.button(
                f"Find label errors (about {duration(max(1, round(seconds)))})",
                icon=":material/search:",
                key=place.key("suspects_look"),
                on_click=_look,
                args=(place, key),
                help=f"Sends {run.n_train:,} training images through the network.",
            )
            return
        found = _ranked(key, network, run.config)
        if len(found.suspects.places) != run.n_train:
            st.caption("This run was trained on other digits than those in use now (see the sidebar).")
            return
        _found(place, found)


def _look(place: Place, key: str) -> None:
    """Callback: from now on this run's suspects are computed."""
    st.session_state[place.key("suspects_of")] = key


def _found(place: Place, ranked: _Ranked) -> None:
    found = ranked.suspects
    n, (_, total) = len(found.places), found.among_first(0)
    if not total or n < 20:
        st.caption("Too few images for a search.")
        return
    most = len(ranked.images)
    count = st.slider(
        "Images to check",
        10,
        most,
        min(total, most) if total >= 10 else 10,
        format="%,d",
        key=place.key(f"suspects_{most}"),
        bind="query-params",
        help="A person has to check each of these images. How many are worth it?",
    )
    hits, _ = found.among_first(count)
    st.markdown(
        f"Of the first **{count:,}** of {n:,}, **{hits:,}** were flipped labels (precision "
        f"{percent(hits / count, 0)}); that is **{percent(hits / total, 0)}** of all {total:,} flipped ones "
        f"(recall). At random it would be {count * total / n:,.0f}."
    )
    first = min(count, SHOWN)
    st.caption("**Highest loss**: given label → prediction")
    _gallery(ranked, range(first))
    if count > 2 * SHOWN:
        st.caption("**The last ones checked**")
        _gallery(ranked, range(count - SHOWN, count))
    st.caption("Orange ring: a flipped label. Gray: the label MNIST has, and yet a high loss.")
    chart(label_errors_figure(found.found.numpy(), count), place.key("suspects_curve"), still=True)
    st.caption("Dot: the images checked. Dotted: checking images in random order.")
    with st.expander("Show the code of the search", icon=":material/code:"):
        st.code(CODE, language="python")


def _gallery(ranked: _Ranked, which: range) -> None:
    found = ranked.suspects
    with st.container(horizontal=True, gap="xsmall"):
        for index in which:
            with st.container(width=SIDE + 2 * RING, gap=None):
                labels = f"{int(found.given[index])} → {int(found.read[index])}"
                flipped = bool(found.flipped[index])
                alt = f"Training image, {labels}, {'flipped label' if flipped else 'label as in MNIST'}"
                st.image(ringed(ranked.images[index], flipped), width=SIDE + 2 * RING, alt=alt)
                st.caption(labels, text_alignment="center")


def ringed(image: Tensor, flipped: bool) -> NDArray[np.uint8]:
    ink = VERMILLION if flipped else GRAY
    color = np.array(rgb(ink), dtype=np.uint8)
    whole = np.broadcast_to(color, (SIDE + 2 * RING, SIDE + 2 * RING, 3)).copy()
    whole[RING:-RING, RING:-RING] = picture(image.numpy() / 255, size=SIDE)
    return whole


@st.cache_resource(max_entries=4, show_spinner=False)
def _network(key: str, _make: Callable[[], nn.Module | None]) -> nn.Module | None:
    return _make()


@st.cache_data(max_entries=32, show_spinner=False)
def _seconds(key: str, _network: nn.Module, n: int) -> float:
    """About how long n images take, from a few of them."""
    few = cache.mnist().test.images[:200]
    taken = []
    for _ in range(4):  # the quickest counts: the first is always slow, and others may be at work
        started = time.perf_counter()
        logits(_network, few)
        taken.append(time.perf_counter() - started)
    return min(taken) * n / len(few)


@st.cache_resource(max_entries=6, show_spinner="Looking at every training image…")
def _ranked(key: str, _network: nn.Module, _config: RunConfig) -> _Ranked:
    mnist = cache.mnist()
    data = run_data(mnist, _config)
    assert isinstance(data.train, Digits)
    found = suspects(_network, data.train, mnist.train.labels, data.places)
    most = max(20, 3 * int(found.flipped.sum()))
    return _Ranked(found, (255 * data.train.images[found.places[:most], 0]).round().byte())
