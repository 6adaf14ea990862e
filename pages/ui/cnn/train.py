"""Train: the training part of the page for convolutional networks."""

import streamlit as st

from core.config.run import CNNConfig, RunConfig
from core.formatting import interval, percent
from core.lessons.cnn.charts.training import error_record_figure
from core.recipes.texts import RECIPES
from core.storage.history import History
from pages.ui.cnn.controls import network
from pages.ui.cnn.layers_table import layers_table
from pages.ui.cnn.test_halves import Half, halves, nearest_means, told
from pages.ui.kit.training.training_page import TrainingPage
from pages.ui.kit.widgets.chart import chart


def more(history: History, config: RunConfig, n_test: int) -> None:
    """What the lab report keeps of a run: both errors on the way, and the two halves of the test images."""
    if config.train.record_every:
        _record(history, config)
    _claim(history, config, n_test)


def _record(history: History, config: RunConfig) -> None:
    st.markdown(f"**Both errors, every {config.train.record_every:,} steps**")
    if not history.records:
        st.caption("The first entry comes soon.")
        return
    steps = len(history.loss)
    epoch = float(history.records[-1]["epoch"] or 1)
    whole = max(steps, round(int(history.records[-1]["step"] or 0) * config.train.epochs / epoch))
    log = st.toggle(
        "Logarithmic error", True, key="cnn_record_log", bind="query-params", help="Shows small errors better."
    )
    chart(error_record_figure(history.records, whole, log_y=log), "cnn_record")
    st.caption(_why_validation_looks_better(history, config))


def _why_validation_looks_better(history: History, config: RunConfig) -> str:
    """What the two curves are, and why they cannot be compared as they stand."""
    dropout = config.cnn.dropout and config.cnn.hidden
    what = "Training error: a running mean over the epoch so far" + (", measured with dropout on." if dropout else ".")
    pairs = [
        (float(row["train_error"] or 0), float(row["validation_error"] or 0))
        for row in history.records
        if row["validation_error"] is not None and row["train_error"] is not None
    ]
    if not pairs:
        return f"{what} Nothing is held out for validation here (*Start and step*)."
    lags = "It still counts what half-trained weights" + (" and silenced units" if dropout else "")
    early = len(pairs) // 2 or 1
    better, first = (sum(validation < train for train, validation in part) for part in (pairs, pairs[:early]))
    seen = f"{better} of {len(pairs)} entries"
    if len(pairs) >= 10:
        seen += f", {first} of them among the first {early}"
    looks = (
        f"validation, measured at that moment, looks better than training in {seen}"
        if better
        else f"yet validation looks better than training in none of the {len(pairs)} entries"
    )
    return f"{what} {lags} got wrong: {looks}."


def _claim(history: History, config: RunConfig, n_test: int) -> None:
    """What was measured, in two halves where the run has them, beside what the text claims."""
    claim = RECIPES[config.recipe].claim if config.recipe in RECIPES else None
    whole = history.last("test_accuracy")
    if whole is None:
        return
    parts = halves(history, n_test) if config.train.split == "lab" else []
    with st.container(horizontal=True, gap="large"):
        for part in parts or [Half(f"All {n_test:,} test images", whole, n_test)]:
            low, high = part.ci95
            st.metric(
                part.name,
                percent(part.accuracy, 2),
                f"95%: {interval(low, high, 2)}",
                width="content",
                delta_color="off",
                delta_arrow="off",
                help=f"Share of these {part.n:,} test images read correctly, and its 95% interval.",
            )
    if claim:
        st.caption(f":material/format_quote: **The text claims**: {claim}. Measured: what stands above.")
    if parts and len(history.epochs) > 1:  # before the first epoch it only guesses
        st.markdown(told(parts, nearest_means()))


PAGE = TrainingPage(
    "cnn", CNNConfig, "cnn-lab", network, describe=layers_table, more=more, quick=True, preset="fast-99"
)
LOOK = PAGE.key("look")  # the network that the panels look at
JOB = PAGE.key("run")
