"""Train: the training part of the page for convolutional networks."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.config.cnn import CNNConfig, LayerShape
from core.config.proportion import Proportion, proportion
from core.config.run import RunConfig
from core.data.splits import lab_split
from core.formatting import interval, percent, points, shape
from core.lessons.cnn.charts.training import error_record_figure
from core.models.inspect import nearest_centroid
from core.recipes.texts import RECIPES
from core.storage.history import History
from pages.ui.cnn.layer_words import tag
from pages.ui.kit.shell import cache, state
from pages.ui.kit.training.cnn_controls import network
from pages.ui.kit.training.training_page import Chosen, TrainingPage
from pages.ui.kit.widgets.cached_results import data_key
from pages.ui.kit.widgets.chart import chart

# The network that the settings describe, layer by layer: it changes as one edits.


def layers_table(chosen: Chosen) -> None:
    """Every layer with the shape it gives and its weights; or why there is no such network."""
    if chosen.wanted is None:
        st.info("These settings do not form a network; the message on the left says why.", icon=":material/straighten:")
        return
    config = chosen.wanted.cnn
    layers = config.layers()
    total, learned = weights(config, layers)
    way = [layer for layer in layers if layer.kind in ("convolution", "linear") or "pool" in layer.kind]
    st.markdown(
        ":material/account_tree: (1, 28, 28) → "
        + " → ".join(shape(layer.shape) for layer in way)
        + f" · **{total:,} parameters**"
        + (f", {learned:,} of them trainable" if learned < total else "")
    )
    edited = chosen.wanted.model != RECIPES[chosen.recipe].config.model
    with st.expander("The network, layer by layer", icon=":material/table_rows:", expanded=edited):
        st.dataframe(
            table(layers),
            hide_index=True,
            key="cnn_layers",
            height="content",
            column_config={
                "parameters": st.column_config.NumberColumn(format="localized"),
                "share": st.column_config.ProgressColumn(
                    "share",
                    min_value=0.0,
                    max_value=1.0,
                    format="percent",
                    help="Most parameters are in the first linear layer.",
                ),
            },
        )
        st.caption("Shapes: (channels, rows, columns). Parameters: weights and biases.")


def weights(config: CNNConfig, layers: list[LayerShape]) -> tuple[int, int]:
    """(all parameters, those that are trained)."""
    total = sum(layer.parameters for layer in layers)
    held = sum(layer.parameters for layer in layers if layer.kind == "convolution") if config.frozen else 0
    return total, total - held


def table(layers: list[LayerShape]) -> pd.DataFrame:
    """One row a layer; sizes as (channels, rows, columns)."""
    total = sum(layer.parameters for layer in layers) or 1
    return pd.DataFrame(
        {
            "layer": [layer.name for layer in layers],
            "type": [layer.kind for layer in layers],
            "output shape": [shape(layer.shape) for layer in layers],
            "parameters": [layer.parameters for layer in layers],
            "share": [layer.parameters / total for layer in layers],
        }
    )


def more(history: History, config: RunConfig, n_test: int) -> None:
    """What the lab report records: both errors on the way, and the two halves of the test images."""
    if config.train.record_every:
        _record(history, config)
    _claim(history, config, n_test)


def _record(history: History, config: RunConfig) -> None:
    st.markdown(f"**Training and validation error, every {config.train.record_every:,} steps**")
    if not history.records:
        st.caption("Waiting for the first entry.")
        return
    steps = len(history.loss)
    epoch = float(history.records[-1]["epoch"] or 1)
    whole = max(steps, round(int(history.records[-1]["step"] or 0) * config.train.epochs / epoch))
    log = st.toggle(
        "Logarithmic error",
        True,
        key="cnn_record_log",
        bind="query-params",
        help="A log axis shows small errors better.",
    )
    chart(error_record_figure(history.records, whole, log_y=log), "cnn_record")
    st.caption(_why_validation_looks_better(history, config))


def _why_validation_looks_better(history: History, config: RunConfig) -> str:
    """What the two curves are, and why they cannot be compared as they stand."""
    dropout = config.cnn.dropout and config.cnn.hidden
    what = "Training error: running mean over the epoch" + (", measured with dropout on." if dropout else ".")
    pairs = [
        (float(row["train_error"] or 0), float(row["validation_error"] or 0))
        for row in history.records
        if row["validation_error"] is not None and row["train_error"] is not None
    ]
    if not pairs:
        return f"{what} This run has no validation split (*Initialization & optimizer*)."
    lags = "It includes the mistakes of earlier weights" + (" and of dropout" if dropout else "")
    early = len(pairs) // 2 or 1
    better, first = (sum(validation < train for train, validation in part) for part in (pairs, pairs[:early]))
    seen = f"{better} of {len(pairs)} entries"
    if len(pairs) >= 10:
        seen += f", {first} of them among the first {early}"
    looks = (
        f"validation error is lower than training error in {seen}"
        if better
        else f"validation error is lower than training error in none of the {len(pairs)} entries"
    )
    return f"{what} {lags}: {looks}."


def _claim(history: History, config: RunConfig, n_test: int) -> None:
    """What was measured, in two halves where the run has them; what the source reports, folded away."""
    claim = RECIPES[config.recipe].claim if config.recipe in RECIPES else None
    if history.last("test_accuracy") is None:
        return
    parts = halves(history, n_test) if config.train.split == "lab" else []
    with st.container(horizontal=True, gap="large"):
        for part in parts:  # a run without halves has its score above
            low, high = part.right.interval
            st.metric(
                part.name,
                percent(part.right.share, 2),
                f"95%: {interval(low, high, 2)}",
                width="content",
                delta_color="off",
                delta_arrow="off",
                help=f"Share of these {part.right.n:,} test images classified correctly, and its 95% interval.",
            )
    told = parts and len(history.epochs) > 1  # before the first epoch it is at chance level
    if not claim and not told:
        return
    with st.expander(f"{_source(config)}: accuracy", icon=":material/format_quote:"):
        if claim:
            st.markdown(f"Reported: {claim}. Measured: see above.")
        if told:
            st.markdown(describe(parts, nearest_means()))


def _source(config: RunConfig) -> str:
    """The text that the recipe is taken from, by its name."""
    return RECIPES[config.recipe].source.split(":")[0] if config.recipe in RECIPES else "Test images"


PAGE = TrainingPage("cnn", CNNConfig, "cnn-bn", network, describe=layers_table, more=more, quick=True, preset="fast-99")
LAB = "cnn-lab"
LOOK = PAGE.key("look")  # the network that the panels look at
JOB = PAGE.key("run")


def open_former_first() -> None:
    """The page opened with the lab report's network before: an address with its settings, or with choices that only
    fit its layers, goes on meaning it. Call it before the recipe's widget is drawn."""
    recipe, said = PAGE.key("recipe"), state.parameters()
    if recipe in st.session_state or recipe in said or JOB in said:
        return
    own = tag(RECIPES[LAB].config.cnn)
    if any(name.startswith(f"{LAB}_") or name.endswith(own) or name == "cnn_epoch_of_20" for name in said):
        st.session_state[recipe] = LAB


# The two halves of the test images: how a run did on each, and how hard each one is.


@dataclass(frozen=True)
class Half:
    """A part of the test images by name, and how many of it are classified correctly."""

    name: str
    right: Proportion


def halves(history: History, n_test: int) -> list[Half]:
    """Last half (the test), first half (validation) and both, of a run that divides the test images so."""
    first, last = history.last("validation_accuracy"), history.last("test_accuracy")
    if first is None or last is None:
        return []
    return [
        Half(f"Last {n_test:,} (test)", proportion(last, n_test)),
        Half(f"First {n_test:,} (validation)", proportion(first, n_test)),
        Half(f"Both, {2 * n_test:,}", proportion((first + last) / 2, 2 * n_test)),
    ]


def nearest_means() -> tuple[Proportion, Proportion]:
    """How the nearest class average does on each half of the test images in use."""
    return _nearest_means(data_key(cache.mnist()))


@st.cache_data(max_entries=4, show_spinner=False)
def _nearest_means(data: str) -> tuple[Proportion, Proportion]:
    digits = cache.mnist()
    model = nearest_centroid.fit(digits.train)
    first, last = (nearest_centroid.score(model, part) for part in lab_split(digits.test))
    return Proportion(first.correct, first.n), Proportion(last.correct, last.n)


def describe(parts: list[Half], means: tuple[Proportion, Proportion]) -> str:
    """What the two halves say, in words made from the numbers.

    parts: as `halves` gives them. means: the nearest class average on the same two halves.
    """
    last, first = parts[0].right, parts[1].right
    gap = last.share - first.share
    side = "better" if gap > 0 else "worse"
    words = f"The same network is {points(abs(gap))} {side} on the last half than on the first"
    words += ". " if last.apart(first) else ", a difference within the intervals. "
    if means[0].n != first.n:  # a run of other digits than those in use
        return words
    ours = (
        f"The nearest centroid classifies {percent(means[0].share, 0)} "
        f"of the first and {percent(means[1].share, 0)} of the last correctly"
    )
    if means[0].below(means[1]):
        if gap > 0:
            return (
                f"{words}{ours}: **the last half is easier.** Scores on different halves compare images, not networks."
            )
        return f"{words}{ours}: the last half is easier, but not for this network."
    if means[1].below(means[0]):
        return f"{words}{ours}: here the last half is the harder one."
    return f"{words}{ours}: on these digits the two halves are about equally hard."
