"""A page that trains: choose a recipe, change what you like, watch it learn.

What the pages for different kinds of networks share: the run that the address names, the left column with
recipe, settings and start, and the right one with the live curves, recorded ones or those that came along.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config.errors import ConfigError, LabError, NotFound
from core.config.escaping import escaped
from core.config.run import DIGIT_READERS, RunConfig
from core.export.code_context import with_changes
from core.export.training import training_code
from core.jobs.training_job import Job, start_training
from core.models.trained_network import TrainedNetwork
from core.recipes.texts import RECIPES, train_recipes
from core.training import memory
from core.training.run_data import material_for
from core.training.trainer import changeable
from pages.ui.kit.network.label_errors import show_suspects
from pages.ui.kit.network.network_panel import why_less
from pages.ui.kit.network.network_picker import NOW, Kind, choose_network
from pages.ui.kit.shell import cache, css, state
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.shell.places import Place
from pages.ui.kit.shell.tab import OpenTab, Tab
from pages.ui.kit.training import controls, finished_run, hints
from pages.ui.kit.training.export_buttons import export_buttons, lesson_now
from pages.ui.kit.training.live_run import Draw, More, live_run
from pages.ui.kit.training.on_record import recorded
from pages.ui.kit.widgets.bound_widgets import Live
from pages.ui.kit.widgets.kept_button import kept_button


@dataclass(frozen=True)
class Chosen:
    """What the page works on: the recipe, its settings now, and this page's job if there is one.

    problem: why the settings cannot be built, or "".
    """

    recipe: str
    wanted: RunConfig | None
    job: Job | None
    problem: str = ""

    @property
    def config(self) -> RunConfig:
        """The settings. Raises ConfigError, with the sentence, where they cannot be built."""
        if self.wanted is None:
            raise ConfigError(self.problem)
        return self.wanted


@dataclass(frozen=True)
class TrainingPage:
    """The training part of one page.

    prefix: begins all its keys (`mlp_run` is the URL parameter of its run). kind: of the networks it trains.
    first: the recipe it opens with. network: draws the widgets of a network. describe: draws what those
    settings build, above the run. more: draws what else a run has to show, below its curves. quick: offers a
    run of one epoch, where the recipes take minutes. only: the recipes it offers; all of that kind if empty.
    data: draws the widgets of what is learned from, where that can be set. draw: draws a run in place of the
    curves of loss and accuracy. watchable: seconds over which a run that is over at once can be spread. code:
    the lines that the page shows of a run. preset: a recipe that a button of its own starts.
    where: this part of the page, if it is not the one that shows any run of that kind.
    """

    prefix: str
    kind: Kind
    first: str
    network: controls.Network
    describe: Callable[[Chosen], None] | None = None
    more: More | None = None
    quick: bool = False
    only: tuple[str, ...] = ()
    data: controls.Network | None = None
    draw: Draw | None = None
    watchable: float = 0.0
    code: Callable[[RunConfig], str] = training_code
    preset: str = ""
    where: Place | None = None

    def key(self, name: str) -> str:
        """A key of this page: `run` (its job, in the address too), `recipe`, `look` (the network that the
        panels look at), `problem` (why the last run could not start, shown once), `start`, …"""
        return f"{self.prefix}_{name}"

    def current_job(self) -> Job | None:
        """The run that the address or this session names, adopted by this session; None if it is gone."""
        name = state.recall(self.key("run"))
        if name is None:
            return None
        try:
            job = cache.registry().adopt(name, state.session_id(), Job)
        except NotFound:
            with contextlib.suppress(LabError):  # what cannot be shown is told where it would stand
                run = cache.run_store().get(name)
                if isinstance(run.config.model, self.kind):
                    settings = {**run.prolonged.settings(), "precision": run.precision}
                    self._set_to(name, run.recipe, settings, f"run:{name}")
            return None
        config = job.snapshot.config
        if not isinstance(config.model, self.kind):
            return None
        settings = config.settings()
        if config.train.patience:  # a run that stopped early says so by its epochs: not what was asked
            settings["epochs"] = job.start.train.epochs
        self._set_to(name, config.recipe, settings, NOW)
        return job

    def _set_to(self, name: str, recipe: str, settings: dict[str, Any], look: str) -> None:
        """The controls say what a run has that was opened, or found again after a reload, and the panels look
        at its network: once for each run, then they are the reader's."""
        if st.session_state.get(self.key("shown_run")) == name:
            return
        st.session_state[self.key("shown_run")] = name
        st.session_state[self.key("look")] = look
        recipe = recipe if recipe in self._names() else self.first
        st.session_state[self.key("recipe")] = recipe
        controls.apply(recipe, settings)

    def _names(self) -> list[str]:
        """The recipes that it offers."""
        return [name for name in train_recipes(self.kind) if not self.only or name in self.only]

    def choose(self, job: Job | None) -> Chosen:
        """The left column: recipe, settings, start."""
        active = job is not None and job.snapshot.active
        names = self._names()
        recipe = st.selectbox(
            "Recipe",
            names,
            index=names.index(self.first),
            key=self.key("recipe"),
            bind="query-params",
            disabled=active,
            on_change=self._look_at_recipe,
            help="The experiments of the source texts, with their own settings.",
        )
        if self.preset and recipe != self.preset:
            st.button(
                RECIPES[self.preset].title,
                icon=":material/bolt:",
                key=self.key("preset"),
                width="stretch",
                disabled=active,
                on_click=self._start_preset,
                help=f"Starts at once. {RECIPES[self.preset].idea}",
            )
        st.caption(f"**{RECIPES[recipe].title}.** {RECIPES[recipe].idea}")
        live = None
        if active and job is not None:
            config = job.snapshot.config
            live = Live(changeable(config), lambda name, value: _change(job, name, value))
        start = st.container()  # stands above the controls, but what it starts is read from them first
        wanted, problem = None, ""
        try:
            wanted = controls.run_controls(recipe, self.network, live, self.data)
        except ConfigError as error:
            problem = escaped(str(error), "page")
        need = memory.of_training(wanted) if wanted is not None else None
        problem = problem or (memory.refusal(need, "This training") if need else "")
        with start:
            pressed = start_buttons(self.key, active or bool(problem), self.quick, self.watchable)
            if problem:
                st.error(problem, icon=":material/straighten:")
            elif need:
                st.caption(f"Memory: {need}.")
        once = st.session_state.pop(self.key("once"), False)
        if pressed and wanted is not None:  # no callback: it would start what the controls said a moment ago
            self.start_run(wanted.with_settings({"epochs": 1}) if once else wanted)
            if once:  # the controls say what is trained, as they do of a run found again
                st.session_state.pop(self.key("shown_run"), None)
            st.rerun()
        st.button(
            "Back to the recipe's settings",
            icon=":material/undo:",
            key=self.key("reset"),
            width="stretch",
            disabled=active or wanted == RECIPES[recipe].config,
            on_click=controls.reset,
            args=(recipe,),
            help="Undo every change to this recipe.",
        )
        st.caption(f":material/menu_book: {RECIPES[recipe].source}. {RECIPES[recipe].ours or ''}")
        return Chosen(recipe, wanted, job, problem)

    @contextlib.contextmanager
    def around(self, open_tab: OpenTab, controls_on: tuple[str, ...] = ("Train",)) -> Iterator[Tab]:
        """The columns that every tab of this page stands in: controls on the left, the open tab on the right.

        controls_on: names of the tabs beside which the controls are shown; elsewhere they are kept.
        """
        job = self.current_job()
        opened = open_tab()
        active = job is not None and job.snapshot.active
        left, right = controls_and_stage()
        with left, st.container(key="lab-controls"):
            st.session_state[self.key("chosen")] = self.choose(job)
        if opened.name not in controls_on:
            css.hide_controls()
        elif active:
            css.stage_first()
        with right:
            if job is not None and active and opened.name != "Train":
                live_run(job, self.key("strip"), charts=False)
            yield opened

    def chosen(self) -> Chosen:
        """What the controls said in this run of the page."""
        found: Chosen = st.session_state[self.key("chosen")]
        return found

    def chosen_network(self) -> TrainedNetwork:
        """A select box over the networks of this page's kind, and the one chosen in it."""
        chosen = self.chosen()
        return choose_network(chosen.job, chosen.recipe, kind=self.kind, key=self.key("look"))

    def show(self, chosen: Chosen) -> None:
        """The right column: the live run, or what the last or the shipped one looked like."""
        job = chosen.job
        if problem := st.session_state.pop(self.key("problem"), None):
            st.error(problem, icon=":material/info:")
        if self.describe is not None:
            self.describe(chosen)
        place = finished_run.Place(self.prefix, chosen.wanted)
        run = None
        if job is not None:
            watch = hints.watching(place, job)
            live_run(job, self.key("live"), more=self.more, draw=self.draw, watch=watch)
            snapshot = job.snapshot
            began: RunConfig | None = job.start
            changes = snapshot.history.changes
            if not snapshot.active:
                why_less(snapshot)
                self._below(place, finished_run.of_job(snapshot))
        else:
            run = recorded(chosen.recipe, self.kind, self.key, self.draw, self.more)
            began = chosen.wanted if run is None else run.config
            changes = [] if run is None else run.history.changes
            self._below(place, finished_run.of_record(state.recall(self.key("run")), chosen.recipe))
        if began is not None:
            with st.expander("Show the code", icon=":material/code:"):
                st.code(with_changes(self.code(began), changes), language="python")
                export_buttons(lesson_now(began, job, run), began.recipe, self.key("export"))

    @staticmethod
    def _below(place: finished_run.Place, run: finished_run.FinishedRun | None) -> None:
        """Below a run that has ended: hints, and suspects where labels were flipped."""
        if run is not None and run.history.loss:
            hints.show_hints(place, run)
            show_suspects(place, run)

    def _start_preset(self) -> None:
        """Callback: the preset with its own settings, started as soon as the controls say so."""
        st.session_state[self.key("recipe")] = self.preset
        controls.reset(self.preset)
        st.session_state[self.key("start_now")] = True

    def _look_at_recipe(self) -> None:
        """Callback: who turns to another recipe wants to see its network."""
        st.session_state[self.key("look")] = f"shipped:{st.session_state[self.key('recipe')]}"

    def start_run(self, config: RunConfig) -> None:
        """Submit the run and put its id into the address; a problem is kept to be shown."""
        try:
            slowly = self.watchable and st.session_state.get(self.key("slowly"), True)
            job = start_training(
                cache.registry(),
                config,
                cache.mnist() if isinstance(config.model, DIGIT_READERS) else material_for(config),
                session=state.session_id(),
                owner=owner(),
                seconds=self.watchable if slowly else 0.0,
            )
        except LabError as error:  # a callback runs outside the page's error boundary
            st.session_state[self.key("problem")] = escaped(str(error), "page")
            return
        if self.where is not None:
            file, parameters = self.where
            job.opens = file, {**parameters, self.key("run"): job.job_id}
        st.session_state[self.key("shown_run")] = job.job_id
        st.session_state[self.key("look")] = NOW
        state.remember(self.key("run"), job.job_id)


def _change(job: Job, name: str, value: Any) -> None:
    """Callback: pass a changed setting on to the running job."""
    try:
        job.change(name, value)
    except ConfigError as error:
        st.toast(escaped(str(error), "page"), icon=":material/error:")


# The buttons that start a run: all of it, one epoch of it, or slowly enough to watch.


def start_buttons(key: Callable[[str], str], locked: bool, quick: bool, watchable: float) -> bool:
    """Draw them; whether a run is to start, with the settings as they are or (`once`) for one epoch.

    key: of the page's entries in the session, by name. locked: nothing can start now. quick: offers a run of
    one epoch. watchable: seconds over which a run that is over at once can be spread; 0 does not offer it.
    """
    pressed = kept_button(
        "Train",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        key=key("start"),
        disabled=locked,
        help="Trains from new initial weights with these settings.",
    )
    if quick:
        st.button(
            "Train one epoch",
            icon=":material/timer:",
            width="stretch",
            key=key("short"),
            disabled=locked,
            on_click=_one_epoch,
            args=(key,),
            help="Sets Epochs to 1 and trains: enough for a first look.",
        )
    if watchable:
        st.toggle(
            "Slowly, to watch",
            True,
            key=key("slowly"),
            bind="query-params",
            help=f"Rest between the epochs, so that the run takes about {watchable:g} seconds; "
            "what it computes stays the same.",
        )
    wished = bool(st.session_state.pop(key("start_now"), False))
    return (pressed or wished) and not locked


def _one_epoch(key: Callable[[str], str]) -> None:
    """Callback: one epoch is asked for; the control of epochs will say so."""
    st.session_state[key("once")] = st.session_state[key("start_now")] = True
