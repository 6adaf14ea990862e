"""Part of the comparison: the pieces of words that speak loudest for each language."""

import streamlit as st

from core.charts.intervals import bars
from core.charts.palette import LANGUAGES as COLORS
from core.lessons.language.baselines import EDGE, Counting
from pages.ui.kit.widgets.chart import chart
from pages.ui.language import computed

SHOWN = 15


def heaviest(fitted: Counting) -> None:
    """The heaviest pieces of one language, chosen above them."""
    st.subheader("What pieces give a language away", anchor=False)
    language = st.segmented_control(
        "Language",
        computed.NAMES,
        default=computed.NAMES[0],
        required=True,
        key="lang_heaviest",
        bind="query-params",
        help="Whose heaviest pieces are shown.",
    )
    place = computed.NAMES.index(language)
    pieces = fitted.heaviest(place, SHOWN)
    names = [piece for piece, _ in pieces]
    fig = bars(
        [weight for _, weight in pieces], names, [COLORS[place]] * len(names), height=24 * SHOWN + 10, percent=False
    )
    chart(fig, "lang_heaviest_chart", still=True)
    st.caption(
        f"What one such piece adds to the logit of {language}. “{EDGE}” stands where a word begins or ends. "
        f"{len(fitted.pieces):,} pieces were counted."
    )
