"""Part of the tab on defense: filters before the network, attacked through and around."""

from collections.abc import Callable

import streamlit as st
import torch

from core.attacks.filters import DEFENSES
from core.charts.images import picture
from core.charts.intervals import Twin, twin_bars_figure
from core.charts.palette import BLUE, ORANGE
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.lessons.adversarial.filtered_accuracy import READINGS, PerImageAccuracy
from core.lessons.adversarial.threat_models import ThreatModel, still_right, ways
from pages.ui.adversarial.filter_choice import Filter, choose_strength
from pages.ui.adversarial.filter_words import BARE, WHOLE, Right, filters_verdict
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

IMAGES = (50, 100, 200, 400)
PART = 25  # images a piece
Piece = tuple[str, str, int]  # BARE or WHOLE, way, part
Kept = dict[Piece, PerImageAccuracy]


@panel
def input_filters(trained: Trained, mnist: Mnist) -> None:
    """Choose filter, strength and ε; see what is left of each attack, and what the filter only hid."""
    st.session_state.setdefault("adv_filters_on", True)  # the first view measures by itself
    left, right = controls_and_stage()
    with left:
        titles = {entry.title: name for name, entry in DEFENSES.items()}
        title = st.selectbox(
            "Filter",
            list(titles),
            key="adv_filters_which",
            bind="query-params",
            help="What stands in front of the network chosen above. None of them is trained.",
        )
        name = titles[title]
        chosen = Filter(name, choose_strength("adv_filters", name))
        epsilon = st.slider(
            "ε (largest change of a pixel)",
            0.01,
            0.5,
            0.2,
            0.01,
            key="adv_filters_eps",
            bind="query-params",
            help="The same for every attack; pixels run from 0 to 1.",
        )
        count = st.select_slider(
            "Test images",
            IMAGES,
            50,
            key="adv_filters_n",
            bind="query-params",
            help="The same images for every attack, spaced evenly over the test images.",
        )
        _sees(chosen, mnist)
        st.caption(f":material/menu_book: {DEFENSES[name].paper}.")
    with right:
        _measured(trained, mnist, chosen, float(epsilon), min(int(count), len(mnist.test)))


def _sees(chosen: Filter, mnist: Mnist) -> None:
    """One picture, and what the network gets to see of it."""
    image = mnist.test.images[:1]
    with torch.no_grad():
        seen = DEFENSES[chosen.name].make(chosen.strength)(image)
    with st.container(horizontal=True, gap="small"):
        for pixels, words in ((image, "The picture"), (seen, "What the network sees")):
            st.image(picture(pixels[0, 0].numpy(), size=84), width=84, caption=words, alt=words)


def _measured(trained: Trained, mnist: Mnist, chosen: Filter, epsilon: float, count: int) -> None:
    places = torch.arange(count) * len(mnist.test) // count
    images, labels = mnist.test.images[places], mnist.test.labels[places]
    kept = _kept(trained.key, data_key(mnist), chosen, epsilon, count)
    known_ways = ways()
    random = DEFENSES[chosen.name].random
    parts = -(-count // PART)
    wanted: list[Piece] = [
        (side, name, part)
        for name in known_ways
        for side in (WHOLE, BARE)
        for part in range(parts)
        if side == WHOLE or known_ways[name].made_on == "whole"
    ]
    work = Piecework(
        "adv_filters", "Measure", help=f"{len(known_ways)} attacks on {count} images, with and without the filter."
    )

    def one(piece: Piece, progress: Callable[[float], None]) -> PerImageAccuracy:
        side, name, part = piece
        here = slice(part * PART, (part + 1) * PART)
        # A filter that draws starts anew for every piece: a number does not depend on what came before.
        used = DEFENSES[chosen.name].make(chosen.strength, wanted.index(piece))
        used = used if side == WHOLE else torch.nn.Identity()
        at = torch.arange(count)[here]
        return still_right(
            trained.model,
            used,
            images[here],
            labels[here],
            known_ways[name],
            epsilon,
            at,
            READINGS if random and side == WHOLE else 1,
        )

    def body() -> None:
        work.buttons(sum(piece in kept for piece in wanted), len(wanted), "measurements")
        with st.container(key="adv_filters_result"):
            right = gathered(dict(kept), known_ways, parts)
            if right[WHOLE]:
                _shown(right, known_ways, random, epsilon, count, mnist)
        work.go_on(wanted, kept, one)

    work.part(body)


def gathered(kept: Kept, known_ways: dict[str, ThreatModel], parts: int) -> Right:
    """For both sides, by the way of attack: how often each image is still read correctly; complete ones only.

    Without a filter there is nothing to go around: there every such way is the attack itself.
    """

    def whole(side: str, name: str) -> PerImageAccuracy | None:
        pieces = [kept.get((side, name, part)) for part in range(parts)]
        known = [piece for piece in pieces if piece is not None]
        return tuple(mark for piece in known for mark in piece) if len(known) == parts else None

    found: Right = {WHOLE: {}, BARE: {}}
    for name, way in known_ways.items():
        same = name if way.made_on == "whole" else str(way.attack)
        with_it, without = whole(WHOLE, name), whole(BARE, same)
        if with_it is not None and without is not None:
            found[WHOLE][name], found[BARE][name] = with_it, without
    return found


def _shown(
    right: Right, known_ways: dict[str, ThreatModel], random: bool, epsilon: float, count: int, mnist: Mnist
) -> None:
    verdict, masked = filters_verdict(right, known_ways, random=random)
    if masked:
        st.warning(verdict, icon=":material/visibility_off:")
    elif verdict:
        st.info(verdict, icon=":material/filter_alt:")
    names = list(right[WHOLE])
    twins = [
        Twin(
            side,
            color,
            [sum(right[side][name]) / count for name in names],
            [Proportion(round(sum(right[side][name])), count).interval for name in names],
        )
        for side, color in ((WHOLE, BLUE), (BARE, ORANGE))
    ]
    chart(twin_bars_figure([known_ways[name].title for name in names], twins), "adv_filters_bars")
    times = f" Behind the filter each is read {READINGS} times." if random else ""
    st.caption(
        f"On {which_images(mnist, count)}, ε = {epsilon:g}, L∞. Lines: 95% intervals. Dotted: guessing. "
        f"Without a filter the ways around are PGD itself.{times} {BY_TEST}"
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _kept(network: str, data: str, chosen: Filter, epsilon: float, count: int) -> Kept:
    """What has been measured so far, by whomever."""
    return {}
