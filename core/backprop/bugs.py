"""Classic mistakes in a backward pass or an update, each in the one rule it breaks.

A bug is the right code with one rule replaced, so what it does to gradients, weights and training is
computed, never imagined.

Add your own: an entry in BUGS with the wrong line, the right one, and the rule it breaks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from torch import Tensor

from core.backprop import pieces
from core.backprop.network import RIGHT, Rules
from core.backprop.pieces import ManualActivation
from core.config.run import Activation, Reduction

#: One epoch by hand, for a network of any depth. `layers` holds (W, b) with W (in, out), `parameters` all of
#: them, each with its gradient `.grad` and its velocity `v[p]`, which begin as zeros; `sigma` is the
#: activation function and `derivative` its derivative σ′; y is one-hot.
LISTING = """\
for x, y in batches:
    z, a, N = [], [x], len(x)
    for W, b in layers:                          # forward
        z.append(a[-1] @ W + b)
        a.append(sigma(z[-1]))
    y_hat = torch.softmax(z[-1], dim=1)

    delta = (y_hat - y) / N
    for k in reversed(range(len(layers))):       # backward
        W, b = layers[k]
        W.grad += a[k].T @ delta
        b.grad += delta.sum(dim=0)
        if k > 0:
            da = delta @ W.T
            delta = da * derivative(z[k - 1])

    for p in parameters:                         # update
        v[p] = lr * p.grad + momentum * v[p]
        p -= v[p]
        p.grad.zero_()
"""
#: v, gradient, η, γ → the new velocity.
Velocity = Callable[[Tensor, Tensor, float, float], Tensor]


def right_velocity(velocity: Tensor, gradient: Tensor, lr: float, momentum: float) -> Tensor:
    """The blog's momentum: v := γ v + η ∂L/∂W; the step is then W := W − v."""
    return velocity * momentum + gradient * lr


@dataclass(frozen=True)
class Bug:
    """A mistake one can plant.

    title: its name. wrong, right: the line of LISTING as it was written and as it should be; wrong is empty
    where the line was forgotten.
    where: which check finds it, that of the gradient or that of the update.
    why: how the mistake shows, for the lesson.
    rules: the backward pass with the mistake in it. velocity: the update with it.
    zeroed: whether gradients are forgotten after each step.
    activations: those with which it makes a difference, None for any.
    hidden: whether it needs a hidden layer to show. momentum: whether it needs momentum above 0.

    A forgotten 1/N needs more than one image in a batch: with one there is nothing to divide by.
    """

    title: str
    wrong: str
    right: str
    where: Literal["gradient", "update"]
    why: str
    rules: Rules = RIGHT
    velocity: Velocity = right_velocity
    zeroed: bool = True
    activations: tuple[Activation, ...] | None = None
    hidden: bool = False
    momentum: bool = False

    @property
    def diff(self) -> str:
        """The line as it was written (−) and as it should be (+), without the listing around it."""
        written = self.wrong.strip() or "# (line missing)"
        return f"- {written}\n+ {self.right.strip()}"

    @property
    def listing(self) -> str:
        """LISTING with the mistake in it, as a reader meets it: nothing marks the place."""
        return LISTING.replace(f"{self.right}\n", f"{self.wrong}\n" if self.wrong else "")

    def shows(self, activation: Activation, hidden_layers: int, momentum: float = 0.9) -> bool:
        """Whether it makes a difference in a network with this activation and number of hidden layers, and
        in an update with this momentum."""
        if (self.hidden and not hidden_layers) or (self.momentum and not momentum):
            return False
        return self.activations is None or activation in self.activations


def _reshaped(delta: Tensor, weight: Tensor) -> Tensor:
    """The shapes fit, the numbers do not: row by row instead of turned over. Square, it is δ W itself."""
    rows, columns = weight.shape
    return delta @ weight.reshape(columns, rows)


def _not_divided(z: Tensor, labels: Tensor, reduction: Reduction) -> tuple[Tensor, Tensor]:
    loss, _ = pieces.cross_entropy(z, labels, reduction)
    return loss, pieces.cross_entropy(z, labels, "sum")[1]


def _label_not_subtracted(z: Tensor, labels: Tensor, reduction: Reduction) -> tuple[Tensor, Tensor]:
    loss, _ = pieces.cross_entropy(z, labels, reduction)
    return loss, pieces.softmax(z) / (len(z) if reduction == "mean" else 1)


def _derivative_of_the_output(sigma: ManualActivation, before: Tensor, after: Tensor) -> Tensor:
    """σ′(a) where σ′(z) is meant."""
    return sigma.derivative(after, sigma.value(after))


def _no_derivative(sigma: ManualActivation, before: Tensor, after: Tensor) -> Tensor:
    return before.new_ones(()).expand_as(before)


def _against_the_velocity(velocity: Tensor, gradient: Tensor, lr: float, momentum: float) -> Tensor:
    return velocity * -momentum + gradient * lr


BUGS: dict[str, Bug] = {
    "transpose": Bug(
        title="Missing transpose",
        wrong="            da = delta @ W.reshape(W.T.shape)",
        right="            da = delta @ W.T",
        where="gradient",
        why="The shapes fit, but each unit receives another unit's error. The gradient of the layer above is still "
        "right, that of every layer below is wrong.",
        rules=replace(RIGHT, inputs=_reshaped),
        hidden=True,
    ),
    "mean": Bug(
        title="Forgotten 1/N",
        wrong="    delta = y_hat - y",
        right="    delta = (y_hat - y) / N",
        where="gradient",
        why="Every gradient has the right direction but N times the right norm. For plain gradient descent that "
        "equals a learning rate N times larger.",
        rules=replace(RIGHT, loss=_not_divided),
    ),
    "point": Bug(
        title="Derivative at the wrong point",
        wrong="            delta = da * derivative(a[k])",
        right="            delta = da * derivative(z[k - 1])",
        where="gradient",
        why="The right formula with the wrong argument: the derivative is evaluated at the activation a instead of "
        "the pre-activation z, so each unit's error is scaled by the wrong factor.",
        rules=replace(RIGHT, derivative=_derivative_of_the_output),
        activations=("sigmoid", "tanh", "gelu"),
        hidden=True,
    ),
    "mask": Bug(
        title="Missing derivative",
        wrong="            delta = da",
        right="            delta = da * derivative(z[k - 1])",
        where="gradient",
        why="The error passes every unit unscaled, even where the activation function is flat. Saturated or "
        "inactive units receive a gradient as if they were linear.",
        rules=replace(RIGHT, derivative=_no_derivative),
        hidden=True,
    ),
    "label": Bug(
        title="Label not subtracted",
        wrong="    delta = y_hat / N",
        right="    delta = (y_hat - y) / N",
        where="gradient",
        why="Without − y the gradient does not depend on the label: every output is pushed down, and none toward "
        "the true class.",
        rules=replace(RIGHT, loss=_label_not_subtracted),
    ),
    "momentum": Bug(
        title="Wrong sign of the momentum",
        wrong="        v[p] = lr * p.grad - momentum * v[p]",
        right="        v[p] = lr * p.grad + momentum * v[p]",
        where="update",
        why="Every gradient and the first step are right. From the second step on the velocity slows the update "
        "down: under a constant gradient the step size tends to 1/(1 + γ) of a plain step, not to 1/(1 − γ).",
        velocity=_against_the_velocity,
        momentum=True,
    ),
    "zero": Bug(
        title="Gradients not zeroed",
        wrong="",
        right="        p.grad.zero_()",
        where="update",
        why="`backward()` accumulates, so every step uses the sum of all gradients so far. One backward pass alone "
        "is right: only a second step reveals it.",
        zeroed=False,
    ),
}
