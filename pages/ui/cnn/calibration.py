"""Confidence against accuracy before and after temperature scaling."""

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor, nn

from core.config.errors import NotFound
from core.data import load
from core.data.digits import Digits, Mnist
from core.data.splits import evenly_spaced, lab_split, n_tested, validation_places
from core.formatting import interval, percent
from core.jobs.training_job import Job
from core.lessons.cnn.calibration import (
    BINS,
    COLDEST,
    HOTTEST,
    Bin,
    ece,
    ece_interval,
    fit_temperature,
    negative_log_likelihood,
    reliability,
)
from core.lessons.cnn.calibration import confidence as confidence_of
from core.lessons.cnn.charts.accuracy import reliability_figure
from core.models.evaluation import logits
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell.cache import registry, run_store
from pages.ui.kit.widgets import cached_results
from pages.ui.kit.widgets.chart import chart

WHY = """\
Dividing all ten logits by the same temperature T > 0 keeps their order, so every prediction, and with it the
accuracy, stays the same. The differences between the logits shrink (T > 1) or grow (T < 1), and softmax turns
these differences into confidence:
"""


@dataclass(frozen=True, eq=False)
class Calibration:
    """One network at one temperature on the images that it is judged on."""

    bins: list[Bin]
    ece: float
    interval: tuple[float, float]
    nll: float
    accuracy: float


def calibrated(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The diagram as it is and after dividing by the fitted temperature, with ECE and likelihood."""
    sides = held_out(trained, mnist)
    name = f"{cached_results.data_key(mnist)}/{sides.name}"
    fitting = _logits(trained.key, f"{name}/fit", trained.model, sides.fit.images)
    judging = _logits(trained.key, f"{name}/judge", trained.model, sides.judge.images)
    temperature = _temperature(trained.key, name, fitting, sides.fit.labels)
    bins = st.slider(
        "Bins",
        5,
        30,
        BINS,
        key="cnn_sure_bins",
        bind="query-params",
        width=320,
        help="Number of equal-width confidence bins; 15 in Guo et al. (2017). "
        "The calibration error depends on it a little.",
    )
    both = [_calibration(trained.key, name, bins, t, judging, sides.judge.labels) for t in (1.0, temperature)]
    titles = ("Uncalibrated (T = 1)", f"Temperature scaling (T = {temperature:.3g})")
    for place, (column, title, found) in enumerate(zip(st.columns(2, gap="large"), titles, both, strict=True)):
        with column:
            st.markdown(f"### {title}")
            _numbers(found)
            words = f"Reliability diagram: {title}, expected calibration error {percent(found.ece, 2)}."
            chart(_figure(found), f"cnn_sure_reliability_{place}", still=True, alt=words)
    st.caption(
        f"{sides.description} Dots: accuracy of a bin with its 95% interval against its mean "
        "confidence. Orange: gap to the diagonal. Below: predictions per bin, log axis."
    )
    st.markdown(_describe(temperature, *both))
    with st.expander("Why does the accuracy stay the same?", icon=":material/help:"):
        st.markdown(WHY)
        st.latex(
            r"\hat y_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}, \qquad "
            r"\frac{\hat y_i}{\hat y_k} = e^{(z_i - z_k)/T}"
        )


def _numbers(found: Calibration) -> None:
    """ECE with its interval, likelihood and accuracy."""
    with st.container(horizontal=True, gap="small"):
        st.metric(
            "ECE",
            percent(found.ece, 2),
            width=140,
            help="Expected calibration error (ECE): mean gap between confidence and accuracy, weighted by the "
            "predictions per bin. Chance alone makes gaps in small bins, so it is biased upward; the interval "
            "(basic bootstrap, 400 resamples) corrects that and may lie below it.",
        )
        st.metric(
            "NLL (nats)",
            f"{found.nll:.4f}",
            width=104,
            help="Negative log-likelihood, the mean of −log(probability of the true label): what "
            "the temperature minimizes, on other images.",
        )
        st.metric("Accuracy", percent(found.accuracy, 2), width=96, help="A temperature changes no prediction.")
    low, high = found.interval
    st.caption(f"95% interval of the ECE, bias corrected: {interval(low, high, 2)}.")


def _figure(found: Calibration) -> go.Figure:
    return reliability_figure(
        [part.accuracy for part in found.bins],
        [part.ci95 for part in found.bins],
        [part.confidence for part in found.bins],
        [part.count for part in found.bins],
    )


def _describe(temperature: float, before: Calibration, after: Calibration) -> str:
    """What the numbers say, in words that follow from them."""
    if temperature < 1.05 * COLDEST or temperature > HOTTEST / 1.05:
        return (
            f"The fit ran to the end of its range, T = {temperature:.3g}: these validation images do not "
            "determine a temperature."
        )
    gap = sum(part.count * (part.confidence - part.accuracy) for part in before.bins if part.count)
    way = "overconfident" if gap > 0 else "underconfident"
    softer = "lowers" if temperature > 1 else "raises"
    overlap = before.interval[0] <= after.interval[1] and after.interval[0] <= before.interval[1]
    better = after.ece < before.ece
    effect = (
        f"changes the ECE from {interval(before.ece, after.ece, 2)}"
        if better
        else f"does not help here: the ECE changes from {interval(before.ece, after.ece, 2)}"
    )
    doubt = ", and the two intervals overlap" if overlap else ""
    return f"On average the network is **{way}**. T = {temperature:.3g} {softer} its confidence and {effect}{doubt}."


@st.cache_resource(max_entries=16, show_spinner="Classifying the images…")
def _logits(key: str, images: str, _model: nn.Module, _images: Tensor) -> Tensor:
    return logits(_model, _images).cpu()


@st.cache_data(max_entries=64, show_spinner=False)
def _temperature(key: str, images: str, _logits: Tensor, _labels: Tensor) -> float:
    return fit_temperature(_logits, _labels)


@st.cache_resource(max_entries=64, show_spinner=False)
def _calibration(key: str, images: str, bins: int, temperature: float, _logits: Tensor, _labels: Tensor) -> Calibration:
    confidence, right = confidence_of(_logits, temperature), _logits.argmax(1) == _labels
    found = reliability(confidence, right, bins)
    return Calibration(
        bins=found,
        ece=ece(found),
        interval=ece_interval(confidence, right, bins),
        nll=negative_log_likelihood(_logits, _labels, temperature),
        accuracy=float(right.double().mean()) if len(right) else float(torch.nan),
    )


# Which images a temperature may be fitted on, and which it is then judged on: never the same.


MOST = 5000  # validation images; one number needs no more


@dataclass(frozen=True, eq=False)
class HeldOut:
    """fit: images that the network was not trained on, to fit on. judge: others, to report on.

    name: tells one choice from another. description: a sentence that says which they are.
    """

    name: str
    fit: Digits
    judge: Digits
    description: str


def held_out(trained: TrainedNetwork, mnist: Mnist) -> HeldOut:
    """The run's own validation images where it has some; else images that nothing was trained on."""
    test, train = mnist.test, trained.config.train
    same = _same_digits(trained, mnist)
    if train.split == "lab" and same:
        first, last = lab_split(test)
        return HeldOut(
            "lab",
            first,
            last,
            f"Temperature fitted on the first {len(first):,} test images, this network's validation set; measured "
            f"on the last {len(last):,}.",
        )
    if train.validation and same:
        places = validation_places(mnist.train, train.validation, train.seed)[1]
        fit = mnist.train.take(places[evenly_spaced(len(places), MOST)])
        return HeldOut(
            f"own-{train.validation}-{train.seed}",
            fit,
            test,
            f"Temperature fitted on the validation split of this run ({len(fit):,} images); measured on "
            f"the {len(test):,} test images.",
        )
    if mnist.size == "full":
        fit = _bundled_test()
        return HeldOut(
            "bundled",
            fit,
            test,
            f"Temperature fitted on {len(fit):,} images that no network here was trained on (the bundled "
            f"test images); measured on the {len(test):,} test images.",
        )
    first, last = lab_split(test)
    own = train.split == "lab" or train.validation
    why = "This network's validation images are not in the data in use" if own else "This run has no validation split"
    return HeldOut(
        "halves",
        first,
        last,
        f"{why}, so the {len(test):,} bundled test images are split: temperature fitted on the first "
        f"{len(first):,}, measured on the last {len(last):,}.",
    )


def _same_digits(trained: TrainedNetwork, mnist: Mnist) -> bool:
    """Whether the network was trained on the digits in use; what it held out of others is not here."""
    if trained.source == "shipped":
        return bool(trained.provenance.get("data") == mnist.size)
    if trained.source == "run":
        return run_store().get(trained.id).data == mnist.size
    try:
        n_test = registry().get(trained.id, Job).snapshot.n_test
        return n_test == n_tested(mnist.test, trained.config.train.split)
    except NotFound:
        return True


@st.cache_resource(max_entries=1, show_spinner=False)
def _bundled_test() -> Digits:
    return load("small").test
