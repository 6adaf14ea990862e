"""The chapter's printed numbers beside ours, digit for digit."""

import pandas as pd
import streamlit as st

from core.lessons.race.charts.descent import beside_printed_figure
from core.lessons.race.descent.chapter import CHAPTER, DIGITS, PRINTED, Printed, beside_the_chapter, written
from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig
from pages.ui.kit.widgets.chart import chart


def beside_the_text(config: DescentConfig, path: Path) -> None:
    """Chart and table; with other settings than the chapter's, a way back to them."""
    st.markdown(
        "#### Beside the chapter",
        help="The chapter prints steps 14 to 20. It does not print x₀; 6 leads to its numbers.",
    )
    found = beside_the_chapter(path)
    st.markdown(in_words(config, found))
    if config != CHAPTER:
        st.button(
            "The chapter's settings",
            icon=":material/restart_alt:",
            key="race_gd_reset",
            on_click=_reset,
            help="x² + 2 from x₀ = 6, plain SGD at rate 0.1, downhill.",
        )
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        fig = beside_printed_figure(path.points[:, 0], {step: float(x) for step, (x, _) in PRINTED.items()})
        chart(fig, "race_gd_chapter", still=True)
    with right:
        st.dataframe(rows(found), hide_index=True, key="race_gd_printed", width="stretch")


def in_words(config: DescentConfig, found: list[Printed]) -> str:
    """Whether they agree, and whether they should."""
    right = sum(entry.agrees for entry in found)
    if right == len(found):
        return f"All {len(found)} printed steps agree with ours to {DIGITS} significant digits, x and f(x) both."
    told = f"{right} of the {len(found)} printed steps agree to {DIGITS} significant digits"
    if config == CHAPTER:
        return f"{told}. With the chapter's own settings all should: this is a mistake of ours."
    return f"{told}: these are not the chapter's settings."


def rows(found: list[Printed]) -> pd.DataFrame:
    """The chapter's numbers as printed, ours with as many digits."""
    return pd.DataFrame(
        {
            "step": [entry.step for entry in found],
            "agree": [entry.agrees for entry in found],
            "x, the chapter's": [entry.chapter_x for entry in found],
            "x, computed": [written(entry.x) or "–" for entry in found],
            "f, the chapter's": [entry.chapter_y for entry in found],
            "f, computed": [written(entry.y) or "–" for entry in found],
        }
    )


def _reset() -> None:
    for key, value in (
        ("race_gd_curve", "The chapter's parabola"),
        ("race_gd_start", 6),
        ("race_gd_lr", 0.1),
        ("race_gd_ascent", False),
        ("race_gd_optimizer", "SGD"),
        ("race_gd_sgd_momentum", 0.0),
        ("race_gd_sgd_decay", 0.0),
        ("race_gd_sgd_nesterov", False),
    ):
        st.session_state[key] = value
