"""The settings of several runs: what differs in a table, what is the same folded away."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.lessons.runs.rows import short_of
from core.lessons.runs.settings import side_by_side
from core.storage.runs import RunRecord


def settings_table(runs: Sequence[RunRecord]) -> None:
    """Rows are settings, columns runs; only settings that differ are lit."""
    found = side_by_side(runs)
    names = [short_of(run) for run in runs]
    heads = [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, 1)]
    if found.lit:
        st.dataframe(
            _frame(found.lit, heads), height="auto" if len(found.lit) < 10 else 56 + 35 * len(found.lit), key="runs_lit"
        )
    elif len(runs) > 1:
        st.markdown("Nothing differs: these runs had the same settings throughout.")
    else:
        st.caption("One run differs from nothing; choose another one beside it.")
    with st.expander(f"{len(found.same)} settings that are the same", icon=":material/equal:"):
        same = {name: row[:1] for name, row in found.same.items()}
        st.dataframe(_frame(same, ["all of them"]), key="runs_same")


def _frame(rows: dict[str, list[str]], heads: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(heads))
    frame.index.name = "setting"
    return frame
