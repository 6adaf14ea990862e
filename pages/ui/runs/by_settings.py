"""Tab: which settings led to which accuracy or loss, over all the runs that pass the filters."""

from collections.abc import Sequence

import streamlit as st

from core.config.choices import setting_name
from core.config.escaping import escaped
from core.formatting import article, count, number, percent
from core.lessons.runs.charts.hyperparameters import parallel_figure, scatter_figure
from core.lessons.runs.charts.scale import scale, written
from core.lessons.runs.measures import Measure, left_out, measures, most_frequent
from core.lessons.runs.rows import title_of
from core.lessons.runs.settings import values_of, varied
from core.storage.runs import RunRecord
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.runs import filters
from pages.ui.runs.cached_runs import all_known
from pages.ui.runs.links import to_sweep

MOST_LINES = 300
NOTHING = "nothing"
SCATTER, PARALLEL = "Scatter plot", "Parallel coordinates"
#: On a phone the axes would stand on each other's words: there the chart keeps its width and slides. Words
#: beside the axes get a rim in the color of the page, so that no line crosses them out.
WIDE = (
    "<style>@media (max-width: 640px) {{ .st-key-runs_parallel {{ overflow-x: auto; }} "
    ".st-key-runs_parallel > div {{ min-width: {width}px; }} }} "
    ".st-key-runs_parallel .parcoords .axis .tick text {{ paint-order: stroke fill; "
    "stroke: {page} !important; stroke-width: 5px !important; stroke-linejoin: round; "
    "font-weight: 600 !important; }}</style>"
)
PAGE = {"light": "#FFFFFF", "dark": "#14181E"}  # as in .streamlit/config.toml


@st.fragment
def by_settings() -> None:
    """A dot for each run over one setting, or a line for each across several."""
    with error_boundary():
        known = all_known()
        if not known:
            st.info(
                "No saved run yet. Train a network with two or three learning rates: each run becomes a dot here.",
                icon=":material/scatter_plot:",
            )
            to_sweep("Train them in a sweep")
            return
        shown = filters.wanted().of(known)
        filters.offer_all(shown, known)
        row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
        with row:
            measure = _measure(shown)
        if measure is None:
            st.info(
                f"{_counted(len(shown))} the filters, and none of them has an accuracy on digits or words or "
                "a loss on points: there is nothing to plot."
                if shown
                else "No run passes the filters above. Remove one of them.",
                icon=":material/filter_alt:",
            )
            return
        runs = [run for run in shown if measure.of(run) is not None]
        names = varied(runs)
        if not names:
            st.info(
                f"{_counted(len(runs))} the filters with {article(measure.name)} on {measure.what}, and no "
                "setting differs among them: there is nothing to plot yet. Train with another setting"
                + (", or loosen the filters." if len(shown) < len(known) else "."),
                icon=":material/filter_alt:",
            )
            return
        with row:
            kind = st.segmented_control(
                "Chart",
                [SCATTER, PARALLEL],
                default=SCATTER,
                required=True,
                key="runs_chart",
                bind="query-params",
                help="One setting against the result, or several settings at once, one line for each run.",
            )
            if kind == SCATTER:
                across, color = _axes(names)
        if kind == SCATTER:
            _scatter(runs, across, color, measure)
        else:
            _parallel(runs, names, measure)
        if missing := left_out(shown, measure):
            st.caption(missing)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _measure(runs: Sequence[RunRecord]) -> Measure | None:
    """What is measured, chosen among what these runs have: one task at a time. None where they have none."""
    found = measures(runs)
    if not found:
        return None
    first = most_frequent(runs, found)
    if len(found) == 1:
        return found[first]
    label = st.segmented_control(
        "Measure",
        list(found),
        default=first,
        required=True,
        key=_key("runs_measured", [*found, first]),
        bind="query-params",
        help="Digits, words and points are different tasks: their numbers cannot be compared.",
    )
    return found[label or first]


def _counted(n: int) -> str:
    return f"{count(n, 'run')} {'passes' if n == 1 else 'pass'}"


def _result(run: RunRecord, measure: Measure) -> float:
    return _number(measure.of(run))


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _log(measure: Measure, results: Sequence[float]) -> bool:
    """Whether results are drawn on a logarithmic axis: losses, where all are positive."""
    return not measure.accuracy and all(value > 0 for value in results)


def _axes(names: list[str]) -> tuple[str, str]:
    """The setting on the x-axis, and the one shown by color."""
    across = _setting_box(
        "x-axis",
        names,
        0,
        _key("runs_across", names),
        "Settings that differ among the runs shown. Learning rates get a logarithmic axis.",
    )
    others = [NOTHING, *(name for name in names if name != across)]
    first = next((name for name in ("recipe", "optimizer") if name in others), NOTHING)
    color = _setting_box(
        "Color", others, others.index(first), _key(f"runs_color_{across}", others), "A second setting, shown by color."
    )
    return across, color


def _setting_box(label: str, names: list[str], index: int, key: str, help: str) -> str:
    renamed(key, {name: setting_name(name) for name in names})
    return st.selectbox(
        label, names, index=index, key=key, bind="query-params", width=150, format_func=setting_name, help=help
    )


def _scatter(runs: Sequence[RunRecord], across: str, color: str, measure: Measure) -> None:
    percent = measure.accuracy
    had = [(run, value) for run, value in zip(runs, values_of(runs, across), strict=True) if value is not None]
    those = [run for run, _ in had]
    reach = ([_number(run.ci_low) for run in those], [_number(run.ci_high) for run in those]) if percent else None
    groups = None
    if color != NOTHING:
        groups = [written(value) for value in values_of(those, color)]
    found = [_result(run, measure) for run in those]
    names = [escaped(title_of(run), "html") for run in those]
    fig = scatter_figure(
        scale(setting_name(across), [value for _, value in had]),
        found,
        reach,
        names,
        y_title=f"{measure.name} on {measure.what}",
        groups=groups,
        percent=percent,
        log_y=_log(measure, found),
    )
    best = found.index((max if measure.accuracy else min)(found))
    chart(
        fig,
        f"runs_scatter_{measure.what}_{across}_{color}",
        alt=f"The best {measure.name} on {measure.what} is at {setting_name(across)} {written(had[best][1])}.",
    )
    words = f"{count(len(those), 'run')} on {measure.what}."
    if percent:
        words += " Whiskers: 95% intervals."
    st.caption(
        f"{words} These runs may differ in other settings too; to see the effect of one setting, vary it alone, as a "
        "sweep does."
    )


def _parallel(runs: Sequence[RunRecord], names: list[str], measure: Measure) -> None:
    axis_key = _key("runs_axes", names)
    renamed(axis_key, {name: setting_name(name) for name in names})
    axes = st.multiselect(
        "Axes",
        names,
        default=names[:4],
        max_selections=8,
        key=axis_key,
        bind="query-params",
        format_func=setting_name,
        help="One vertical axis for each setting; every run is a line across them. Drag along an axis to select a "
        "range; drag its name to move it.",
    )
    columns = {name: values_of(runs, name) for name in axes}
    whole = [place for place in range(len(runs)) if all(column[place] is not None for column in columns.values())]
    if not axes or not whole:
        st.info("Choose at least one axis that these runs have.", icon=":material/show_chart:")
        return
    some = whole[:MOST_LINES]
    scales = [scale(setting_name(name), [column[place] for place in some]) for name, column in columns.items()]
    found = [_result(runs[place], measure) for place in some]
    up = measure.accuracy
    fig = parallel_figure(scales, found, result=measure.name, percent=up, log=_log(measure, found))
    page = PAGE["dark" if st.context.theme.type == "dark" else "light"]
    st.html(WIDE.format(width=max(640, 130 * (len(axes) + 1)), page=page))
    with st.container(key="runs_parallel"):
        chart(
            fig,
            f"runs_parallel_{measure.what}_{'_'.join(axes)}",
            still=True,
            alt=f"{count(len(some), 'run')} over {', '.join(map(setting_name, axes))} and {measure.name}.",
        )
    value = (max if up else min)(found)
    best = some[found.index(value)]
    at = ", ".join(f"{setting_name(name)} {written(column[best])}" for name, column in columns.items())
    left = len(runs) - len(some)
    st.caption(
        f"{count(len(some), 'run')}, orange: the highest {measure.name}. The {'highest' if up else 'lowest'} is "
        f"{percent(value, 2) if up else number(value)}, at {at}. "
        + (f"{count(left, 'run')} left out: without one of these settings, or too many. " if left else "")
        + f"The best of many runs is partly luck. {BY_TEST}"
    )


def _key(start: str, options: Sequence[str]) -> str:
    """A widget whose options depend on the runs is another widget when they change."""
    import zlib

    return f"{start}_{zlib.crc32(' '.join(sorted(options)).encode()) % 100_000}"


#: The best validation accuracy on digits at every learning rate; it runs in the project's folder.
CODE = """\
from core.config.digits import DigitsConfig
from core.storage.runs import RunStore

best: dict[float, float] = {}
for run in RunStore().all():
    lr = run.config.settings().get("lr")
    if isinstance(run.config.data, DigitsConfig) and run.validation_accuracy is not None:
        best[lr] = max(best.get(lr, 0.0), run.validation_accuracy)
for lr in sorted(best):
    print(f"lr {lr:g}: {best[lr]:.2%}")
"""
