"""With and without batch norm beside each other: accuracies, curves, and what every layer receives."""

from collections.abc import Mapping
from inspect import signature

import streamlit as st

from core.config.escaping import escaped
from core.config.proportion import proportion
from core.formatting import count, interval, percent, points, ratio
from core.jobs.job_pair import Pair
from core.lessons.cnn.activation_drift import drift
from core.lessons.cnn.charts.training import errors_figure, layer_title, layers_of, losses_figure, spread_bands_figure
from core.lessons.cnn.rate_sweep import WITH, WITHOUT
from core.recipes.texts import RECIPES, recipe_color
from core.storage.history import History
from core.training.weight_history_callback import PreActivations
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.training.live_run import POLL
from pages.ui.kit.widgets.chart import chart

#: The two recipes that are compared.
COURSE = {name: RECIPES[name].config for name in (WITH, WITHOUT)}
TITLES = {WITH: "with batch norm", WITHOUT: "without"}
LOOKS = {name: setting.default for name, setting in signature(PreActivations).parameters.items()}
COLORS = {TITLES[name]: recipe_color(name) for name in (WITH, WITHOUT)}


def claims() -> None:
    """What the two pretrained networks reach; what the course project reports, folded away."""
    with st.container(horizontal=True, gap="large"):
        for name, title in TITLES.items():
            facts = shipped_model(name).provenance
            low, high = facts["ci95"]
            st.metric(
                f"Pretrained, {title}",
                percent(facts["test_accuracy"], 2),
                f"95%: {interval(low, high, 2)}",
                delta_color="off",
                delta_arrow="off",
                width="content",
                help=f"Accuracy on {facts['n_test']:,} test images after {facts['epochs']:g} epochs.",
            )
    with st.expander("Course project: its accuracies", icon=":material/format_quote:"):
        st.markdown("; ".join(f"{RECIPES[name].claim}" for name in TITLES) + ". Epochs and batch size are not given.")


def beside(pair: Pair) -> None:
    """The pair so far; looks again by itself while it runs."""
    pace = POLL.get(pair.snapshot.status)

    @st.fragment(run_every=None if pace is None else max(1.0, pace))
    def body() -> None:
        with error_boundary():
            pair.meet()
            ours, theirs = (job.snapshot for job in pair.jobs)
            facts = " · ".join(
                f"{title}: step {snapshot.steps:,} of {snapshot.steps_total:,}"
                for title, snapshot in zip(TITLES.values(), (ours, theirs), strict=True)
            )
            st.caption(facts)
            for title, snapshot in zip(TITLES.values(), (ours, theirs), strict=True):
                if snapshot.message and snapshot is theirs:  # the other's stands above already
                    st.warning(f"{title.capitalize()}: {escaped(snapshot.message, 'page')}")
            epochs = max(ours.config.train.epochs, ours.epoch, theirs.epoch)
            between({WITH: ours.history, WITHOUT: theirs.history}, ours.n_train, ours.n_test, epochs)

    body()


def between(histories: Mapping[str, History], n_train: int, n_test: int, epochs: float) -> None:
    """Losses, accuracies, and the distributions of what each layer receives, in words too."""
    named = {TITLES[name]: history for name, history in histories.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Loss**")
        chart(losses_figure(named, COLORS, n_train, epochs), "cnn_bn_loss")
    with right:
        st.markdown("**Test error**")
        chart(errors_figure(named, COLORS, epochs), "cnn_bn_errors")
    st.markdown(verdict(named, n_test))
    st.markdown("**Distribution of the pre-activations during training**")
    spreads = {title: history.spreads for title, history in named.items()}
    if not any(spreads.values()):
        st.caption("No data yet.")
        return
    chart(spread_bands_figure(spreads, COLORS, round(_steps(named, n_train, epochs))), "cnn_bn_spreads")
    st.caption(
        f"Every {LOOKS['every']} steps, on the same {LOOKS['images']} training images. Line: median. Bands: "
        "middle 50% and 90%. One axis per row."
    )
    st.markdown(widening(spreads))


def verdict(histories: Mapping[str, History], n_test: int) -> str:
    """How the newest accuracies compare, no more than their intervals allow."""
    found = {}
    for name, history in histories.items():
        accuracy = history.last("test_accuracy")
        if accuracy is None:
            if not history.epochs:
                return "Not measured yet."
            return f"*{name.capitalize()}*: diverged (loss became NaN)."
        found[name] = (accuracy, *proportion(accuracy, n_test).interval, history.last("epoch") or 0.0)
    words = " · ".join(
        f"{name} **{percent(accuracy, 2)}** ({interval(low, high, 2)}) after {count(epoch, 'epoch')}"
        for name, (accuracy, low, high, epoch) in found.items()
    )
    words = words[0].upper() + words[1:] + ". "
    (ours, low, high, epoch), (theirs, their_low, their_high, their_epoch) = found.values()
    if not epoch or not their_epoch:
        return words + "Training has not begun."
    if epoch != their_epoch:
        return words + "They have not trained equally long yet."
    if low <= their_high and their_low <= high:
        return words + "The intervals overlap: **no clear difference.**"
    side = "Batch norm is better" if ours > theirs else "Without batch norm is better"
    return words + f"**{side}** by {points(abs(ours - theirs))}, for this seed."


def widening(spreads: Mapping[str, list[dict[str, object]]]) -> str:
    """How much wider the inputs of the convolutions' activations became, from the numbers."""
    layers = [name for name in layers_of(spreads) if name.startswith("act")]
    parts = []
    for name, rows in spreads.items():
        found = [moved for layer in layers if (moved := drift(rows, layer)) is not None]
        if not found:
            return ""
        most = max(found, key=lambda moved: abs(moved.factor - 1))
        parts.append(
            f"*{name}*, most at {layer_title(most.layer)}, from "
            f"{most.start:.3g} to {most.end:.3g} ({ratio(most.factor)})"
        )
    return "How the 90% range of the pre-activations changed over training: " + "; ".join(parts) + "."


def _steps(histories: Mapping[str, History], n_train: int, epochs: float) -> float:
    """Steps that the whole run will have, judged by what is done; the right end of the axis."""
    longest = max(histories.values(), key=lambda history: len(history.loss))
    seen = sum(longest.examples_per_step)
    if not seen:
        return 1.0
    return max(len(longest.loss), len(longest.loss) * epochs * n_train / seen)
