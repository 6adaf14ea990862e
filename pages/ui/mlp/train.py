"""Train: choose a recipe, change what you like, watch it learn."""

from dataclasses import dataclass

import streamlit as st

from core.checkpoints import shipped
from core.config import MLPConfig, RunConfig
from core.data.digits import Mnist
from core.errors import ConfigError, LabError, NotFound
from core.recipes import RECIPES, train_recipes
from core.snippets import training_code
from core.training.history import History
from core.training.job import Job
from core.training.snapshot import Snapshot
from core.training.trainer import changeable
from pages.ui import controls, state
from pages.ui.cache import registry, run_store, shipped_model
from pages.ui.live_run import curves, live_run, score_line
from pages.ui.widgets import Live

JOB = "mlp_run"  # the URL parameter and session key of this page's run
RECIPE = "mlp_recipe"
LOOK = "mlp_look"  # the network that the panels look at
PROBLEM = "mlp_problem"  # why the last run could not start, shown once


@dataclass(frozen=True)
class Chosen:
    """What the page works on: the recipe, its settings now, and this page's job if there is one."""

    recipe: str
    config: RunConfig
    job: Job | None


def current_job() -> Job | None:
    """The run that the address or this session names, adopted by this session; None if it is gone."""
    name = state.recall(JOB)
    if name is None:
        return None
    try:
        job = registry().adopt(name, state.session_id())
    except NotFound:
        return None
    if st.session_state.get("mlp_shown_run") != name:  # found again after a reload: show its settings
        st.session_state["mlp_shown_run"] = name
        config = job.snapshot.config
        st.session_state[RECIPE] = config.recipe
        controls.apply(config.recipe, config.settings())
    return job


def choose(job: Job | None) -> Chosen:
    """The left column: recipe, settings, start."""
    active = job is not None and job.snapshot.active
    recipe = st.selectbox(
        "Recipe",
        train_recipes(MLPConfig),
        index=train_recipes(MLPConfig).index("mlp-autograd"),
        key=RECIPE,
        bind="query-params",
        disabled=active,
        on_change=_look_at_recipe,
        help="The experiments of the source texts, with their own settings.",
    )
    st.caption(f"**{RECIPES[recipe].title}.** {RECIPES[recipe].idea}")
    live = None
    if active and job is not None:
        config = job.snapshot.config
        live = Live(changeable(config), lambda name, value: _change(job, name, value))
    start = st.container()  # stands above the controls, but what it starts is read from them first
    config = controls.run_controls(recipe, live)
    changed = config != RECIPES[recipe].config
    with start:
        pressed = st.button(
            "Train",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="mlp_start",
            disabled=active,
            help="Start from fresh weights with these settings.",
        )
    if pressed:  # no callback: it would start what the controls said a moment ago
        start_run(config)
        st.rerun()
    st.button(
        "Back to the recipe's settings",
        icon=":material/undo:",
        key="mlp_reset",
        width="stretch",
        disabled=active or not changed,
        on_click=controls.reset,
        args=(recipe,),
        help="Undo every change to this recipe.",
    )
    st.caption(f":material/menu_book: {RECIPES[recipe].source}. {RECIPES[recipe].ours or ''}")
    return Chosen(recipe, config, job)


def show(chosen: Chosen) -> None:
    """The right column: the live run, or what the last or the shipped one looked like."""
    job = chosen.job
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem, icon=":material/info:")
    if job is not None:
        live_run(job, "mlp_live")
        snapshot = job.snapshot
        code = snapshot.config
        if not snapshot.active:
            _why_less(snapshot)
    else:
        code = chosen.config
        recorded(chosen)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(training_code(code), language="python")


def _why_less(snapshot: Snapshot) -> None:
    """Few images make few steps: say so beside the shipped network, which had many."""
    if snapshot.config.recipe not in shipped():
        return
    facts = shipped_model(snapshot.config.recipe).provenance
    theirs = len(facts["history"]["loss"])
    if snapshot.status == "finished" and snapshot.n_train < facts["n_train"] and snapshot.steps < theirs:
        st.info(
            f"{snapshot.n_train:,} images make {snapshot.steps:,} steps; the network that came with Digit "
            f"Lab made {theirs:,} on {facts['n_train']:,}. More epochs or a larger learning rate help, "
            "and so does the whole MNIST (Home has the button).",
            icon=":material/lightbulb:",
        )


def recorded(chosen: Chosen) -> None:
    """Curves of the run that the address names, if it is on record, else of the shipped network."""
    name = state.recall(JOB)
    if name is not None:
        try:
            run = run_store().get(name)
            st.markdown(
                f":material/history: **Recorded run {run.name or name}** of {run.recipe}, {run.status}."
            )
            curves(run.history, run.n_train, max(run.config.train.epochs, run.epochs), "mlp_live")
            return
        except NotFound:
            st.info("That run is no longer here. Press Train to start a new one.", icon=":material/info:")
            state.remember(JOB, None)
    facts = shipped_model(chosen.recipe).provenance
    st.markdown(
        f":material/inventory_2: **As it came**: {chosen.recipe}, trained on {facts['n_train']:,} images for "
        f"{facts['epochs']:g} epochs with seed {facts['seed']}. Press *Train* to make your own."
    )
    history = History.from_json(facts["history"])
    st.markdown(score_line(history, facts["n_test"]))
    curves(history, facts["n_train"], facts["epochs"], "mlp_live")


def _look_at_recipe() -> None:
    """Callback: who turns to another recipe wants to see its network."""
    st.session_state[LOOK] = f"shipped:{st.session_state[RECIPE]}"


def start_run(config: RunConfig) -> None:
    """Submit the run and put its id into the address; a problem is kept to be shown."""
    from pages.ui.cache import mnist

    data: Mnist = mnist()
    try:
        job = registry().submit(config, data, session=state.session_id())
    except LabError as error:  # a callback runs outside the page's error boundary
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state["mlp_shown_run"] = job.job_id
    st.session_state[LOOK] = "now"
    state.remember(JOB, job.job_id)


def _change(job: Job, name: str, value: object) -> None:
    """Callback: pass a changed setting on to the running job."""
    try:
        job.change(name, value)
    except ConfigError as error:
        st.toast(str(error), icon=":material/error:")
