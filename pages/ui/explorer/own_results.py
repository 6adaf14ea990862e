"""How well every network reads one's own drawings, beside MNIST's, and which drawing fools whom."""

import streamlit as st

from core.charts.images import picture
from core.charts.intervals import Accuracies, intervals
from core.charts.palette import GREEN, VIOLET
from core.config.escaping import escaped
from core.data.handwriting import Collection
from core.formatting import article, count, probability
from core.lessons.explorer.own_handwriting import Misread, misread
from pages.ui.explorer.own_predictions import Rated, rated
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

ANY = "any network"
SHOWN = 24


@st.fragment
def results(own: Collection) -> None:
    """The chart, what it says, and the misread drawings."""
    with error_boundary():
        networks = rated()
        st.subheader("Who reads your hand?", anchor=False)
        chart(
            intervals(
                [escaped(one.name, "html") for one in networks],
                Accuracies(
                    [one.own.score.accuracy for one in networks],
                    [one.own.score.ci95 for one in networks],
                    VIOLET,
                    "your drawings",
                ),
                Accuracies(
                    [one.mnist[0] for one in networks],
                    [one.mnist[1:] for one in networks],
                    GREEN,
                    "MNIST's test images",
                ),
                as_dots=True,
            ),
            "data_own_chart",
            still=True,
        )
        st.markdown(verdict(networks, len(own)))
        st.caption(
            "Dots: share read correctly, with 95% intervals (Wilson). On MNIST it is the accuracy that was "
            f"recorded when the network was trained, on {_counts(networks)} test images."
        )
        _who_misreads(own, networks)


def verdict(networks: list[Rated], n: int) -> str:
    """What the intervals say, in a sentence made from them."""
    worse = [one.name for one in networks if one.own.score.ci95[1] < one.mnist[1]]
    better = [one.name for one in networks if one.own.score.ci95[0] > one.mnist[2]]
    drawings = count(n, "drawing")
    if not worse and not better:
        return (
            f"**No difference that {drawings} can show**: for every network the two intervals overlap. "
            "Draw more to see a smaller difference."
        )
    parts = []
    if worse:
        parts.append(f"**{_some(worse, networks)} your hand worse than MNIST's test images**")
    if better:
        parts.append(f"**{_some(better, networks)} your hand better than MNIST's test images**")
    rest = len(networks) - len(worse) - len(better)
    tail = f" For {'the others' if rest > 1 else 'the other'} the intervals overlap." if rest else ""
    return f"{'; '.join(parts)}: there the two intervals lie apart.{tail}"


def _some(names: list[str], networks: list[Rated]) -> str:
    """ "All 9 networks read", "3 of 9 networks (a, b, c) read", "1 of 9 networks (a) reads"."""
    if len(names) == len(networks) > 1:
        return f"All {len(names)} networks read"
    listed = ", ".join(escaped(name, "page") for name in names)
    return f"{len(names)} of {len(networks)} networks ({listed}) {'reads' if len(names) == 1 else 'read'}"


def _counts(networks: list[Rated]) -> str:
    few, many = min(one.n for one in networks), max(one.n for one in networks)
    return f"{few:,}" if few == many else f"{few:,} to {many:,}"


def _who_misreads(own: Collection, networks: list[Rated]) -> None:
    readings = {one.name: one.own for one in networks}
    found = misread([one.label for one in own.drawings], readings)
    st.subheader("Misread drawings", anchor=False)
    if not found:
        st.markdown(f"None: all {len(networks)} networks read every drawing as you meant it.")
        return
    names = [ANY, *readings]
    if st.session_state.get("data_own_who") not in names:
        st.session_state.pop("data_own_who", None)
    who = st.selectbox(
        "Misread by",
        names,
        key="data_own_who",
        persist_state="session",
        width=340,
        help="Drawings that at least one network misreads, or those of one network.",
    )
    picked = [one for one in found if who == ANY or any(who in said for said in one.taken_for.values())]
    st.caption(f"{len(picked)} of {len(own)} drawings, those that fool most networks first.")
    with st.container(horizontal=True, gap="medium"):
        for one in picked[:SHOWN]:
            _card(own, one, len(networks), readings[who].confidence[one.place] if who != ANY else None, who)
    if len(picked) > SHOWN:
        st.caption(f"And {len(picked) - SHOWN} more.")


def _card(own: Collection, one: Misread, networks: int, confidence: float | None, who: str) -> None:
    """A drawing, its label, and who takes it for what; of one network also how sure it is."""
    with st.container(width=170, gap="small"):
        st.image(picture(own.drawings[one.place].image / 255, size=84), width=84, alt=article(one.label).capitalize())
        st.markdown(f"**{article(one.label)}** · drawing {one.place + 1}")
        for digit, names in one.taken_for.items():
            if confidence is None:
                listed = ", ".join(escaped(name, "page") for name in names)
                st.caption(
                    f"**{digit}** say {len(names)} of {networks}: {listed}"
                    if len(names) > 1
                    else f"**{digit}** says {listed}"
                )
            elif who in names:
                sentence = probability(confidence)
                st.caption(f"read as **{digit}**, {sentence} sure; {one.wrong} of {networks} networks misread it")
