"""What a sweep is to try: recipe, up to three settings with their values, grid or random, epochs."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.config.errors import ConfigError
from core.config.run import DIGIT_READERS, RunConfig
from core.config.train import MOST_EPOCHS
from core.formatting import percent
from core.jobs.sweep.plan import MOST_TRIALS, SweepPlan, parse_axes
from core.lessons.runs.charts.scale import written
from core.lessons.runs.variable import suggested, variable, words_of
from core.recipes.texts import RECIPES, train_recipes

#: Settings by the names people use.
SWEPT = {"lr": "learning rate", "batch_size": "batch size", "optimizer": "optimizer", "init": "first weights"}
_SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)


def plan_controls() -> SweepPlan:
    """Draw the controls and return the plan. Raises ConfigError where it makes no sense."""
    recipe = st.selectbox(
        "Recipe",
        train_recipes(),
        key="runs_sweep_recipe",
        bind="query-params",
        help="All settings that do not vary are the recipe's.",
    )
    base = RECIPES[recipe].config
    vary = st.multiselect(
        "Settings to vary",
        variable(base),
        default=["lr"],
        max_selections=3,
        select_all=False,
        key=f"runs_sweep_vary_{recipe}",
        bind="query-params",
        format_func=lambda name: SWEPT.get(name, name),
        help="Up to three; every combination of their values is a trial.",
    )
    with st.container():  # as many fields as it takes: what stands below keeps its place
        typed = {name: _values(base, recipe, name) for name in vary}
    kind = (
        st.segmented_control(
            "How they are combined",
            ["grid", "random"],
            default="grid",
            required=True,
            key="runs_sweep_kind",
            bind="query-params",
            help="Grid: every combination once. Random: some of them, drawn without repeating any; where few "
            "settings matter, that finds good ones sooner.",
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
            help="At random; at most as many as there are combinations.",
        )
    )
    base = _training(base, recipe)
    if not vary:
        raise ConfigError("Choose at least one setting that varies, such as the learning rate.")
    return SweepPlan(base, _axes(base, typed), kind=kind, draws=draws)


def _values(base: RunConfig, recipe: str, name: str) -> list[str]:
    """The values of one setting as words: picked where it takes words, else typed."""
    words, key = words_of(base, name), f"runs_sweep_{recipe}_{name}"
    label = SWEPT.get(name, name)
    if words:
        now = written(base.settings()[name])
        usual = list(words) if len(words) <= 2 else list(dict.fromkeys([now, *words]))[:3]
        return list(
            st.multiselect(
                f"Values of {label}",
                words,
                default=[word for word in usual if word in words],
                key=key,
                bind="query-params",
                help="Every one of them is tried.",
            )
        )
    text = st.text_input(
        f"Values of {label}",
        suggested(base, name),
        key=key,
        bind="query-params",
        help="Numbers with commas between. Where one value is a list, an x between its numbers: 128x64, 256.",
    )
    return [part.strip() for part in text.split(",") if part.strip()]


def _axes(base: RunConfig, typed: Mapping[str, list[str]]) -> dict[str, tuple[Any, ...]]:
    for name, words in typed.items():
        if not words:
            raise ConfigError(f"Give {SWEPT.get(name, name)} at least one value to try.")
    return parse_axes(base, [f"{name}={','.join(words)}" for name, words in typed.items()])


def _training(base: RunConfig, recipe: str) -> RunConfig:
    """The epochs of every trial, and the share that is held out to choose by."""
    few = min(base.train.epochs, 3) if isinstance(base.model, DIGIT_READERS) else base.train.epochs
    epochs = int(
        st.number_input(
            "Epochs of each trial",
            1,
            MOST_EPOCHS,
            few,
            key=f"runs_sweep_epochs_{recipe}",
            bind="query-params",
            help=f"Passes over the training data; the recipe takes {base.train.epochs:,}.",
        )
    )
    if base.train.split == "lab":
        st.caption("The lab report's split holds out half of the test images to choose by.")
        return base.with_settings({"epochs": epochs})
    usual = base.train.validation or 0.1
    share = st.select_slider(
        "Held out to choose by",
        sorted({*_SHARES, usual}),
        usual,
        key=f"runs_sweep_validation_{recipe}",
        bind="query-params",
        format_func=lambda part: percent(part, 0),
        help="This share of the training data is not trained on. The best trial is the one that does best on "
        "it; the test data then still tell how good it really is.",
    )
    if share == 0:
        st.caption(
            ":material/warning: With nothing held out there is no honest way to choose: a trial chosen by "
            "its test accuracy looks better than it is."
        )
    return base.with_settings({"epochs": epochs, "validation": float(share)})


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
