"""Tab: many runs of one recipe over chosen settings, planned on the left, watched on the right."""

import os

import streamlit as st

from core.config.errors import ConfigError
from core.config.escaping import escaped
from core.config.run import DIGIT_READERS
from core.data.fingerprint import fingerprint
from core.formatting import count, duration
from core.jobs.sweep.job import SweepSnapshot, start_sweep, sweep_of
from core.jobs.sweep.ledger import Ledger, begin, ledgers
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import material, size_of
from core.training import memory
from pages.ui.kit.shell import state
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.not_here import not_here
from pages.ui.kit.shell.owner import mine, owner
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.live_run import POLL
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.runs.sweep_plan import SWEPT, plan_controls, sweep_code
from pages.ui.runs.sweep_results import results

SHOWN = "runs_sweep_shown"  # the select box
NAMED = "runs_sweep"  # URL parameter and session key: the id of the sweep that is looked at


def sweep() -> None:
    """Plan and start a sweep; see the one that is at work, or any earlier one."""
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
                    "No sweep yet. Choose what to vary and press *Start*: every trial appears here as it "
                    "ends, and is recorded like any other run.",
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
        help="One after another in the background, or on all workers of a cluster. You may leave the page.",
    )
    if plan is not None:
        passes = plan.base.train.epochs
        epochs = count(passes, "epoch")
        where = f"on the cluster at {cluster()}" if cluster() else "in this computer's queue"
        st.caption(f"{trials} of {epochs} each, on one thread each, {where}.{f' Memory: {need}.' if need else ''}")
        if pressed:
            state.remember(NAMED, _begin(plan))
            st.rerun()


def _begin(plan: SweepPlan) -> str:
    found = mnist() if isinstance(plan.base.model, DIGIT_READERS) else material(plan.base, "auto")
    ledger = begin(plan, size_of(found), fingerprint(found), owner())
    _submit(ledger)
    return ledger.sweep_id


def _submit(ledger: Ledger) -> None:
    """Let a sweep begin, or go on."""
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
        help="Every sweep that was ever started here, the newest first; also those that were interrupted.",
    )
    state.remember(NAMED, name)  # the newest is another one tomorrow
    return next(book for book in books if book.sweep_id == name)


def _title(book: Ledger) -> str:
    """Names a sweep for good: nothing in it may change while it runs."""
    settings = " × ".join(SWEPT.get(name, name) for name in book.plan.axes)
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
            words.append(f"waiting in line, place {picture.place}" if picture.place else "about to start")
        elif picture.seconds_left is not None:
            words.append(f"about {duration(picture.seconds_left)} left")
        if picture.cluster:
            words.append(f"on {picture.cluster}")
    elif ledger.open:
        words.append("it stands still; *Go on* runs the rest")
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
            help="Ends after this step. What is done stays; *Go on* runs the rest.",
        )
        if kept_button(
            "Go on",
            icon=":material/play_arrow:",
            key="runs_sweep_go_on",
            disabled=active or not ledger.open,
            help="Runs the trials that are still open, also after the server was started anew.",
        ):
            _submit(ledger)
            st.rerun()


def _stop(sweep_id: str) -> None:
    job = sweep_of(registry(), sweep_id)
    if job is not None:
        job.stop()
        job.wait(1)
