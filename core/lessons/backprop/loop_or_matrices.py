"""One batch, three ways to its gradient: a loop over the images, matrix products, and autograd.

All three are one formula, so they must find the same numbers; what differs is how many small calls the
computer has to make. A loop makes a dozen for every image, the matrix form a dozen for the whole batch.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from core.backprop.network import Gradient, Layer, backward, check, forward
from core.backprop.per_sample import by_loop
from core.backprop.pieces import cross_entropy
from core.config.run import Activation
from core.config.validation import require
from core.lessons.backprop.gradient_check import agreement
from core.models.activations import ACTIVATION_FUNCTIONS

Form = Literal["loop", "matrices", "autograd"]
Found = tuple[Tensor, list[Gradient]]


@dataclass(frozen=True)
class Timing:
    """Seconds that one batch took: the median of some repetitions; low to high holds their middle half."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Forms:
    """One batch, `images` of them, in every form.

    times: form → Timing. losses: form → cross-entropy in nats.
    slower: form → how many times the matrices' time it took: the median over the turns, each turn compared
        within itself, so that a slow moment of the machine cancels.
    differences: form → name of a tensor ("W1", "b1", …, first layer first) → ‖a − b‖ / max(‖a‖, ‖b‖) between
        its gradient in that form and by matrices; about 1e-7 is what rounding to float32 leaves.
    """

    images: int
    times: dict[Form, Timing]
    slower: dict[Form, float]
    losses: dict[Form, float]
    differences: dict[Form, dict[str, float]]


@dataclass(frozen=True)
class TimeCurve:
    """Milliseconds a batch takes in one form, one entry a batch size: median and middle half."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def time_curve(forms: Sequence[Forms], form: Form) -> TimeCurve:
    """The times of one form in a sweep."""
    times = [found.times[form] for found in forms]
    return TimeCurve(
        mean=tuple(1e3 * t.median for t in times),
        low=tuple(1e3 * t.low for t in times),
        high=tuple(1e3 * t.high for t in times),
    )


def by_matrices(layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor) -> Found:
    """Loss and gradients of the whole batch at once, as in `network`, for what has been checked already.

    x: (N, in); labels: (N,).
    """
    with torch.no_grad():
        tape = forward(layers, activation, x)
        loss, delta = cross_entropy(tape.outputs, labels)
        return loss, backward(layers, activation, tape, delta)


def by_autograd(layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor) -> Found:
    """The same by autograd: leaves that share the layers' memory, one forward pass, one backward().

    x: (N, in); labels: (N,).
    """
    leaves = [Layer(*(tensor.detach().requires_grad_() for tensor in layer)) for layer in layers]
    sigma = ACTIVATION_FUNCTIONS[activation]
    for index, (weight, bias) in enumerate(leaves):
        x = torch.addmm(bias, sigma(x) if index else x, weight)
    loss = functional.cross_entropy(x, labels)
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = []
    for weight, bias in leaves:
        assert weight.grad is not None
        assert bias.grad is not None
        gradients.append(Gradient(weight.grad, bias.grad))
    return loss.detach(), gradients


FORMS: dict[Form, Callable[[Sequence[Layer], Activation, Tensor, Tensor], Found]] = {
    "loop": by_loop,
    "matrices": by_matrices,
    "autograd": by_autograd,
}


def compare(
    layers: Sequence[Layer], activation: Activation, x: Tensor, labels: Tensor, *, repetitions: int = 7
) -> Forms:
    """The mean cross-entropy's gradient for x (N, in) and labels (N,) in every form, with its time.

    The forms take turns, so that a slow moment of the machine meets all of them; one round before the first
    that counts warms up. The computation is on the calling thread's number of threads. Raises ConfigError
    for shapes or numbers that do not fit, as `core.backprop` does, and for fewer than one repetition.
    """
    require(repetitions >= 1, "A time needs at least one repetition.")
    check(layers, x, labels)
    found = {form: compute(layers, activation, x, labels) for form, compute in FORMS.items()}
    seconds: dict[Form, list[float]] = {form: [] for form in FORMS}
    for _ in range(repetitions):
        for form, compute in FORMS.items():
            started = time.perf_counter()
            compute(layers, activation, x, labels)
            seconds[form].append(time.perf_counter() - started)
    return Forms(
        images=len(x),
        times={form: timing(turns) for form, turns in seconds.items()},
        slower={
            form: statistics.median(a / b for a, b in zip(turns, seconds["matrices"], strict=True))
            for form, turns in seconds.items()
        },
        losses={form: float(loss) for form, (loss, _) in found.items()},
        differences={
            form: _differences(found["matrices"][1], gradients)
            for form, (_, gradients) in found.items()
            if form != "matrices"
        },
    )


def sweep(
    layers: Sequence[Layer],
    activation: Activation,
    x: Tensor,
    labels: Tensor,
    sizes: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128, 256),
    *,
    repetitions: int = 7,
) -> list[Forms]:
    """`compare` for the first 1, 2, 4, … images of x (N, in) and labels (N,); sizes above N are left out."""
    return [
        compare(layers, activation, x[:size], labels[:size], repetitions=repetitions)
        for size in sizes
        if size <= len(x)
    ]


def timing(turns: Sequence[float]) -> Timing:
    ordered = sorted(turns)
    quarter = len(ordered) // 4
    return Timing(statistics.median(ordered), ordered[quarter], ordered[-1 - quarter])


def _differences(right: Sequence[Gradient], other: Sequence[Gradient]) -> dict[str, float]:
    return {
        f"{name}{number}": agreement(a, b).difference
        for number, (one, two) in enumerate(zip(right, other, strict=True), start=1)
        for name, a, b in (("W", one.weight, two.weight), ("b", one.bias, two.bias))
    }
