"""A page that trains: choose a recipe, change what you like, watch it learn.

What the pages for different kinds of networks share: the run that the address names, the left column with
recipe, settings and start, and the right one with the live curves, recorded ones or those that came along.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import memory
from core.config import DIGIT_READERS, RunConfig
from core.errors import ConfigError, LabError, NotFound
from core.escaping import escaped
from core.formatting import count
from core.recipes import RECIPES, train_recipes
from core.snippets import training_code
from core.snippets_words import with_changes
from core.training.finish import computed_elsewhere
from core.training.history import History
from core.training.job import Job
from core.training.run_data import material_for
from core.training.trainer import changeable
from pages.ui import cache, controls, ended, hints, state
from pages.ui.below import below
from pages.ui.export_buttons import export_buttons, lesson_now
from pages.ui.live_run import Draw, More, Shown, curves, live_run, score_line, spoilt
from pages.ui.look import NOW, Kind, as_it_came, on_record
from pages.ui.named import examples
from pages.ui.not_here import not_here
from pages.ui.owner import owner
from pages.ui.start_buttons import start_buttons
from pages.ui.trained import Trained
from pages.ui.why_less import why_less
from pages.ui.widgets import Live


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
    data: draws the widgets of what is learnt from, where that can be set. draw: draws a run in place of the
    curves of loss and accuracy. watchable: seconds over which a run that is over at once can be spread. code:
    the lines that the page shows of a run. preset: a recipe that a button of its own turns to.
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
            job = cache.registry().adopt(name, state.session_id())
        except NotFound:
            return None
        config = job.snapshot.config
        if not isinstance(config.model, self.kind):
            return None
        if st.session_state.get(self.key("shown_run")) != name:  # found again after a reload
            st.session_state[self.key("shown_run")] = name
            st.session_state[self.key("recipe")] = config.recipe
            settings = config.settings()
            if config.train.patience:  # a run that stopped early says so by its epochs: not what was asked
                settings["epochs"] = job.start.train.epochs
            controls.apply(config.recipe, settings)
        return job

    def choose(self, job: Job | None) -> Chosen:
        """The left column: recipe, settings, start."""
        active = job is not None and job.snapshot.active
        names = [name for name in train_recipes(self.kind) if not self.only or name in self.only]
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
                on_click=self._turn_to,
                args=(self.preset,),
                help=RECIPES[self.preset].idea,
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

    def show(self, chosen: Chosen) -> None:
        """The right column: the live run, or what the last or the shipped one looked like."""
        job = chosen.job
        if problem := st.session_state.pop(self.key("problem"), None):
            st.error(problem, icon=":material/info:")
        if self.describe is not None:
            self.describe(chosen)
        place = ended.Place(self.prefix, chosen.wanted)
        if job is not None:
            watch = hints.watching(place, job)
            live_run(job, self.key("live"), more=self.more, draw=self.draw, watch=watch)
            snapshot = job.snapshot
            code: RunConfig | None = snapshot.config
            began: RunConfig | None = job.start
            changes = snapshot.history.changes
            if not snapshot.active:
                why_less(snapshot)
                below(place, ended.of_job(snapshot))
        else:
            code, began, changes = chosen.wanted, chosen.wanted, []
            self._recorded(chosen.recipe)
            below(place, ended.of_record(state.recall(self.key("run")), chosen.recipe))
        if code is not None and began is not None:
            with st.expander("Show the code", icon=":material/code:"):
                st.code(with_changes(self.code(began), changes), language="python")
                export_buttons(lesson_now(code, job), code.recipe, self.key("export"))

    def _recorded(self, recipe: str) -> None:
        """Curves of the run that the address names, if it is on record, else of the shipped network."""
        name = state.recall(self.key("run"))
        if name is not None:
            try:
                run = cache.run_store().get(name)
                if not isinstance(run.config.model, self.kind):
                    raise NotFound(f"Run {name} is of another page.")
                st.markdown(
                    f":material/history: **Recorded run {escaped(run.name, 'page') or run.run_id}** of "
                    f"{run.recipe}, {run.status}."
                )
                if otherwise := computed_elsewhere(run.versions):
                    st.caption(otherwise)
                spoilt(run.config)
                self._draw(
                    on_record(run) if self.draw else None,
                    run.history,
                    run.n_train,
                    run.n_test,
                    max(run.config.train.epochs, run.epochs),
                )
                if self.more is not None:
                    self.more(run.history, run.config, run.n_test)
                return
            except NotFound:
                not_here("That run is", "Press *Train* to start one here.")
                state.remember(self.key("run"), None)
        came = cache.shipped_model(recipe)
        facts = came.provenance
        st.markdown(
            f":material/inventory_2: **As it came**: {recipe}, trained on {facts['n_train']:,} "
            f"{examples(came.config.model)} for "
            f"{count(facts['epochs'], 'epoch')} with seed {facts['seed']}. "
            "Press *Train* to make your own."
        )
        history = History.from_json(facts["history"])
        st.markdown(score_line(history, came.config, facts["n_test"]))
        trained = as_it_came(recipe, recipe) if self.draw else None
        self._draw(trained, history, facts["n_train"], facts["n_test"], facts["epochs"])
        if self.more is not None:
            self.more(history, came.config, facts["n_test"])

    def _draw(
        self, trained: Trained | None, history: History, n_train: int, n_test: int, epochs: float
    ) -> None:
        """A run that has ended, in this page's way. trained: its network, where the page draws that."""
        key = self.key("live")
        if self.draw is None or trained is None:
            curves(history, n_train, epochs, key)
            return
        weights = trained.model.state_dict()
        self.draw(Shown(history, trained.config, n_train, n_test, epochs, weights, trained.film, key))

    def _turn_to(self, recipe: str) -> None:
        """Callback: this recipe, with its own settings."""
        st.session_state[self.key("recipe")] = recipe
        controls.reset(recipe)
        self._look_at_recipe()

    def _look_at_recipe(self) -> None:
        """Callback: who turns to another recipe wants to see its network."""
        st.session_state[self.key("look")] = f"shipped:{st.session_state[self.key('recipe')]}"

    def start_run(self, config: RunConfig) -> None:
        """Submit the run and put its id into the address; a problem is kept to be shown."""
        try:
            slowly = self.watchable and st.session_state.get(self.key("slowly"), True)
            job = cache.registry().submit(
                config,
                cache.mnist() if isinstance(config.model, DIGIT_READERS) else material_for(config),
                session=state.session_id(),
                owner=owner(),
                seconds=self.watchable if slowly else 0.0,
            )
        except LabError as error:  # a callback runs outside the page's error boundary
            st.session_state[self.key("problem")] = escaped(str(error), "page")
            return
        st.session_state[self.key("shown_run")] = job.job_id
        st.session_state[self.key("look")] = NOW
        state.remember(self.key("run"), job.job_id)


def _change(job: Job, name: str, value: Any) -> None:
    """Callback: pass a changed setting on to the running job."""
    try:
        job.change(name, value)
    except ConfigError as error:
        st.toast(escaped(str(error), "page"), icon=":material/error:")
