"""Tab: one network, one start, the same batches, and every optimizer in a lane of its own."""

import streamlit as st

from core.config.errors import DataError, LabError, NotFound
from core.config.escaping import escaped
from core.config.race import RaceConfig
from core.export.race import race_lesson
from core.export.snippets.race import race_code
from core.lessons.race.race_job import RaceJob, start_race
from core.lessons.race.recorded_race import RecordedRace, load
from core.recipes.texts import recipe
from core.training import memory
from core.training.run_data import divided
from pages.ui.kit.shell import css, state
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.shell.layout import controls_and_stage
from pages.ui.kit.shell.not_here import not_here
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.export_buttons import export_buttons
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.race.fairness import fair
from pages.ui.race.lanes import lane_controls
from pages.ui.race.live_race import live_race
from pages.ui.race.race_view import stage
from pages.ui.race.rate_sweep import START_NOW, rate_sweep, sweep_jobs
from pages.ui.race.set_up import race_controls, show_settings_of, words

RECIPE = recipe("optimizer-race")
RUN = "race_run"  # URL parameter and session key of the race
SHOWN = "race_shown_run"
PROBLEM = "race_problem"


def the_race() -> None:
    """Lanes and start on the left, the race on the right."""
    job = current_race()
    racing = job is not None and job.active
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        config = _choose(racing)
    if racing:
        css.stage_first()
    with right:
        if problem := st.session_state.pop(PROBLEM, None):
            st.error(problem, icon=":material/info:")
        if job is not None:
            live_race(job)
            if config != job.config and not racing:
                st.caption(":material/edit: The settings have changed since this race; *Start* runs them.")
        else:
            st.markdown(
                "Three optimizers are given the same network with the same first weights, and then the same "
                "batches in the same order. Which one gets down first, by steps and by seconds?"
            )
            st.markdown(words(config.base, config.lanes, config.seeds, *divided(mnist(), config.base)))
            _as_it_came()
        shown = config if job is None else job.config
        fair(shown, mnist(), None if job is None else job.snapshot.n_train)
        rate_sweep(config, mnist(), racing)
        with st.expander("Show the code", icon=":material/code:"):
            st.code(race_code(shown), language="python")
            size = mnist().size
            export_buttons(lambda: race_lesson(shown, "optimizer-race", size), "race", "race_export")


@st.cache_resource(show_spinner=False)
def _recorded() -> RecordedRace:
    return load()


@st.fragment
def _as_it_came() -> None:
    """The race that came with Digit Lab; nothing where its file is gone."""
    with error_boundary():
        try:
            race = _recorded()
        except DataError:
            return
        st.markdown(
            f":material/inventory_2: **As it came**: a race of *{race.config.base.recipe}* on "
            f"{race.n_train:,} training images with {len(race.config.seeds)} seeds, run on {race.day}. Press "
            "*Start* to run your own."
        )
        stage(race.config, race.runs, race.n_train, race.n_test, active=False)


def current_race() -> RaceJob | None:
    """The race that the address or this session names, adopted by this session; None if it is gone."""
    name = state.recall(RUN)
    if name is None:
        return None
    try:
        job = registry().adopt(name, state.session_id(), RaceJob)
    except NotFound:
        state.remember(RUN, None)
        not_here("That race is", "*Start* runs one here.")
        return None
    if st.session_state.get(SHOWN) != name:  # found again after a reload: show its settings
        st.session_state[SHOWN] = name
        show_settings_of(job.config)
    return job


def _choose(racing: bool) -> RaceConfig:
    """The left column."""
    busy = racing or any(job.active for job in sweep_jobs())
    start = st.container()  # stands above the controls, but what it starts is read from them first
    st.markdown("**Lanes**")
    lanes = lane_controls(racing)
    base, seeds = race_controls(len(mnist().train), racing)
    config = RaceConfig(base, lanes, seeds)
    need = memory.of_race(config)
    problem = memory.refusal(need, "This race")
    with start:
        pressed = kept_button(
            "Start",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="race_start",
            disabled=busy or bool(problem),
            help="Race from fresh weights with these lanes.",
        )
        if problem:
            st.error(problem, icon=":material/straighten:")
        else:
            st.caption(f"Memory: {need}.")
        if racing:
            st.caption("Settings stand still while the race goes on: lanes that change compare nothing.")
        elif busy:
            st.caption("The rates are being tried; the race can start when that has ended.")
    st.caption(f":material/menu_book: {RECIPE.source}. {RECIPE.ours}")
    wished = bool(st.session_state.pop(START_NOW, False))
    if (pressed or wished) and not busy:  # no callback: it would start what the controls said a moment ago
        _start(config)
        st.rerun()
    return config


def _start(config: RaceConfig) -> None:
    """Submit the race and put its id into the address; a problem is kept to be shown."""
    try:
        job = start_race(registry(), config, mnist(), session=state.session_id(), owner=owner())
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")
        return
    job.opens = "pages/5_Optimizer_Race.py", {"race_tab": "The race", RUN: job.job_id}
    st.session_state[SHOWN] = job.job_id
    state.remember(RUN, job.job_id)
