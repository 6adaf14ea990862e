"""Tab: many runs of one recipe over chosen settings, planned on the left, watched on the right."""

import os
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.config.choices import setting_name
from core.config.errors import ConfigError, NotFound
from core.config.escaping import escaped
from core.config.run import DIGIT_READERS
from core.data.fingerprint import fingerprint
from core.formatting import count, duration, interval, number, percent
from core.jobs.sweep.job import SweepSnapshot, start_sweep, sweep_of
from core.jobs.sweep.ledger import Ledger, begin, ledgers
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import material, size_of
from core.lessons.runs.charts.hyperparameters import trials_figure, trials_map
from core.lessons.runs.charts.scale import Scale, scale, written
from core.lessons.runs.measures import Choice, best, validation_loss
from core.storage.history import History
from core.storage.runs import RunRecord
from core.training import memory
from pages.ui.kit.shell import state
from pages.ui.kit.shell.cache import mnist, registry, run_store
from pages.ui.kit.shell.owner import mine, owner
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.shell.places import not_here
from pages.ui.kit.training.live_run import POLL
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.runs import chosen
from pages.ui.runs.all_runs import INTERVAL, accuracy_columns, in_percent
from pages.ui.runs.links import run_link, turn_to
from pages.ui.runs.sweep_plan import plan_controls, sweep_code

SHOWN = "runs_sweep_shown"  # the select box
NAMED = "runs_sweep"  # URL parameter and session key: the id of the sweep that is looked at


def sweep() -> None:
    """Plan and start a sweep; see the one that is running, or any earlier one."""
    with error_boundary():
        books = ledgers(owner=mine())
        left, right = controls_and_stage(1.0, 2.0)
        with left, st.container(key="lab-controls"):
            plan, problem = None, ""
            try:
                plan = plan_controls()
            except ConfigError as error:
                problem = escaped(str(error), "page")
            _start(plan, problem)
        with right:
            named = state.recall(NAMED)
            if named is not None and named not in {book.sweep_id for book in books}:
                not_here("That sweep is", "A new one can be started beside this.")
                state.remember(NAMED, None)
            if books:
                _stage(_shown(books))
            else:
                st.info(
                    "No sweep yet. Choose what to vary and press *Start*: each trial appears here when it ends, and is "
                    "saved like any other run.",
                    icon=":material/tune:",
                )
            if plan is not None:
                with st.expander("Show the code", icon=":material/code:"):
                    st.caption("In a shell, and the same in Python:")
                    shell, python = sweep_code(plan)
                    st.code(shell, language="bash")
                    st.code(python, language="python")


def cluster() -> str | None:
    """The Dask scheduler that this server sends its trials to, if it was given one."""
    return os.environ.get("DIGITLAB_CLUSTER") or None


def _start(plan: SweepPlan | None, problem: str) -> None:
    need = None
    if plan is not None and not cluster():
        need = memory.of_sweep([trial.config for trial in plan.trials()])
        problem = memory.refusal(need, "This sweep")
    if problem:
        st.error(problem, icon=":material/straighten:")
    trials = count(plan.size, "trial") if plan else "nothing"
    pressed = kept_button(
        f"Start {trials}",
        icon=":material/play_arrow:",
        type="primary",
        key="runs_sweep_start",
        width="stretch",
        disabled=plan is None or bool(problem),
        help="Runs in the background; you can leave the page.",
    )
    if plan is not None:
        passes = plan.base.train.epochs
        epochs = count(passes, "epoch")
        where = f"on the cluster at {cluster()}" if cluster() else "in this computer's queue"
        st.caption(f"{trials} of {epochs} each, {where}.{f' Memory: {need}.' if need else ''}")
        if pressed:
            state.remember(NAMED, _begin(plan))
            st.rerun()


def _begin(plan: SweepPlan) -> str:
    found = mnist() if isinstance(plan.base.model, DIGIT_READERS) else material(plan.base, "auto")
    ledger = begin(plan, size_of(found), fingerprint(found), owner())
    _submit(ledger)
    return ledger.sweep_id


def _submit(ledger: Ledger) -> None:
    """Start or resume a sweep."""
    job = start_sweep(registry(), ledger, session=state.session_id(), cluster=cluster())
    job.opens = "pages/9_Runs.py", {"runs_tab": "Sweep", NAMED: ledger.sweep_id}


def _shown(books: list[Ledger]) -> Ledger:
    """The sweep that is looked at: the newest, or the one chosen."""
    titles = {book.sweep_id: _title(book) for book in books}
    named = state.recall(NAMED)
    st.session_state[SHOWN] = named if named in titles else books[0].sweep_id
    name = st.selectbox(
        "Sweep",
        list(titles),
        format_func=lambda each: titles[each],
        key=SHOWN,
        on_change=lambda: state.remember(NAMED, st.session_state[SHOWN]),
        help="Every sweep started here, newest first; interrupted ones can be resumed.",
    )
    state.remember(NAMED, name)  # the newest is another one tomorrow
    return next(book for book in books if book.sweep_id == name)


def _title(book: Ledger) -> str:
    """Names a sweep for good: nothing in it may change while it runs."""
    settings = " × ".join(setting_name(name) for name in book.plan.axes)
    return f"{book.plan.base.recipe}: {settings}, {book.plan.size:,} trials · {book.sweep_id}"


def _stage(book: Ledger) -> None:
    job = sweep_of(registry(), book.sweep_id)
    pace = POLL["running"] if job is not None and job.active else None

    @st.fragment(run_every=pace)
    def body() -> None:
        with error_boundary():
            picture = job.snapshot if job is not None else None
            active = picture is not None and picture.active
            ledger = picture.ledger if picture is not None else book
            _status(ledger, active, picture)
            results(ledger, active)
        if pace and job is not None and not job.active:  # out here: a failure above must not poll for ever
            st.rerun()  # the whole page once: it polls no more

    body()


def _status(ledger: Ledger, active: bool, picture: SweepSnapshot | None) -> None:
    done, size = len(ledger.done), ledger.plan.size
    words = [f"{done:,} of {size:,} trials done"]
    if active and picture is not None:
        if picture.status == "queued":
            words.append(f"queued, place {picture.place}" if picture.place else "about to start")
        elif picture.seconds_left is not None:
            words.append(f"about {duration(picture.seconds_left)} left")
        if picture.cluster:
            words.append(f"on {picture.cluster}")
    elif ledger.open:
        words.append("interrupted; *Resume* runs the rest")
    progress = picture.progress if picture is not None else done / max(1, size)
    st.progress(min(1.0, progress), " · ".join(words))
    if picture is not None and picture.message and not active:
        st.warning(escaped(picture.message, "page"), icon=":material/info:")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Stop",
            icon=":material/stop:",
            key="runs_sweep_stop",
            disabled=not active,
            on_click=_stop,
            args=(ledger.sweep_id,),
            help="Stops after this step. Finished trials are kept; *Resume* runs the rest.",
        )
        if kept_button(
            "Resume",
            icon=":material/play_arrow:",
            key="runs_sweep_go_on",
            disabled=active or not ledger.open,
            help="Runs the remaining trials, also after the server was restarted.",
        ):
            _submit(ledger)
            st.rerun()


def _stop(sweep_id: str) -> None:
    job = sweep_of(registry(), sweep_id)
    if job is not None:
        job.stop()
        job.wait(1)


# The results of a sweep so far: the best trial, accuracy over each setting, and a row for each trial.


def results(ledger: Ledger, active: bool) -> None:
    """Draw what is done of a sweep."""
    runs = _runs(ledger)
    found = best(runs)
    if found is not None:
        st.markdown(_in_words(ledger, found, active))
        _charts(ledger, runs, found)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if st.button(
                "Compare the best",
                icon=":material/ssid_chart:",
                key="runs_sweep_compare",
                help=f"The curves of the best {chosen.MOST} trials over each other.",
                on_click=_compare,
                args=(_ranking(runs, found.by),),
            ):
                st.rerun()
            run_link(found.run, "Open the best trial")
    gone = len(ledger.done) - len(runs)
    if gone:
        st.caption(f"{count(gone, 'trial')} {'has' if gone == 1 else 'have'} been deleted since.")
    rows = in_percent(pd.DataFrame(_rows(ledger, runs, found)))
    with st.expander("All trials as a table", icon=":material/table_rows:", expanded=found is None):
        st.dataframe(
            rows,
            hide_index=True,
            height=min(420, 38 + 35 * ledger.plan.size),
            placeholder="–",
            column_config=accuracy_columns()
            | {
                name: st.column_config.NumberColumn(format=_loss_format(rows[name]))
                for name in ("validation loss", "test loss")
                if name in rows
            }
            | {"seconds": st.column_config.NumberColumn(format="%.1f")},
            key="runs_sweep_table",
        )


def _loss_format(column: pd.Series) -> str:
    """One format for a whole column, whose losses stay numbers and so can be sorted."""
    return "%.2e" if (column.astype(float).abs() < 1e-3).any() else "%.3g"


def _runs(ledger: Ledger) -> dict[int, RunRecord]:
    found = {}
    for place, run_id in ledger.done.items():
        try:
            found[place] = _trial(str(run_store().path), run_id)
        except NotFound:
            continue  # deleted since
    return found


@st.cache_resource(max_entries=2000, show_spinner=False, ttl=600)
def _trial(path: str, run_id: str) -> RunRecord:
    """A trial's record with the measurements after each epoch; its steps are not needed here."""
    run = run_store().get(run_id)
    return replace(run, history=History(epochs=run.history.epochs, changes=run.history.changes))


def _in_words(ledger: Ledger, found: Choice, active: bool) -> str:
    trial = ledger.plan.trials()[found.number]
    at = ", ".join(f"{setting_name(name)} {written(value)}" for name, value in trial.changes.items())
    run = found.run
    text = f":material/star: **Best{' so far' if active or ledger.open else ''}: {at}**"
    if found.by == "validation accuracy" and run.validation_accuracy is not None:
        text += f", validation accuracy {percent(run.validation_accuracy, 2)}"
    elif found.by == "validation loss":
        text += f", validation loss {number(validation_loss(run) or 0.0)}"
    if run.test_accuracy is not None and run.ci_low is not None and run.ci_high is not None:
        text += f", test accuracy {percent(run.test_accuracy, 2)}"
        text += f" :small[(95% interval {interval(run.ci_low, run.ci_high, 2)})]"
    elif run.test_loss is not None:
        text += f", test loss {number(run.test_loss)}"
    text += "."
    if not found.honest:
        text += (
            f" Without a validation split, this trial was chosen by the {found.by} itself, which therefore looks "
            "better than it is."
        )
    return text


def _numbers(runs: dict[int, RunRecord], numbers: list[int]) -> tuple[dict[str, list[float]], bool]:
    """What is drawn of each trial, validation first; whether these are accuracies."""
    graded = any(run.test_accuracy is not None for run in runs.values())
    columns: dict[str, list[float | None]] = {
        "validation": [runs[n].validation_accuracy if graded else validation_loss(runs[n]) for n in numbers],
        "test": [runs[n].test_accuracy if graded else runs[n].test_loss for n in numbers],
    }
    known = {
        split: [float("nan") if value is None else value for value in column]
        for split, column in columns.items()
        if any(value is not None for value in column)
    }
    return known, graded


def _scales(ledger: Ledger, numbers: list[int]) -> list[Scale]:
    trials = ledger.plan.trials()
    scales = []
    for name, values in ledger.plan.axes.items():
        # with all planned values, so that the axis stands still while trials come in
        whole = scale(setting_name(name), list(values))
        places = dict(zip(map(written, values), whole.places, strict=True))
        scales.append(replace(whole, places=[places[written(trials[n].changes[name])] for n in numbers]))
    return scales


def _charts(ledger: Ledger, runs: dict[int, RunRecord], found: Choice) -> None:
    numbers = sorted(runs)
    known, graded = _numbers(runs, numbers)
    scales = _scales(ledger, numbers)
    star = numbers.index(found.number)
    # losses reach over powers of ten
    log = not graded and all(value > 0 for column in known.values() for value in column if value == value)
    what = "accuracy" if graded else "loss"
    at_best = f"The best {what} is at " + ", ".join(
        f"{setting_name(name)} {written(value)}" for name, value in ledger.plan.trials()[found.number].changes.items()
    )
    if len(scales) == 2 and known:
        split, values = next(iter(known.items()))
        fig = trials_map(scales[0], scales[1], values, what=f"{split} {what}", percent=graded, log=log)
        chart(fig, f"runs_trials_map_{ledger.sweep_id}", still=True, alt=at_best)
        st.caption(f"{split.capitalize()} {what} of every combination.")
    for first in range(0, len(scales), 2):  # three side by side leave no room for words
        for column, each in zip(st.columns(min(2, len(scales))), scales[first : first + 2], strict=False):
            with column:
                fig = trials_figure(each, known, star, y_title=what, percent=graded, log_y=log)
                chart(fig, f"runs_trials_{ledger.sweep_id}_{each.name}", alt=at_best)
    marks = {"validation": ":orange[**●**] validation", "test": ":green[**◆**] test"}
    st.caption(", ".join(marks[split] for split in known) + f" {what} of each trial; star: the best one.")


def _rows(ledger: Ledger, runs: dict[int, RunRecord], found: Choice | None) -> list[dict[str, Any]]:
    rows = []
    for trial in ledger.plan.trials():
        run = runs.get(trial.number)
        changes = {setting_name(name): _cell(value) for name, value in trial.changes.items()}
        row: dict[str, Any] = {"best": "★" if found is not None and trial.number == found.number else "", **changes}
        status = run.status if run else "deleted" if trial.number in ledger.done else "open"
        if run is not None and run.test_accuracy is None:
            row |= {"validation loss": validation_loss(run), "test loss": run.test_loss}
        else:
            row |= {
                "validation": run.validation_accuracy if run else None,
                "test accuracy": run.test_accuracy if run else None,
                INTERVAL: interval(run.ci_low, run.ci_high) if run and run.ci_low and run.ci_high else None,
            }
        seconds = run.train_seconds if run else None
        rows.append({**row, "seconds": seconds, "status": status, "run": run.run_id if run else ""})
    return rows


def _cell(value: object) -> object:
    """Numbers stay numbers, so that the column sorts."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else written(value)


def _ranking(runs: dict[int, RunRecord], by: str) -> list[str]:
    """The ids of the best trials by the same measure, best first."""
    rest, ranked = dict(runs), list[str]()
    while rest and len(ranked) < chosen.MOST:
        found = best(rest)
        if found is None or found.by != by:
            break
        ranked.append(found.run.run_id)
        del rest[found.number]
    return ranked


def _compare(names: list[str]) -> None:
    chosen.choose(names)
    turn_to("Compare")
