"""What an operation does: to the picture's probabilities, to the test accuracy, to each digit."""

from contextlib import nullcontext
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from core.charts.intervals import before_after_figure, interval_bars_figure
from core.charts.palette import GRAY, ORANGE
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.formatting import percent, probability
from core.lessons.cnn.channel_ablation import Off
from core.lessons.cnn.charts.accuracy import digit_pairs_figure
from core.models.evaluation import logits
from pages.ui.cnn import map_results as results
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.training.accuracy_line import BY_TEST
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart

KEY = "cnn_change"


@dataclass(frozen=True, eq=False)
class Readings:
    """The digits (N,) that the untouched and the changed network read, and the right ones."""

    before: Tensor
    after: Tensor
    labels: Tensor


def effect(trained: Trained, mnist: Mnist, seen: Subject, off: Off, kernels: results.Kernels) -> Readings:
    """Before and after: one picture, and a sample of test images, whose readings it returns."""
    model = results.changed(trained, off, kernels)
    pair = [logits(network, seen.image[None]).softmax(1)[0] for network in (trained.model, model)]
    was, now = (int(shares.argmax()) for shares in pair)
    st.markdown(
        f"The picture: read as **{was}** ({probability(float(pair[0][was]))}), "
        + ("and still " if now == was else "now as ")
        + f"**{now}** ({probability(float(pair[1][now]))})"
    )
    fig = before_after_figure(pair[0].tolist(), pair[1].tolist(), height=230)
    chart(fig.update_layout(margin_t=34), f"{KEY}_bars", still=True)
    everything = st.toggle(
        f"Measure on all {len(mnist.test):,} test images",
        key=f"{KEY}_all_{mnist.size}",
        bind="query-params",
        help="Slower; otherwise as many as answer at once, taken at even distances.",
    )
    count = results.measured_on(trained, mnist, everything)
    labels = results.sample(mnist, count).labels
    with st.spinner("Reading all test images…") if everything else nullcontext():
        before = results.answers(trained, mnist, count, {}, {}).argmax(1)
        after = results.answers(trained, mnist, count, off, kernels).argmax(1)
    _accuracy(before, after, labels)
    st.caption(f"Measured on {cached_results.which_images(mnist, count)}. Lines: 95% intervals. {BY_TEST}")
    return Readings(before, after, labels)


def _accuracy(before: Tensor, after: Tensor, labels: Tensor) -> None:
    right = [int((answer == labels).sum()) for answer in (before, after)]
    shares = [count / len(labels) for count in right]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Test accuracy",
            percent(shares[1], 2),
            f"{100 * (shares[1] - shares[0]):+.2f} points" if bool((before != after).any()) else None,
            width=140,
            help=f"Untouched: {percent(shares[0], 2)}, on the same images.",
        )
        st.metric(
            "Answers changed",
            f"{int((before != after).sum()):,}",
            width=140,
            help=f"Images out of {len(labels):,} that are now read as another digit.",
        )
    fig = interval_bars_figure(
        ["untouched", "edited"], shares, [Proportion(count, len(labels)).interval for count in right], [GRAY, ORANGE]
    )
    chart(fig.update_layout(height=130), f"{KEY}_accuracy", still=True)


def by_digit(read: Readings) -> None:
    """What the change costs each digit."""
    before, after, labels = read.before, read.after, read.labels
    st.markdown("**Digit by digit**: who pays?")
    counts = torch.bincount(labels, minlength=10)
    shares = [
        (torch.bincount(labels[answer == labels], minlength=10) / counts.clamp_min(1)).tolist()
        for answer in (before, after)
    ]
    fig = digit_pairs_figure(shares[0], shares[1], counts.tolist(), height=270)
    chart(fig.update_layout(margin_t=34), f"{KEY}_digits", still=True)
    change = [now - was for was, now in zip(*shares, strict=True)]
    worst = min(range(10), key=change.__getitem__)
    best = max(range(10), key=change.__getitem__)
    told = f"The {worst} pays most: {100 * change[worst]:+.1f} points." if change[worst] < 0 else ""
    if change[best] > 0:
        told += f" The {best} is read better: {100 * change[best]:+.1f} points."
    st.caption(told or "No digit is read more or less often than before.")
