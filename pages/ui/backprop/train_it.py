"""Tab: train by hand beside autograd, and see that both losses agree."""

from typing import Any

import numpy as np
import streamlit as st

from core.config.escaping import escaped
from core.config.optimizers import OPTIMIZERS
from core.config.run import RunConfig
from core.export.training import training_code
from core.formatting import number, percent
from core.jobs.job_pair import Gap, Pair, gap, twins, weights_apart
from core.jobs.snapshot import Snapshot
from core.lessons.backprop.charts.training import gap_figure, overlaid_figure
from core.recipes.texts import RECIPES
from core.storage.history import History
from pages.ui.backprop.momentum import momentum
from pages.ui.kit.shell import css
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.training.controls import BATCHES, restore
from pages.ui.kit.training.export_buttons import export_buttons, lesson_now
from pages.ui.kit.training.live_run import POLL, curves, live_run
from pages.ui.kit.training.run_pair import TwoRuns
from pages.ui.kit.widgets.bound_widgets import Live, Widgets, setting_widget
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button

RUN, TWIN = "manual_run", "manual_twin"  # by hand, by autograd
PAIR = TwoRuns(
    RUN, TWIN, "manual_shown_run", "manual_problem", ("pages/3_Manual_Backprop.py", {"manual_tab": "Train it"})
)


def train_it() -> None:
    """Settings and start on the left, the pair or what was recorded of one on the right."""
    pair = current_pair()
    left, right = controls_and_stage()
    with left, st.container(key="lab-controls"):
        config = _choose(pair)
    if pair is not None and pair.snapshot.active:
        css.stage_first()
    with right:
        if problem := PAIR.trouble():
            st.error(problem, icon=":material/info:")
        if pair is not None:
            live_run(pair, "manual_live", charts=False)
            beside(pair)
        else:
            _recorded()
        more = st.expander(
            "Two forms of momentum", icon=":material/speed:", key="manual_momentum_more", on_change="rerun"
        )
        if more.open:
            with more:
                momentum()
        by_hand, by_autograd = twins(config if pair is None else pair.by_hand.start)
        with st.expander("Show the code", icon=":material/code:"):
            st.markdown("**By hand**")
            st.code(training_code(by_hand), language="python")
            st.markdown("**With autograd**: no `backward` to write")
            st.code(training_code(by_autograd), language="python")
            export_buttons(lesson_now(by_hand, pair.by_hand if pair else None), by_hand.recipe, "manual_export")


def current_pair() -> Pair | None:
    """The pair that the address or this session names, adopted by this session; None if it is gone."""
    pair = PAIR.current()
    if pair is not None and PAIR.newly_found(pair):
        _apply(pair.by_hand.start)
    return pair


def _choose(pair: Pair | None) -> RunConfig:
    """The left column."""
    active = pair is not None and pair.snapshot.active
    start = st.container()  # stands above the controls, but what it starts is read from them first
    config = pair_controls(active)
    with start:
        pressed = kept_button(
            "Train both",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            key="manual_start",
            disabled=active,
            help="Two runs from the same initial weights on the same batches: one by hand, one with autograd.",
        )
        st.caption(
            "Settings are locked while training runs."
            if active
            else "By hand and with autograd: same initial weights, same batches, one thread each."
        )
    if pressed:  # no callback: it would start what the controls said a moment ago
        PAIR.start(twins(config))
        st.rerun()
    return config


def _recorded() -> None:
    """The pair that the address names, if it is saved, else the two pretrained networks."""
    if found := PAIR.recorded():
        ours, theirs = found
        epochs = max(ours.config.train.epochs, ours.epochs)
        between(ours.history, theirs.history, ours.n_train, epochs)
        st.markdown("### The run by hand")
        curves(ours.history, ours.n_train, epochs, "manual_live")
        return
    hand, auto = (shipped_model(name).provenance for name in ("mlp-manual", "mlp-autograd"))
    st.markdown(
        f":material/inventory_2: **Pretrained**: both networks, {hand['n_train']:,} training images, "
        f"{hand['epochs']:g} epochs, seed {hand['seed']}. Test accuracy {percent(hand['test_accuracy'], 2)} by hand, "
        f"{percent(auto['test_accuracy'], 2)} with autograd ({hand['n_test']:,} images)."
    )
    histories = [History.from_json(facts["history"]) for facts in (hand, auto)]
    between(histories[0], histories[1], hand["n_train"], hand["epochs"], digits=5)


# The settings that a run by hand and its autograd twin share.


ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "gelu")
LOCKED = Live((), lambda name, value: None)  # nothing may change while a pair runs


def key(setting: str) -> str:
    """The key, and so the URL parameter, of one setting's widget."""
    return f"manual_{setting}"


def pair_controls(running: bool) -> RunConfig:
    """Draw the controls and return the run they say; all are locked while a pair is `running`."""
    default = RECIPES["mlp-manual"].config
    values = default.settings()
    widget = Widgets(key, LOCKED if running else None)
    changes: dict[str, Any] = {}
    for name, setting in OPTIMIZERS[default.train.optimizer.name].settings.items():
        changes[name] = setting_widget(widget, name, setting, values[name])
    changes["batch_size"] = widget.choice(
        "Batch size",
        BATCHES,
        values["batch_size"],
        "batch_size",
        format_func=lambda v: f"{v:,}",
        help="Images per update. Small batches give many noisy steps, large ones few smooth ones.",
    )
    changes["epochs"] = widget.epochs(40, values["epochs"], "Passes over the training images.")
    with st.expander("Advanced", icon=":material/tune:", key="manual_more"):
        changes |= _architecture(widget, values["activation"], values["seed"])
    return default.with_settings(changes)


def _architecture(widget: Widgets, activation: str, seed: int) -> dict[str, Any]:
    """Activation function, size and seed of the network."""
    changes: dict[str, Any] = {}
    changes["activation"] = widget.choice_box(
        "Activation", ACTIVATIONS, activation, "activation", help="The nonlinear function between the linear layers."
    )
    depth = widget.slider("Hidden layers", 0, 6, 1, "depth", help="Between input and output; 0: linear classifier.")
    units = widget.number("Units per hidden layer", 1, 1024, 100, "units", help="The same for all hidden layers.")
    changes["hidden"] = (units,) * depth
    changes["seed"] = widget.number(
        "Seed", 0, 2**31 - 1, seed, "seed", help="Same seed: same initial weights, same batches, same curve."
    )
    return changes


def _apply(config: RunConfig) -> None:
    """Let the controls show the settings of a pair found again."""
    values = config.settings()
    same = {name: values[name] for name in ("momentum", "batch_size", "activation", "seed", "lr", "epochs")}
    hidden = values["hidden"]
    restore(key, {**same, "depth": len(hidden), **({"units": int(hidden[0])} if hidden else {})})


# Two runs beside each other: one chart for both losses, one for their difference, and the words.


WORDS = {
    "queued": "waiting",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "stopped": "stopped",
    "diverged": "diverged",
    "failed": "failed",
}


def beside(pair: Pair) -> None:
    """What the two runs of a pair have in common so far; looks again by itself while they run."""
    pace = POLL.get(pair.snapshot.status)

    @st.fragment(run_every=None if pace is None else min(pace, 0.7))
    def body() -> None:
        with error_boundary():
            pair.meet()
            ours, theirs = (job.snapshot for job in pair.jobs)
            with st.container(horizontal=True, gap="large"):
                for name, snapshot in (("By hand", ours), ("With autograd", theirs)):
                    _one(name, snapshot)
            if theirs.message:
                st.caption(f"With autograd: {escaped(theirs.message, 'page')}")
            epochs = max(ours.config.train.epochs, ours.epoch, theirs.epoch)
            between(ours.history, theirs.history, ours.n_train, epochs)
            st.markdown(_weights(ours, theirs))
            st.markdown("### The run by hand")
            curves(ours.history, ours.n_train, epochs, "manual_live")

    body()


def _one(name: str, snapshot: Snapshot) -> None:
    """Speed, step and state of one run."""
    done = sum(snapshot.history.examples_per_step)
    speed = f"{done / snapshot.seconds:,.0f} images/s" if snapshot.seconds and done else "–"
    status = WORDS[snapshot.status]
    if snapshot.status == "queued" and snapshot.place:
        status += f", place {snapshot.place}"
    st.metric(
        f"{name} · {status} · step {snapshot.steps:,}",
        speed,
        width="content",
        help="Images per second of training steps: forward, backward and update.",
    )


def between(ours: History, theirs: History, n_train: int, epochs: float, *, digits: int | None = None) -> None:
    """Both losses in one chart, their difference in another, and what it says.

    digits: significant digits of the losses where they were read from a record that keeps no more.
    """
    found = gap(ours.loss, theirs.loss, digits)
    words = gap_in_words(found, recorded=digits is not None)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Training loss**")
        chart(overlaid_figure(ours, theirs, n_train, epochs), "manual_both_loss", alt=words)
        st.caption("By hand: wide and pale; with autograd: thin, on top of it. Averages of neighboring steps.")
    with right:
        st.markdown("**Difference of the losses**")
        chart(gap_figure(ours, found.size, found.spacing, n_train, epochs), "manual_gap", alt=words)
        grain = "spacing of float32" if digits is None else f"last of the {digits} digits saved"
        st.caption(f"Maximum of neighboring steps; 0 cannot be shown on a log axis. Dotted: {grain} at that loss.")
    st.markdown(words)


def gap_in_words(found: Gap, *, recorded: bool = False) -> str:
    """What the difference of the losses says."""
    if found.largest is None:
        if len(found.size):
            return "There is no step at which both losses are finite, so nothing can be compared."
        return "Nothing to compare yet."
    largest, step = found.largest
    steps = len(found.size)
    equal = f"In {found.equal:,} of {steps:,} steps the two losses are the same"
    equal += " to the last saved digit" if recorded else " to the last bit"
    if not largest:
        return f"{equal}."
    worst = f"The largest difference is {number(largest, 2)} nats, at step {step:,}"
    grains = largest / float(found.spacing[step - 1])
    kind = "the last saved digit" if recorded else "the spacing of float32"
    if grains < 16:
        return f"{equal}. {worst}: {grains:.0f} × {kind}. **Same gradient, same curve.**"
    if largest < 1e-3:
        return (
            f"{equal}. {worst}: {grains:,.0f} × {kind}, too small to see in the curves. Sums in a different order "
            "are rounded differently, and rounding errors accumulate over the steps."
        )
    early = float(found.size[np.isfinite(found.size)][:10].max())
    return (
        f"{equal}. {worst}. **The two runs diverge from each other**: in the first ten steps they differed by at most "
        f"{number(early, 1)}. Same formula, same batches; but sums in a different order are rounded differently, and "
        "rounding errors grow over the steps."
    )


def _weights(ours: Snapshot, theirs: Snapshot) -> str:
    """The largest difference of the weights, where both stand at the same step."""
    if ours.weights_step != theirs.weights_step or not ours.weights_step:
        if ours.active or theirs.active:
            return "The weights are compared when both runs are at the same step: pause, or wait for the end."
        if ours.weights_step == theirs.weights_step:
            return "Neither run has taken a step yet, so there are no weights to compare."
        return (
            f"The runs ended at different steps ({ours.steps:,} and {theirs.steps:,}), so their weights cannot be "
            "compared. Pause before stopping: then both stop at the same step."
        )
    apart = weights_apart(ours.weights, theirs.weights)
    if apart is None:
        return ""
    size, name = apart
    if not size:
        return f"At step {ours.weights_step:,} **all weights are equal to the last bit**."
    return f"At step {ours.weights_step:,} the weights differ by at most **{number(size, 2)}** (in `{name}`)."
