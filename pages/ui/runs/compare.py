"""Tab: the selected runs together: learning curves, settings that differ, accuracies with their intervals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.intervals import run_accuracies_figure
from core.config.choices import setting_name
from core.config.escaping import escaped
from core.config.regression import CurveConfig
from core.config.run import examples
from core.formatting import count, number, percent
from core.lessons.runs.charts.run_curves import Curve, many_curves_figure, run_color
from core.lessons.runs.curves import SPLITS, WHATS, series, smoothed
from core.lessons.runs.measures import loss_of
from core.lessons.runs.rows import short_of, title_of
from core.lessons.runs.settings import side_by_side
from core.storage.runs import KINDS, RunRecord
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.runs import chosen
from pages.ui.runs.cached_runs import all_known
from pages.ui.runs.links import run_link

AXES = {"step": "step", "epoch": "epoch", "training time": "time", "wall time": "clock"}
SMOOTHING = {"none": "none", "exponential": "exponential", "window": "window"}
SPLIT_WORDS = {split: "training" if split == "train" else split for split in SPLITS}
renamed("runs_splits", SPLIT_WORDS)
PICK = "runs_pick"
WIDE = 100.0  # highest over lowest, from which on a logarithmic axis shows more


@st.fragment
def compare() -> None:
    """Choose up to eight runs and see them together."""
    with error_boundary():
        known = all_known()
        if not known:
            st.info(
                "No saved run yet. Train two networks that differ in one setting, then compare them here.",
                icon=":material/edit_note:",
            )
            st.page_link(
                "pages/2_MLP_Autograd.py",
                label="Train a network",
                icon=":material/hub:",
                query_params={"mlp_tab": "Train"},
            )
            return
        runs = _pick(known)
        if not runs:
            st.info("Choose at least one run.", icon=":material/checklist:")
            return
        _legend(runs)
        _curves(runs)
        st.markdown("### Settings that differ")
        settings_table(runs)
        _accuracies(runs)
        with st.expander("Open a run on its own page", icon=":material/arrow_outward:"):
            for run in runs:
                run_link(run, title_of(run))
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _pick(known: Sequence[RunRecord]) -> list[RunRecord]:
    """The selected runs in a box where they can be exchanged; the newest two single runs where none is selected."""
    titles = {run.run_id: title_of(run) for run in known}
    if not chosen.ids():
        first, *rest = sorted(known, key=lambda run: run.kind != KINDS[0])  # those of races and sweeps last
        rest.sort(key=lambda run: type(run.config.data) is not type(first.config.data))  # the same task
        chosen.choose([run.run_id for run in (first, *rest[:1])])
    runs = chosen.runs()
    names = [run.run_id for run in runs]
    titles |= {run.run_id: title_of(run) for run in runs}  # a link may name one that is not listed
    if st.session_state.get(PICK) != names:
        st.session_state[PICK] = names
    st.multiselect(
        "Runs to compare",
        list(titles),
        format_func=lambda name: titles[name],
        key=PICK,
        max_selections=chosen.MOST,
        on_change=lambda: chosen.choose(st.session_state[PICK]),
        select_all=False,
        help=f"At most {chosen.MOST}. They can be selected in the table of *All runs* as well.",
    )
    left = len(chosen.ids()) - len(runs)
    if left > 0:
        st.caption(
            f"{count(left, 'more run')} selected; one chart holds at most {chosen.MOST}."
            if len(runs) == chosen.MOST
            else f"{count(left, 'selected run')} {'has' if left == 1 else 'have'} been deleted."
        )
    return runs


def _legend(runs: Sequence[RunRecord]) -> None:
    """Colors by run, above the charts: a legend within would take half of a phone."""
    dots = [
        f'<span style="white-space:nowrap"><span style="color:{run_color(place)}">&#9679;</span> '
        f"{escaped(short_of(run), 'html')}</span>"
        for place, run in enumerate(runs)
    ]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0.1rem 1.1rem">{"".join(dots)}</div>')


def _curves(runs: Sequence[RunRecord]) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        what = _what(runs)
        splits = st.pills(
            "Measured on",
            list(SPLITS),
            selection_mode="multi",
            default=["train", "test"],
            format_func=lambda split: SPLIT_WORDS[split],
            key="runs_splits",
            bind="query-params",
            help="Training: solid line. Validation: dotted. Test: dashed.",
        )
        axis = st.selectbox(
            "x-axis",
            list(AXES),
            index=1,
            key="runs_axis",
            bind="query-params",
            width=150,
            help="Training time counts from each run's start. Wall time: a run ends when it was saved; time in the "
            "queue or paused is left out.",
        )
        with st.popover("Advanced", icon=":material/tune:", key="runs_curves_advanced"):
            how = st.selectbox(
                "Smoothing",
                list(SMOOTHING),
                index=1,
                key="runs_smoothing",
                bind="query-params",
                help="Of the training loss, which is recorded at every step. Exponential: an exponential moving "
                "average. Window: a moving average over neighboring steps.",
            )
            amount = _amount(how or "none")
            log_x = st.toggle(
                "Log x",
                key="runs_log_x",
                bind="query-params",
                disabled=axis == "wall time",
                help="Logarithmic x-axis: spreads out the beginning. Step 0 is not on it.",
            )
            log_y = _log_y(_spread(runs, what, splits, AXES[axis or "epoch"]))
            band = st.toggle(
                "Range band",
                True,
                key="runs_band",
                bind="query-params",
                help="From the smallest to the largest loss of the steps that share one point.",
            )
    along = AXES[axis or "epoch"]
    curves = []
    for place, run in enumerate(runs):
        for split in splits:
            found = series(run, what, split, along)
            smooth = smoothed(found.y, how, amount) if how != "none" and found.each_step else None
            curves.append(Curve(short_of(run), place, split, found.x, found.y, smooth, found.each_step))
    if not any(len(curve.x) for curve in curves):
        st.info(
            f"None of these runs has measured its {what} on these splits. Choose another one above.",
            icon=":material/visibility_off:",
        )
        return
    titles = ["accuracy"] if what == "accuracy" else list(dict.fromkeys(loss_of(run) for run in runs))
    for title in titles:  # a squared error and a cross-entropy have no axis in common
        drawn = [curve for curve in curves if title in ("accuracy", loss_of(runs[curve.place]))]
        fig = many_curves_figure(
            drawn, axis=along, y_title=title, log_x=log_x, log_y=log_y, percent=what == "accuracy", spread=band
        )
        ends = [f"{curve.name} {curve.split} {number(float(curve.y[-1]))}" for curve in drawn if len(curve.y)]
        chart(fig, f"runs_curves_{title}_{along}_{log_x}_{log_y}", alt=f"{title} at the end: {', '.join(ends)}.")
    words = [] if graded(runs) else ["These runs fit curves to points: they have a loss and no accuracy."]
    words += ["Solid: training; dotted: validation; dashed: test."]
    if what == "loss" and "train" in splits and how != "none":
        words.append("Pale: the training loss at every step; strong: smoothed.")
    st.caption(" ".join(words))


def graded(runs: Sequence[RunRecord]) -> bool:
    """Whether any of the runs has measured an accuracy."""
    return any(len(series(run, "accuracy", split, "step").x) for run in runs for split in SPLITS)


def _what(runs: Sequence[RunRecord]) -> str:
    """Which curve; where none of the runs has an accuracy it is the loss, and the choice says why."""
    if not graded(runs):
        st.segmented_control(
            "Curve",
            list(WHATS),
            default="loss",
            required=True,
            key="runs_what_loss",
            disabled=True,
            help="These runs fit curves to points: they have no accuracy. Their loss is the mean squared error.",
        )
        return "loss"
    return (
        st.segmented_control(
            "Curve",
            list(WHATS),
            default="loss",
            required=True,
            key="runs_what",
            bind="query-params",
            help="Loss: cross-entropy in nats per example; for regression, the mean squared error. Accuracy: after "
            "each epoch.",
        )
        or "loss"
    )


def _spread(runs: Sequence[RunRecord], what: str, splits: Sequence[str], along: str) -> float:
    """The highest value drawn over the lowest, of runs on points; 1 for others.

    A squared error falls by powers of ten, and on a plain axis all but its beginning is one flat line.
    """
    if what != "loss" or not all(isinstance(run.config.data, CurveConfig) for run in runs):
        return 1.0
    y = np.concatenate([np.empty(0), *(series(run, what, split, along).y for run in runs for split in splits)])
    y = y[np.isfinite(y) & (y > 0)]
    return float(y.max() / y.min()) if len(y) else 1.0


def _log_y(spread: float) -> bool:
    """The switch; on from the start where the values reach over more than a factor of a hundred."""
    wide = spread > WIDE
    return st.toggle(
        "Log y",
        wide,
        key="runs_log_y_wide" if wide else "runs_log_y",
        bind="query-params",
        help="Logarithmic y-axis: shows small values better."
        + (" On at first, because these losses span more than a factor of 100." if wide else ""),
    )


def _amount(how: str) -> float:
    if how == "exponential":
        return float(
            st.slider(
                "Smoothing factor",
                0.0,
                0.99,
                0.9,
                0.01,
                key="runs_weight",
                bind="query-params",
                help="Weight of the earlier steps in the average: 0.9 is about the last 10, 0.99 the last 100.",
            )
        )
    if how == "window":
        return float(
            st.select_slider(
                "Window (steps)",
                [3, 5, 11, 25, 51, 101, 251],
                25,
                key="runs_window",
                bind="query-params",
                help="Half of them before each step, half after it.",
            )
        )
    return 0.0


def _accuracies(runs: Sequence[RunRecord]) -> None:
    for what in dict.fromkeys(examples(run.config.model) for run in runs):
        scored = [run for run in runs if examples(run.config.model) == what and run.test_accuracy is not None]
        if scored:
            st.markdown(f"### Accuracy on the test {what}")
            _accuracy(runs, scored, what)


def _accuracy(runs: Sequence[RunRecord], scored: Sequence[RunRecord], what: str) -> None:
    """Those of the runs that classify the same kind of examples."""
    colors = [run_color(runs.index(run)) for run in scored]  # as the curves above
    dots = [(escaped(short_of(run), "html"), color, run) for run, color in zip(scored, colors, strict=True)]
    fig = run_accuracies_figure(dots)
    found = [f"{short_of(run)} {percent(run.test_accuracy or 0.0)}" for run in scored]
    chart(fig, f"runs_accuracies_{what}", still=True, alt=f"Test accuracy: {', '.join(found)}.")
    text = "Test accuracy with its 95% interval."
    if len({run.n_test for run in scored}) > 1 or len({run.data for run in scored}) > 1:
        text += f" These runs were tested on different {what}, so their accuracies are only roughly comparable."
    elif len(scored) > 1:
        text += " Overlapping intervals do not show that two networks are equally good" + (
            "; *Two networks* compares them image by image, which detects smaller differences."
            if what == "images"
            else "."
        )
    st.caption(f"{text} {BY_TEST}" if len(scored) > 1 else text)


#: The smoothed loss of two runs; it runs in the project's folder.
CODE = """\
import numpy as np
from core.lessons.runs.curves import exponential, series
from core.storage.runs import RunStore

store = RunStore()
for run in store.all()[:2]:
    run = store.get(run.run_id)  # now with its history
    loss = series(run, "loss", "train", "epoch")
    smooth = exponential(loss.y, weight=0.9)
    print(run.run_id, run.name, "ends at", np.round(smooth[-1:], 4), "after epoch", loss.x[-1:])
"""


# The settings of several runs: what differs in a table, what is the same folded away.


def settings_table(runs: Sequence[RunRecord]) -> None:
    """Rows are settings, columns runs; settings that are the same are folded away."""
    found = side_by_side(runs)
    names = [short_of(run) for run in runs]
    heads = [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, 1)]
    if found.lit:
        st.dataframe(
            _frame(found.lit, heads),
            height="auto" if len(found.lit) < 10 else 420,
            column_config={"setting": st.column_config.Column(width=190)},
            key="runs_lit",
        )
    elif len(runs) > 1:
        st.markdown("These runs have the same settings.")
    else:
        st.caption("Choose a second run to see what differs.")
    with st.expander(count(len(found.same), "identical setting"), icon=":material/equal:"):
        same = {name: row[:1] for name, row in found.same.items()}
        st.dataframe(_frame(same, ["all runs"]), key="runs_same")


def _frame(rows: dict[str, list[str]], heads: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(heads))
    frame.index = pd.Index(map(setting_name, frame.index), name="setting")
    return frame
