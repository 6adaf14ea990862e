"""What a sweep is to try: recipe, up to three settings with their values, grid or random, epochs."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config.choices import setting_name
from core.config.errors import ConfigError
from core.config.run import DIGIT_READERS, RunConfig
from core.config.train import MOST_EPOCHS
from core.formatting import percent
from core.jobs.sweep.plan import MOST_TRIALS, SweepPlan, parse_axes
from core.lessons.runs.charts.scale import written
from core.lessons.runs.variable import suggested, variable, words_of
from core.recipes.texts import RECIPES, train_recipes
from pages.ui.kit.widgets.binding import renamed

SEARCHES = {"grid": "grid search", "random": "random search"}
renamed("runs_sweep_kind", SEARCHES)
_SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


def plan_controls() -> SweepPlan:
    """Draw the controls and return the plan. Raises ConfigError where it makes no sense."""
    recipe = st.selectbox(
        "Recipe",
        train_recipes(),
        key="runs_sweep_recipe",
        bind="query-params",
        help="Settings that do not vary keep the recipe's values.",
    )
    base = RECIPES[recipe].config
    names, key = variable(base), f"runs_sweep_vary_{recipe}"
    renamed(key, {name: setting_name(name) for name in names} | {"first weights": setting_name("init")})
    vary = st.multiselect(
        "Settings to vary",
        names,
        default=["lr"],
        max_selections=3,
        select_all=False,
        key=key,
        bind="query-params",
        format_func=setting_name,
        help="Up to three; every combination of their values is a trial.",
    )
    with st.container():  # as many fields as it takes: what stands below keeps its place
        typed = {name: _values(base, recipe, name) for name in vary}
    base = _epochs(base, recipe)
    with st.expander("Advanced", icon=":material/tune:"):
        kind = (
            st.segmented_control(
                "Search",
                list(SEARCHES),
                default="grid",
                required=True,
                key="runs_sweep_kind",
                bind="query-params",
                format_func=lambda kind: SEARCHES[kind],
                help="Grid search: every combination once. Random search: some combinations, drawn without repeats; "
                "where few settings matter, it finds good ones sooner.",
            )
            or "grid"
        )
        draws = int(
            st.number_input(
                "Trials to draw",
                1,
                MOST_TRIALS,
                8,
                key="runs_sweep_draws",
                bind="query-params",
                disabled=kind == "grid",
                help="Random search only; at most as many as there are combinations.",
            )
        )
        base = _validation(base, recipe)
    if not vary:
        raise ConfigError("Choose at least one setting that varies, such as the learning rate.")
    return SweepPlan(base, _axes(base, typed), kind=kind, draws=draws)


def _values(base: RunConfig, recipe: str, name: str) -> list[str]:
    """The values of one setting as words: picked where it takes words, else typed."""
    words, key = words_of(base, name), f"runs_sweep_{recipe}_{name}"
    label = setting_name(name)
    if words:
        now = written(base.settings()[name])
        first = list(words) if len(words) <= 2 else list(dict.fromkeys([now, *words]))[:3]
        return list(
            st.multiselect(
                f"Values of {label}",
                words,
                default=[word for word in first if word in words],
                key=key,
                bind="query-params",
                help="Each of them is tried.",
            )
        )
    text = st.text_input(
        f"Values of {label}",
        suggested(base, name),
        key=key,
        bind="query-params",
        help="Numbers separated by commas. A value that is a list has an x between its numbers: 128x64, 256.",
    )
    return [part.strip() for part in text.split(",") if part.strip()]


def _axes(base: RunConfig, typed: Mapping[str, list[str]]) -> dict[str, tuple[Any, ...]]:
    for name, words in typed.items():
        if not words:
            raise ConfigError(f"Give {setting_name(name)} at least one value to try.")
    return parse_axes(base, [f"{name}={','.join(words)}" for name, words in typed.items()])


def _epochs(base: RunConfig, recipe: str) -> RunConfig:
    few = min(base.train.epochs, 3) if isinstance(base.model, DIGIT_READERS) else base.train.epochs
    epochs = st.number_input(
        "Epochs of each trial",
        1,
        MOST_EPOCHS,
        few,
        key=f"runs_sweep_epochs_{recipe}",
        bind="query-params",
        help=f"Passes over the training data; the recipe has {base.train.epochs:,}.",
    )
    return base.with_settings({"epochs": int(epochs)})


def _validation(base: RunConfig, recipe: str) -> RunConfig:
    """The share of the training data by which the best trial is chosen."""
    if base.train.split == "lab":
        st.caption("The lab report's split validates on half of the test images.")
        return base
    first = base.train.validation or 0.1
    share = st.select_slider(
        "Validation split",
        sorted({*_SHARES, first}),
        first,
        key=f"runs_sweep_validation_{recipe}",
        bind="query-params",
        format_func=lambda part: percent(part, 0),
        help="This share of the training data is not trained on; it chooses the best trial. The test data then "
        "still measure how good that trial is.",
    )
    if share == 0:
        st.caption(
            ":material/warning: Without a validation split, the best trial is chosen by its test accuracy, which "
            "then looks better than it is."
        )
    return base.with_settings({"validation": float(share)})


def sweep_code(plan: SweepPlan) -> tuple[str, str]:
    """The same sweep as a line for a shell and as Python; both run in the project's folder."""
    train, axes = plan.base.train, plan.axes
    pairs = " ".join(f"{name}={','.join(_word(value) for value in values)}" for name, values in axes.items())
    draw = f" --random {plan.draws}" if plan.kind == "random" else ""
    held = "" if train.split == "lab" else f" --fix validation={train.validation:g}"
    shell = f"python -m core sweep {plan.base.recipe} --set {pairs}{held} --epochs {train.epochs}{draw}"
    changes: dict[str, Any] = {"epochs": train.epochs}
    if train.split != "lab":
        changes["validation"] = train.validation
    more = f', kind="random", draws={plan.draws}' if plan.kind == "random" else ""
    python = f"""\
from core.data.fingerprint import fingerprint
from core.recipes.texts import recipe
from core.jobs.sweep.ledger import begin
from core.jobs.sweep.plan import SweepPlan
from core.jobs.sweep.trial import material, run_trial, size_of

base = recipe("{plan.base.recipe}").config.with_settings({changes!r})
plan = SweepPlan(base, {dict(axes)!r}{more})
data = material(base, "auto")
sweep = begin(plan, size_of(data), fingerprint(data))
for trial in sweep.open:
    run = run_trial(sweep.order(trial))
    print(dict(trial.changes), run.validation_accuracy, run.test_accuracy)
"""
    return shell, python


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
