"""FGSM told in eleven steps: for each a title, a sentence made from the live numbers, and a line of code."""

from dataclasses import dataclass

from torch import nn

from core.config.escaping import escaped
from core.formatting import article, probability
from core.lessons.adversarial.fgsm_walk import EvalMode, FgsmWalk
from core.models.trained_network import TrainedNetwork

COUNT = 11


@dataclass(frozen=True)
class Told:
    """title: a few words. sentence: what happens, with the numbers of this run. code: one line of PyTorch."""

    title: str
    sentence: str
    code: str


def tell(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode) -> list[Told]:
    """The steps in order; the code lines, one after the other, are the whole attack."""
    return [
        Told(
            "Load the trained network",
            f"{escaped(trained.title, 'page')}: {_weights(trained.model):,} weights and biases, "
            "none of which will change.",
            loading(trained),
        ),
        Told("Switch to eval mode", _eval(mode), "model.eval()"),
        Told(
            "Take an image and its label",
            f"784 pixels between 0 (black) and 1 (white). The right answer is **{walk.label}**.",
            "x, y = images[number : number + 1], labels[number : number + 1]",
        ),
        Told(
            "Ask for gradients of the pixels",
            "In training the weights are what may change; here it is the image. PyTorch now keeps track of "
            "everything computed from it.",
            "x = x.clone().requires_grad_()",
        ),
        Told("Forward: what does the network say?", _forward(walk), "logits = model(x)"),
        Told(
            "The loss",
            f"Minus the logarithm of the probability of the right answer: −ln {_short(_chance(walk))} = "
            f"**{walk.loss:.3g} nats**. In double precision: a loss near 0 and its gradient would be rounded "
            "away.",
            "loss = F.cross_entropy(logits.double(), y)",
        ),
        Told("Set old gradients to zero", _zeroed(walk), "model.zero_grad(); x.grad = None"),
        Told("Backward: which pixels matter?", _backward(walk), "loss.backward()"),
        Told("Keep only the sign", _signs(walk), "sign = x.grad.sign()"),
        Told(
            "Take the step, and stay an image",
            f"Every pixel moves by ε = {walk.epsilon:g}, uphill. {walk.cut} of 784 pixels would leave the "
            "range from black to white and are cut off.",
            "adversarial = (x + epsilon * sign).clamp(0, 1).detach()",
        ),
        Told("Predict again, and compare", compared(walk), "read = model(adversarial).argmax(1)"),
    ]


def loading(trained: TrainedNetwork) -> str:
    """The line that loads this network, or a file of one's own where it came from elsewhere."""
    if trained.source == "shipped":
        return f'model = load_shipped("{trained.id}").model'
    return 'model = load_checkpoint(Path("my-network.safetensors")).model'


def code(steps: list[Told], number: int, epsilon: float) -> str:
    """The whole attack as it may be run in Digit Lab's folder. number: of the test image."""
    loads = steps[0].code
    where = "load_shipped" if "load_shipped" in loads else "load_checkpoint"
    first = [] if where == "load_shipped" else ["from pathlib import Path", ""]
    lines = [f"{step.code:<64}# {place}" for place, step in enumerate(steps, 1)]
    return "\n".join(
        [
            *first,
            "from torch.nn import functional as F",
            "",
            f"from core.models.trained_network import {where}",
            "from core.data import load",
            "",
            "test = load().test",
            f"images, labels, number, epsilon = test.images, test.labels, {number}, {epsilon:g}",
            "",
            *lines,
        ]
    )


def compared(walk: FgsmWalk) -> str:
    """What the network read before and after, and whether that makes it fooled."""
    before, after = _said(walk.probabilities, walk.read), _said(walk.probabilities_after, walk.read_after)
    rise = f"The loss went from {walk.loss:.3g} to {walk.loss_after:.3g} nats."
    if walk.read != walk.label:
        return f"It misclassified the clean image already: {before}; now {after}. {rise}"
    if walk.read_after != walk.label:
        return f"**Misclassified.** Before: {before}; after: {after}. {rise}"
    if walk.epsilon == 0:
        return f"ε is 0, so nothing has changed: {after}."
    if walk.loss_after < walk.loss:
        return f"Correctly classified. Before: {before}; after: {after}. The step even lowered the loss: {rise}"
    return f"Correctly classified at this ε. Before: {before}; after: {after}. {rise}"


def _said(probabilities: object, digit: int) -> str:
    return f"{article(f'**{digit}**')}, confidence {probability(float(probabilities[digit]))}"  # type: ignore[index]


def _eval(mode: EvalMode) -> str:
    kinds = []
    if mode.dropouts:
        kinds.append(f"dropout ({len(mode.dropouts)}×, off now)")
    if mode.norms:
        kinds.append(f"batch norm ({len(mode.norms)}×, now with the averages of training)")
    if kinds:
        switched = (
            f"Switched here: {' and '.join(kinds)}; the ten logits differ by up to {mode.moved:.2g} between "
            "the two modes."
        )
    else:
        switched = "This network has neither dropout nor batch norm, so here it changes nothing."
    proof = (
        f"in eval mode the gradient is there, ‖g‖₁ = {mode.l1:.3g}"
        if mode.l1 > 0
        else "that this gradient is 0 everywhere is the network's doing, not eval mode's"
    )
    return (
        f"Dropout and batch norm behave as in a test. {switched} It does **not** switch gradients off, "
        f"though the text says so (a slip): {proof}. What turns them off is `torch.no_grad()`."
    )


def _forward(walk: FgsmWalk) -> str:
    right = "correctly" if walk.read == walk.label else "wrongly"
    return (
        f"Ten logits, and softmax makes ten probabilities of them. It {right} predicts "
        f"{_said(walk.probabilities, walk.read)}."
    )


def _zeroed(walk: FgsmWalk) -> str:
    once = float(walk.gradient.abs().sum())
    told = (
        f"Run step 8 twice without this line and ‖x.grad‖₁ becomes {walk.twice:.3g} instead of {once:.3g}. "
        if once
        else ""
    )
    return f"`backward` adds to whatever is stored already. {told}With a second image, two gradients would mix."


def _backward(walk: FgsmWalk) -> str:
    gradient = walk.gradient
    if not bool(gradient.any()):
        return "The gradient is 0 at every pixel: to first order, no change of the image moves this loss."
    strongest = int(gradient.abs().argmax())
    value = float(gradient.flatten()[strongest])
    way = "brighter" if value > 0 else "darker"
    return (
        f"Orange: brighter raises the loss. Blue: darker raises it. The steepest pixel is row "
        f"{strongest // 28}, column {strongest % 28}: {value:.3g} nats per unit of ink, so {way} hurts most "
        "there."
    )


def _signs(walk: FgsmWalk) -> str:
    up, down = int((walk.sign > 0).sum()), int((walk.sign < 0).sum())
    none = 784 - up - down
    left = f", {none} stay (gradient exactly 0)" if none else ""
    return f"Strong or weak no longer matters, only which way: {up} pixels get brighter, {down} darker{left}."


def _chance(walk: FgsmWalk) -> float:
    return float(walk.probabilities[walk.label])


def _short(chance: float) -> str:
    """A probability with as many digits as tell it from 1."""
    rest = 1 - chance
    if 0 < rest < 1e-3:
        return f"(1 − {rest:.2g})"
    return f"{chance:.3g}"


def _weights(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
