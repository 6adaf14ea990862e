"""Tab: every saved run as a row; select, rename and delete them, download them as CSV."""

import zlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.config.errors import LabError
from core.config.escaping import escaped
from core.export.row_formats import as_csv
from core.formatting import count, interval
from core.lessons.runs.rows import remove, table, title_of
from core.storage.runs import RunRecord
from pages.ui.kit.shell.cache import run_store
from pages.ui.kit.shell.owner import classroom, mine
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.runs import chosen, filters
from pages.ui.runs.cached_runs import MOST, all_known, version
from pages.ui.runs.links import run_link, to_sweep, turn_to

# How accuracies stand in a table: percentages with two decimals each, the interval in one column.


INTERVAL = "95% interval"
ACCURACIES = ("test accuracy", "validation")


def in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    """Accuracies from 0 to 100: Streamlit's own percent column writes 90% beside 91.12%."""
    return rows.assign(**{name: 100.0 * rows[name].astype(float) for name in ACCURACIES if name in rows})


def accuracy_columns() -> dict[str, Any]:
    """Formats for what `in_percent` returns."""
    return {
        "test accuracy": st.column_config.NumberColumn(format="%.2f%%", width=100),
        INTERVAL: st.column_config.TextColumn(width=125, help="Of the test accuracy."),
        "validation": st.column_config.NumberColumn(format="%.2f%%", width=90, help="On the validation split."),
    }


FORMATS = {
    "name": st.column_config.TextColumn(width="medium", pinned=True),
    "when": st.column_config.DatetimeColumn(format="D MMM, HH:mm"),
    **accuracy_columns(),
    "test loss": st.column_config.NumberColumn(
        format="%.4g", help="Nats per image; for curves the mean squared error."
    ),
    "epochs": st.column_config.NumberColumn(format="%.3g"),
    "seconds": st.column_config.NumberColumn(format="%.1f", help="Training time."),
    "learning rate": st.column_config.NumberColumn(format="%.4g", help="At the start of training."),
    "changes": st.column_config.NumberColumn(help="How often a setting was changed during training."),
}


@st.fragment
def all_runs() -> None:
    """The table and what one does with the rows that are chosen in it."""
    with error_boundary():
        known = all_known()
        if not known:
            _nothing_yet()
            return
        shown = filters.wanted().of(known)
        _counted(shown, known)
        if not shown:
            return
        rows = _table(shown, version(), " ".join(run.run_id for run in shown))
        _actions([run for run in shown if run.run_id in set(chosen.ids())])
        _rows(shown, rows)
        st.caption(BY_TEST)
        with st.expander("Show the code and download the table", icon=":material/code:"):
            st.download_button(
                "Download as CSV",
                as_csv(rows.to_dict("records")).encode(),
                "digit-lab-runs.csv",
                "text/csv",
                icon=":material/download:",
                key="runs_csv",
                on_click="ignore",
                help="All rows that are shown, for a spreadsheet.",
            )
            st.code(CODE, language="python")


def _nothing_yet() -> None:
    st.info(
        "No saved run yet. Train a network on any page: when it ends, it appears here with its settings and "
        "its curves.",
        icon=":material/edit_note:",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.page_link(
            "pages/2_MLP_Autograd.py",
            label="Train a first network",
            icon=":material/hub:",
            query_params={"mlp_tab": "Train"},
            help="A small network; it takes seconds.",
        )
        to_sweep("Or train many at once, in a sweep")


def _counted(shown: Sequence[RunRecord], known: Sequence[RunRecord]) -> None:
    runs = count(len(known), "saved run")
    text = f"**{runs}**" if len(shown) == len(known) else f"**{len(shown):,}** of {runs}"
    if classroom():
        text += " of this browser"
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.markdown(f"{text}. Select rows by the boxes at their left.", width="content")
        filters.offer_all(shown, known)
    if len(known) >= MOST:
        st.caption(f"These are the newest {MOST:,}; `python -m core runs` lists older ones too.")
    if not shown:
        st.info("No run passes all the filters above. Remove one of them.", icon=":material/filter_alt:")


@st.cache_data(max_entries=8, show_spinner=False)
def _table(_shown: Sequence[RunRecord], at: str, names: str = "") -> pd.DataFrame:
    return pd.DataFrame(table(_shown))


def _seen(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as the page shows them: the interval's two ends, which the CSV keeps, in one column."""
    seen = in_percent(rows)
    ends = zip(rows["95% from"].astype(float), rows["to"].astype(float), strict=True)
    words = [None if pd.isna(low) else interval(low, high) for low, high in ends]
    seen.insert(list(seen.columns).index("95% from"), INTERVAL, words)
    return seen.drop(columns=["95% from", "to"])


def _rows(shown: Sequence[RunRecord], rows: pd.DataFrame) -> None:
    """The table; which rows are selected is kept by the ids of the runs, not by their places."""
    names = [run.run_id for run in shown]
    known = set(chosen.ids())
    key = f"runs_table_{zlib.crc32(' '.join(names).encode()):08x}"  # other rows, other places

    def ticked() -> None:
        places = st.session_state[key]["selection"]["rows"]
        chosen.follow(names, [names[place] for place in places if place < len(names)])

    seen = _seen(rows)
    st.dataframe(
        seen,
        hide_index=True,
        height=min(460, 38 + 35 * len(rows)),
        column_order=[column for column in seen.columns if not seen[column].isna().all()],
        column_config=FORMATS,
        placeholder="–",
        key=key,
        on_select=ticked,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [place for place, name in enumerate(names) if name in known]}},
    )


def _actions(picked: Sequence[RunRecord]) -> None:
    number = len(picked)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button(
            f"Compare {min(number, chosen.MOST)}" if number > 1 else "Compare",
            icon=":material/ssid_chart:",
            key="runs_compare",
            type="primary",
            disabled=not number,
            help=f"Curves in one chart, and the settings that differ; at most {chosen.MOST} runs.",
            on_click=turn_to,
            args=("Compare",),
        ):
            st.rerun()
        _rename(picked)
        _delete(picked)
        st.button(
            "Clear selection",
            icon=":material/deselect:",
            key="runs_none",
            disabled=not chosen.ids(),
            help="Unselects all rows, also those that the filters hide.",
            on_click=_none,
        )
        if number == 1:
            run_link(picked[0], f"Open {title_of(picked[0])}")
    if problem := st.session_state.pop("runs_problem", None):
        st.error(problem, icon=":material/info:")
    hidden = len(chosen.ids()) - number
    if hidden > 0:
        st.caption(f"{count(hidden, 'more selected run')} {'is' if hidden == 1 else 'are'} not among the rows shown.")


def _none() -> None:
    chosen.choose([])
    for key in list(st.session_state):
        if str(key).startswith("runs_table_"):
            st.session_state[key] = {"selection": {"rows": []}}


def _rename(picked: Sequence[RunRecord]) -> None:
    one = picked[0] if len(picked) == 1 else None
    with st.popover(
        "Rename",
        icon=":material/edit:",
        key="runs_name_popover",
        disabled=one is None,
        help="Give one run a name of your own: select a single row.",
    ):
        if one is None:
            st.caption("Select a single row to rename its run.")
            return
        key = f"runs_name_{one.run_id}"
        st.text_input(
            "Name of this run",
            one.name,
            max_chars=80,
            key=key,
            placeholder=one.recipe,
            help="Up to 80 characters. Without a name, the run shows its recipe.",
        )
        st.button(
            "Save name",
            icon=":material/check:",
            key="runs_name_save",
            on_click=_save_name,
            args=(one.run_id, key),
            help="Every page shows this name.",
        )


def _save_name(run_id: str, key: str) -> None:
    try:
        run_store().rename(run_id, st.session_state[key], owner=mine())
    except LabError as error:  # a callback runs outside the page's error boundary
        st.session_state["runs_problem"] = escaped(str(error), "page")


def _delete(picked: Sequence[RunRecord]) -> None:
    many = len(picked)
    with st.popover(
        "Delete",
        icon=":material/delete:",
        key="runs_delete_popover",
        disabled=not many,
        help="Deletes the selected runs with their weights.",
    ):
        if not many:
            st.caption("Select the rows to delete.")
            return
        st.markdown(f"Delete **{count(many, 'run')}** with curves and weights?")
        st.caption(", ".join(f"`{run.run_id}`" for run in picked[:12]) + (" and others" if many > 12 else ""))
        st.button(
            f"Yes, delete {many}",
            icon=":material/delete_forever:",
            key="runs_delete_yes",
            on_click=_remove,
            args=([run.run_id for run in picked],),
            help="This cannot be undone.",
        )


def _remove(names: Sequence[str]) -> None:
    for name in names:
        try:
            remove(run_store(), name, mine())
        except LabError as error:
            st.session_state["runs_problem"] = escaped(str(error), "page")
            continue
        chosen.choose([kept for kept in chosen.ids() if kept != name])


#: What the table is made from; it runs in the project's folder.
CODE = """\
import pandas as pd
from core.export.row_formats import as_csv
from core.storage.runs import RunStore

runs = RunStore().all()  # newest first, from runs.sqlite in Digit Lab's home folder
rows = pd.DataFrame([run.summary() for run in runs])
if len(rows):
    best = rows.sort_values("validation_accuracy", ascending=False)  # chosen without the test images
    print(best[["run_id", "recipe", "validation_accuracy", "test_accuracy", "ci95", "epochs", "seed"]].head())
"""
