"""Every network's accuracy on one's own drawings beside that on MNIST, and who misclassifies which drawing."""

import streamlit as st

from core.charts.images import picture
from core.charts.intervals import Accuracies, intervals
from core.charts.palette import GREEN, VIOLET
from core.config.escaping import escaped
from core.data.handwriting import Collection
from core.formatting import count, probability
from core.lessons.explorer.own_handwriting import Misclassified, misclassified
from pages.ui.explorer.own_predictions import Rated, rated
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.chart import chart

ANY = "any network"
SHOWN = 24


@st.fragment
def results(own: Collection) -> None:
    """The chart, its finding, and the misclassified drawings."""
    with error_boundary():
        networks = rated()
        st.subheader("Accuracy on your handwriting", anchor=False)
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
            alt=verdict(networks, len(own)).replace("*", ""),
        )
        st.markdown(verdict(networks, len(own)))
        st.caption(
            "Dots: accuracy with its 95% interval (Wilson). On MNIST it was measured when the network was trained, on "
            f"{_counts(networks)} test images."
        )
        _misclassified(own, networks)


def verdict(networks: list[Rated], n: int) -> str:
    """What the intervals say, in a sentence made from them."""
    worse = [one.name for one in networks if one.own.score.ci95[1] < one.mnist[1]]
    better = [one.name for one in networks if one.own.score.ci95[0] > one.mnist[2]]
    drawings = count(n, "drawing")
    if not worse and not better:
        return (
            f"**No difference that {drawings} can show**: the two intervals of every network overlap. "
            "Smaller differences need more drawings."
        )
    parts = []
    if worse:
        parts.append(f"**{_some(worse, networks)} less accurate on your drawings than on MNIST**")
    if better:
        parts.append(f"**{_some(better, networks)} more accurate on your drawings than on MNIST**")
    rest = len(networks) - len(worse) - len(better)
    tail = f" For {'the others' if rest > 1 else 'the other'} the intervals overlap." if rest else ""
    return f"{'; '.join(parts)}: the two intervals do not overlap.{tail}"


def _some(names: list[str], networks: list[Rated]) -> str:
    """ "All 9 networks are", "3 of 9 networks (a, b, c) are", "1 of 9 networks (a) is"."""
    if len(names) == len(networks) > 1:
        return f"All {len(names)} networks are"
    listed = ", ".join(escaped(name, "page") for name in names)
    return f"{len(names)} of {len(networks)} networks ({listed}) {'is' if len(names) == 1 else 'are'}"


def _counts(networks: list[Rated]) -> str:
    few, many = min(one.n for one in networks), max(one.n for one in networks)
    return f"{few:,}" if few == many else f"{few:,} to {many:,}"


def _misclassified(own: Collection, networks: list[Rated]) -> None:
    readings = {one.name: one.own for one in networks}
    found = misclassified([one.label for one in own.drawings], readings)
    st.subheader("Misclassified drawings", anchor=False)
    if not found:
        st.markdown(f"None: all {len(networks)} networks classify every drawing correctly.")
        return
    names = [ANY, *readings]
    if st.session_state.get("data_own_who") not in names:
        st.session_state.pop("data_own_who", None)
    who = st.selectbox(
        "Misclassified by",
        names,
        key="data_own_who",
        persist_state="session",
        width=340,
        help="Drawings that at least one network misclassifies, or those that one network does.",
    )
    picked = [one for one in found if who == ANY or any(who in said for said in one.predicted_as.values())]
    st.caption(f"{len(picked)} of {len(own)} drawings, those that most networks misclassify first.")
    with st.container(horizontal=True, gap="medium"):
        for one in picked[:SHOWN]:
            _card(own, one, len(networks), readings[who].confidence[one.place] if who != ANY else None, who)
    if len(picked) > SHOWN:
        st.caption(f"And {len(picked) - SHOWN} more.")


def _card(own: Collection, one: Misclassified, networks: int, confidence: float | None, who: str) -> None:
    """A drawing, its label, and who predicts what; for one network also its confidence."""
    with st.container(width=170, gap="small"):
        name = f"Drawing {one.place + 1}, label {one.label}"
        st.image(picture(own.drawings[one.place].image / 255, size=84), width=84, alt=name)
        st.markdown(f"**Label {one.label}** · drawing {one.place + 1}")
        for digit, names in one.predicted_as.items():
            if confidence is None:
                listed = ", ".join(escaped(name, "page") for name in names)
                st.caption(
                    f"Predicted as **{digit}** by {len(names)} of {networks}: {listed}"
                    if len(names) > 1
                    else f"Predicted as **{digit}** by {listed}"
                )
            elif who in names:
                st.caption(
                    f"Predicted as **{digit}** with {probability(confidence)} confidence; {one.wrong} of {networks} "
                    "networks misclassify it."
                )
