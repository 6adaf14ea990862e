"""Tab: which settings led to which accuracy, over all the runs that pass the filters."""

from collections.abc import Sequence

import streamlit as st

from core.figures.settings_accuracy import parallel_figure, scatter_figure
from core.run_table.rows import title_of
from core.run_table.scale import scale, written
from core.run_table.settings import values_of, varied
from core.runs import RunRecord
from pages.ui.chart import chart
from pages.ui.page import error_boundary
from pages.ui.runs import filters
from pages.ui.runs.known import all_known
from pages.ui.runs.links import to_sweep

MOST_LINES = 300
NOTHING = "nothing"
#: On a phone the axes would stand on each other's words: there the chart keeps its width and slides.
WIDE = (
    "<style>@media (max-width: 640px) { .st-key-runs_parallel { overflow-x: auto; } "
    ".st-key-runs_parallel > div { min-width: 640px; } }</style>"
)


@st.fragment
def by_settings() -> None:
    """A dot for each run over one setting, and a line for each across several."""
    with error_boundary():
        if not all_known():
            st.info(
                "No run is on record yet. Train a network with two or three learning rates: each run becomes "
                "a dot here.",
                icon=":material/scatter_plot:",
            )
            to_sweep("Do it in a sweep")
            return
        runs, what = _measured(filters.shown())
        names = varied(runs)
        if not names:
            st.info(
                f"{len(runs)} run{'s pass' if len(runs) != 1 else ' passes'} the filters, and no setting "
                "differs among them: there is nothing to draw yet. Loosen the filters, or train with another "
                "setting.",
                icon=":material/filter_alt:",
            )
            return
        _scatter(runs, names, what)
        _parallel(runs, names, what)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _measured(runs: Sequence[RunRecord]) -> tuple[list[RunRecord], str]:
    """The runs with a test accuracy; where none has one (curves, mostly), those with a test loss."""
    scored = [run for run in runs if run.test_accuracy is not None]
    if scored:
        return scored, "test accuracy"
    return [run for run in runs if run.test_loss is not None], "test loss"


def _result(run: RunRecord, what: str) -> float:
    return _number(run.test_accuracy if what == "test accuracy" else run.test_loss)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _scatter(runs: Sequence[RunRecord], names: list[str], what: str) -> None:
    with st.container(horizontal=True, gap="medium"):
        across = st.selectbox(
            "Across", names, key=_key("runs_across", names), bind="query-params", width=220,
            help="Settings that differ among the runs shown. Rates get a logarithmic axis.",
        )  # fmt: skip
        others = [NOTHING, *(name for name in names if name != across)]
        usual = next((name for name in ("recipe", "optimizer") if name in others), NOTHING)
        color = st.selectbox(
            "Coloured by", others, index=others.index(usual), key=_key(f"runs_color_{across}", others),
            bind="query-params", width=220, help="Another setting, told by the colour of the dots.",
        )  # fmt: skip
    percent = what == "test accuracy"
    had = [
        (run, value) for run, value in zip(runs, values_of(runs, across), strict=True) if value is not None
    ]
    those = [run for run, _ in had]
    reach = (
        ([_number(run.ci_low) for run in those], [_number(run.ci_high) for run in those]) if percent else None
    )
    groups = None
    if color != NOTHING:
        groups = [written(value) for value in values_of(those, color)]
    fig = scatter_figure(
        scale(across, [value for _, value in had]), [_result(run, what) for run in those], reach,
        [title_of(run) for run in those], y_title=what, groups=groups, percent=percent,
    )  # fmt: skip
    chart(fig, f"runs_scatter_{across}_{color}")
    words = f"{len(those):,} runs."
    if percent:
        words += " Whiskers: the 95 % interval of each."
    st.caption(
        f"{words} Runs differ in more than the two settings drawn: who wants to know what one of them does "
        "changes that one alone, as a sweep does."
    )


def _parallel(runs: Sequence[RunRecord], names: list[str], what: str) -> None:
    st.markdown(f"#### All settings at once, and the {what}")
    axes = st.multiselect(
        "Axes", names, default=names[:4], max_selections=8, key=_key("runs_axes", names), bind="query-params",
        help="One vertical axis for each; every run is a line across them. Drag along an axis to pick a "
        "range, drag its name to move it.",
    )  # fmt: skip
    columns = {name: values_of(runs, name) for name in axes}
    whole = [
        place for place in range(len(runs)) if all(column[place] is not None for column in columns.values())
    ]
    if not axes or not whole:
        st.info("Choose at least one axis that these runs have.", icon=":material/show_chart:")
        return
    some = whole[:MOST_LINES]
    scales = [scale(name, [column[place] for place in some]) for name, column in columns.items()]
    fig = parallel_figure(
        scales, [_result(runs[place], what) for place in some], result=what, percent=what == "test accuracy"
    )
    st.html(WIDE)
    with st.container(key="runs_parallel"):
        chart(fig, f"runs_parallel_{'_'.join(axes)}", still=True)
    up = what == "test accuracy"
    best = max(some, key=lambda place: (1 if up else -1) * _result(runs[place], what))
    at = ", ".join(f"{name} {written(column[best])}" for name, column in columns.items())
    value = _result(runs[best], what)
    left = len(runs) - len(some)
    st.caption(
        f"{len(some):,} runs, orange: the highest {what}. The {'highest' if up else 'lowest'} is "
        f"{f'{value:.2%}' if up else f'{value:.3g}'}, at {at}. "
        + (f"{left:,} runs are left out: they lack one of these settings, or are too many. " if left else "")
        + "Of many runs the best is partly the luckiest: choose by validation, not by this."
    )


def _key(start: str, options: Sequence[str]) -> str:
    """A widget whose options depend on the runs is another widget when they change."""
    import zlib

    return f"{start}_{zlib.crc32(' '.join(sorted(options)).encode()) % 100_000}"


#: The best accuracy at every learning rate; it runs in the project's folder.
CODE = """\
from core.runs import RunStore

best: dict[float, float] = {}
for run in RunStore().all():
    rate = run.config.settings().get("lr")
    if run.test_accuracy is not None:
        best[rate] = max(best.get(rate, 0.0), run.test_accuracy)
for rate in sorted(best):
    print(f"lr {rate:g}: {best[rate]:.2%}")
"""
