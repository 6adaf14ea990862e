"""Hints below a run: what its numbers show, why that is so, and a button that sets the remedy."""

from collections.abc import Callable
from math import isclose
from typing import Any

import streamlit as st

from core.config.choices import setting_name
from core.config.errors import LabError
from core.config.escaping import escaped
from core.config.run import DIGIT_READERS, RunConfig
from core.data.digits import Digits
from core.formatting import percent
from core.jobs.snapshot import Snapshot
from core.jobs.training_job import Job
from core.models.threads import one_thread
from core.recipes.texts import RECIPES
from core.training.hints import Case, Hint, hints
from core.training.trainer import changeable
from pages.ui.kit.shell import cache
from pages.ui.kit.training import controls, early_stopping
from pages.ui.kit.training.finished_run import FinishedRun, Place
from pages.ui.kit.widgets.cached_results import data_key

#: Test digits that are looked at: enough for ±7 points on one digit at worst, and quick.
LOOKED_AT = 2_000


def watching(place: Place, job: Job) -> Callable[[Snapshot], None]:
    """What to draw while a job runs: only what gets no better by waiting, with a button that acts now."""

    def watch(snapshot: Snapshot) -> None:
        config = snapshot.config
        for hint in hints(Case(config, snapshot.history, snapshot.n_train), sharp=True):
            now = set(hint.remedy) <= set(changeable(config))
            with st.container(border=True, key=place.key(f"hint_now_{hint.rule}")):
                _said(hint)
                pressed = now and st.button(
                    f"Now: {change_told(hint, config)}",
                    icon=":material/bolt:",
                    key=place.key(f"hint_now_button_{hint.rule}"),
                    help="From the next step on.",
                    on_click=_change_now,
                    args=(job, hint.remedy),
                )
            if pressed:
                st.rerun()  # the controls stand outside of what is redrawn by itself

    return watch


def show_hints(place: Place, run: FinishedRun) -> None:
    """Below a run that has ended: everything the rules say of it."""
    digits = isinstance(run.config.model, DIGIT_READERS)
    key = run.key + (data_key(cache.mnist()) if digits else "")

    def case() -> Case:
        return Case(run.config, run.history, run.n_train, run.network(), _some_digits() if digits else None)

    for hint in _found(key, case):
        with st.container(border=True, key=place.key(f"hint_{hint.rule}")):
            _said(hint)
            with st.container(horizontal=True, gap="small"):
                _buttons(place, hint, run)
                with st.popover("Why?", icon=":material/help:", key=place.key(f"hint_why_{hint.rule}")):
                    st.markdown(f"{hint.why}\n\n*The remedy:* {hint.effect}")


@st.cache_data(max_entries=64, show_spinner=False)
def _found(key: str, _case: Callable[[], Case]) -> list[Hint]:
    with one_thread():
        return hints(_case())


def _some_digits() -> Digits:
    """Test digits evenly spread over all of them."""
    test = cache.mnist().test
    return test.take(slice(None, None, max(1, len(test) // LOOKED_AT)))


def _said(hint: Hint) -> None:
    st.markdown(f":material/lightbulb: **{hint.title}**  \n{hint.evidence}")


def _buttons(place: Place, hint: Hint, run: FinishedRun) -> None:
    config, record = run.config, run.record
    if config.recipe not in RECIPES or not hint.remedy:
        return
    change = change_told(hint, config)
    adopted = record is None or st.session_state.get(place.key("hinted")) == record
    done = adopted and stands(hint.remedy, place.wanted)
    args = (place, hint.remedy, change, config, record)
    st.button(
        f"Applied: {change}" if done else f"Apply: {change}",
        icon=":material/check:" if done else ":material/build:",
        key=place.key(f"hint_apply_{hint.rule}"),
        disabled=done,
        on_click=_apply,
        args=args,
        help=f"Set the controls: {change}. {hint.effect}",
    )
    st.button(
        "Apply and train",
        icon=":material/play_arrow:",
        key=place.key(f"hint_train_{hint.rule}"),
        on_click=_apply,
        args=args,
        kwargs={"train": True},
        help="Set the controls and train again.",
    )


def _apply(
    place: Place, remedy: dict[str, Any], change: str, config: RunConfig, record: str | None, *, train: bool = False
) -> None:
    """Callback: the controls say what the hint says, on the recipe that it is about."""
    st.session_state[place.key("recipe")] = config.recipe
    settings = {}
    if record is not None and st.session_state.get(place.key("hinted")) != record:
        st.session_state[place.key("hinted")] = record  # once: a second hint must not undo the first
        settings = config.settings()
    controls.apply(config.recipe, {**settings, **remedy})
    if train:
        st.session_state[place.key("start_now")] = True
    else:
        st.toast(f"The controls now say: {change}. Press Train.", icon=":material/build:")


def _change_now(job: Job, remedy: dict[str, Any]) -> None:
    """Callback: pass the remedy on to the running job, and let the controls say so."""
    try:
        for name, value in remedy.items():
            job.change(name, value)
    except LabError as error:  # a callback runs outside the page's error boundary
        st.toast(escaped(str(error), "page"), icon=":material/error:")
        return
    controls.apply(job.start.recipe, remedy)


def stands(remedy: dict[str, Any], wanted: RunConfig | None) -> bool:
    """Whether the controls say so already."""
    if wanted is None:
        return False
    now = wanted.settings()
    return all(
        name in now and (isclose(now[name], value) if isinstance(value, float) else now[name] == value)
        for name, value in remedy.items()
    )


def change_told(hint: Hint, config: RunConfig) -> str:
    """ "learning rate 0.1 → 0.01": short enough for a button."""
    before, remedy = config.settings(), dict(hint.remedy)
    both = all(
        name in remedy and (before[name], remedy[name]) == (before["init"], remedy["init"])
        for name in ("init", "init_output")
    )
    if both:
        del remedy["init_output"]
    parts = []
    for name, value in remedy.items():
        word = "initialization of all layers" if name == "init" and both else setting_name(name)
        parts.append(
            f"keep {early_stopping.WORDS[value].removesuffix(' on validation')}"
            if name == "keep"
            else f"{word} {_describe(name, before.get(name))} → {_describe(name, value)}"
        )
    return ", ".join(parts)


def _describe(name: str, value: Any) -> str:
    if name in ("init", "init_output"):
        return controls.STARTS[value]
    if isinstance(value, bool):
        return "on" if value else "off"
    if name == "validation":
        return percent(value, 0)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
