"""The evidence against a suspect: gradient check, update check, and training beside the right code."""

import math

import streamlit as st

from core.formatting import number, ratio
from core.lessons.backprop.charts.tensors import tiles_figure
from core.lessons.backprop.charts.training import Learning, planted_accuracy_figure, planted_loss_figure
from core.lessons.backprop.gradient_check import EXACT, Agreement
from core.lessons.backprop.planted_bug import Planted
from core.lessons.backprop.update_check import EXACT as EXACT_UPDATE
from pages.ui.backprop import code_under_test, findings
from pages.ui.backprop.code_under_test import STEPS, Suspect
from pages.ui.kit.widgets.chart import chart


def evidence(suspect: Suspect, key: str) -> None:
    """Everything the checks say, with charts whose keys begin with `key`. The bug's name is not among it."""
    names = suspect.names
    found, rows = code_under_test.gradients(suspect), code_under_test.updates(suspect)
    st.markdown("##### Gradient check: by hand against autograd")
    _tiles([found], names, ["gradient"], EXACT, f"{key}_gradients")
    st.markdown(findings.of_gradients(names, found))
    st.markdown(f"##### Update check: {STEPS} steps against `torch.optim.SGD`")
    _tiles(rows, names, [f"step {n}" for n in range(1, len(rows) + 1)], EXACT_UPDATE, f"{key}_updates")
    st.markdown(findings.of_updates(rows))
    st.markdown("##### Training with it")
    right, wrong = code_under_test.trainings(suspect)
    one, other = st.columns(2)
    with one:
        chart(planted_loss_figure(_learning(right), _learning(wrong)), f"{key}_loss", still=True)
    with other:
        chart(planted_accuracy_figure(_learning(right), _learning(wrong)), f"{key}_accuracy", still=True)
    st.markdown(findings.of_training(right, wrong))
    st.caption(
        f"Checks: the first {suspect.batch_size} training images a batch, in double precision. Each tile "
        "holds ‖a − b‖ / max(‖a‖, ‖b‖), for an update that of how far the tensor has moved from the start; "
        "point at one for lengths and angles. Training: the same start and batches for both, one pass over "
        f"{max(right.seen[-1], wrong.seen[-1]):,} images"
        + (", or as far as it came." if right.diverged or wrong.diverged else ".")
    )


def _learning(run: Planted) -> Learning:
    return Learning(run.batch_size, run.loss, run.seen, run.accuracy)


def _tiles(rows: list[list[Agreement]], names: list[str], labels: list[str], tolerance: float, key: str) -> None:
    fig = tiles_figure(
        [[entry.within(tolerance) for entry in row] for row in rows],
        [[_short(entry.difference) for entry in row] for row in rows],
        [
            [_hover(label, name, entry) for name, entry in zip(names, row, strict=True)]
            for label, row in zip(labels, rows, strict=True)
        ],
        rows=labels,
        columns=names,
    )
    chart(fig, key, still=True)


def _short(difference: float) -> str:
    if math.isinf(difference):
        return "∞"
    if difference == 0:
        return "0"
    return f"{difference:.2f}" if difference >= 0.01 else number(difference, 1)


def _hover(label: str, name: str, entry: Agreement) -> str:
    told = f"<b>{name}</b>, {label}<br>difference {entry.difference:.3g}"
    if entry.length is None or entry.angle is None:
        return told
    return told + f"<br>{ratio(entry.length)} as long<br>{entry.angle:.3g}° apart"
