"""FGSM in eleven steps: for each a title, a sentence made from the live numbers, and a line of code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from numpy.typing import ArrayLike
from torch import Tensor, nn

from core.charts import palette
from core.charts.intervals import bars, before_after_figure
from core.config.escaping import escaped
from core.formatting import article, probability, shape
from core.lessons.adversarial.charts.one_image import Kind, Panel, pixel_panel_figure, pixel_row_figure
from core.lessons.adversarial.fgsm_walk import EvalMode, FgsmWalk
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart

COUNT = 11


@dataclass(frozen=True)
class StepText:
    """title: a few words. sentence: what happens, with the numbers of this run. code: one line of PyTorch."""

    title: str
    sentence: str
    code: str


def tell(trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode) -> list[StepText]:
    """The steps in order; the code lines, one after the other, are the whole attack."""
    return [
        StepText(
            "Load the trained network",
            f"{escaped(trained.title, 'page')} has {_weights(trained.model):,} parameters. The attack changes none of "
            "them.",
            loading(trained),
        ),
        StepText("Switch to evaluation mode", _eval(mode), "model.eval()"),
        StepText(
            "Take an image and its label",
            f"784 pixels between 0 (black) and 1 (white). The true class is **{walk.label}**.",
            "x, y = images[number : number + 1], labels[number : number + 1]",
        ),
        StepText(
            "Track the gradient of the input",
            "Training changes the weights; an attack changes the input. PyTorch now records every operation on the "
            "image.",
            "x = x.clone().requires_grad_()",
        ),
        StepText("Forward pass: logits and probabilities", _forward(walk), "logits = model(x)"),
        StepText(
            "Loss: cross-entropy",
            f"Minus the logarithm of the probability of the true class: −ln {_short(_chance(walk))} = "
            f"**{walk.loss:.3g} nats**. Computed in double precision, so that a loss near 0 is not rounded away.",
            "loss = F.cross_entropy(logits.double(), y)",
        ),
        StepText("Zero the gradients", _zeroed(walk), "model.zero_grad(); x.grad = None"),
        StepText("Backward pass: gradient of every pixel", _backward(walk), "loss.backward()"),
        StepText("Take the sign of the gradient", _signs(walk), "sign = x.grad.sign()"),
        StepText(
            "Step by ε and clip to [0, 1]",
            f"Every pixel changes by ε = {walk.epsilon:g} in the direction that raises the loss. {walk.cut} of 784 "
            "pixels would leave the range [0, 1] and are clipped.",
            "adversarial = (x + epsilon * sign).clamp(0, 1).detach()",
        ),
        StepText("Predict again", compared(walk), "prediction = model(adversarial).argmax(1)"),
    ]


def loading(trained: TrainedNetwork) -> str:
    """The line that loads this network, or a file of one's own where it came from elsewhere."""
    if trained.source == "shipped":
        return f'model = load_shipped("{trained.id}").model'
    return 'model = load_checkpoint(Path("my-network.safetensors")).model'


def code(steps: list[StepText], number: int, epsilon: float) -> str:
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
    """The predictions before and after, and whether the image is now misclassified."""
    before, after = _said(walk.probabilities, walk.read), _said(walk.probabilities_after, walk.read_after)
    rise = f"The loss went from {walk.loss:.3g} to {walk.loss_after:.3g} nats."
    if walk.read != walk.label:
        return f"The clean image is misclassified already: {before}; now {after}. {rise}"
    if walk.read_after != walk.label:
        return f"**Misclassified.** Before: {before}; after: {after}. {rise}"
    if walk.epsilon == 0:
        return f"ε is 0, so nothing changes: {after}."
    if walk.loss_after < walk.loss:
        return f"Correctly classified. Before: {before}; after: {after}. The step even lowered the loss: {rise}"
    return f"Correctly classified at this ε. Before: {before}; after: {after}. {rise}"


def _said(probabilities: object, digit: int) -> str:
    return f"{article(f'**{digit}**')}, confidence {probability(float(probabilities[digit]))}"  # type: ignore[index]


def _eval(mode: EvalMode) -> str:
    kinds = []
    if mode.dropouts:
        kinds.append(f"dropout ({len(mode.dropouts)}×, now off)")
    if mode.norms:
        kinds.append(f"batch norm ({len(mode.norms)}×, now with running statistics)")
    if kinds:
        switched = (
            f"Here it affects {' and '.join(kinds)}; the logits differ by up to {mode.moved:.2g} between the two modes."
        )
    else:
        switched = "This network has neither, so here it changes nothing."
    proof = (
        f"here ‖g‖₁ = {mode.l1:.3g}"
        if mode.l1 > 0
        else "here the gradient is 0 everywhere, but because of the network, not of the mode"
    )
    return (
        f"Dropout and batch norm behave as at test time. {switched} Evaluation mode does **not** turn gradients "
        f"off: {proof}. `torch.no_grad()` does."
    )


def _forward(walk: FgsmWalk) -> str:
    right = "correctly" if walk.read == walk.label else "incorrectly"
    return (
        f"Softmax turns the ten logits into probabilities. The network {right} predicts "
        f"{_said(walk.probabilities, walk.read)}."
    )


def _zeroed(walk: FgsmWalk) -> str:
    once = float(walk.gradient.abs().sum())
    sentence = (
        f"Running step 8 twice without this line gives ‖x.grad‖₁ = {walk.twice:.3g} instead of {once:.3g}."
        if once
        else ""
    )
    return f"`backward()` accumulates: it adds to the gradient already stored. {sentence}".strip()


def _backward(walk: FgsmWalk) -> str:
    gradient = walk.gradient
    if not bool(gradient.any()):
        return "The gradient is 0 at every pixel: to first order, no change of the image changes the loss."
    strongest = int(gradient.abs().argmax())
    value = float(gradient.flatten()[strongest])
    way = "brighter" if value > 0 else "darker"
    return (
        f"Orange: a brighter pixel raises the loss. Blue: a darker one does. The largest entry is at row "
        f"{strongest // 28}, column {strongest % 28}: {value:.3g} nats per unit of brightness, so {way} raises "
        "the loss most there."
    )


def _signs(walk: FgsmWalk) -> str:
    up, down = int((walk.sign > 0).sum()), int((walk.sign < 0).sum())
    none = 784 - up - down
    left = f", {none} do not change (gradient exactly 0)" if none else ""
    return f"The magnitude is dropped, only the direction stays: {up} pixels become brighter, {down} darker{left}."


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


# The tensor of each of FGSM's eleven steps, as an image or as numbers, with its shape and its range.


#: The steps that have an image of 28 × 28: what of the walk, what it is called, and how it is drawn.
PANELS: Final[dict[int, tuple[tuple[str, str, Kind], ...]]] = {
    3: (("image", "x", "ink"),),
    8: (("gradient", "g = x.grad", "signed"),),
    9: (("sign", "sign(g)", "signed"),),
    10: (("image", "x", "ink"), ("change", "perturbation", "signed"), ("attacked", "adversarial", "ink")),
}


def step_picture(
    number: int, trained: TrainedNetwork, walk: FgsmWalk, mode: EvalMode, key: str, *, small: bool = False
) -> None:
    """Draw step `number`, 1 … 11. small: for a card among others."""
    if number in PANELS:
        panels = PANELS[number][-1:] if small else PANELS[number]
        side = 155 if small or len(panels) > 1 else 300
        with st.container(horizontal=True, gap="small"):
            for place, (part, name, kind) in enumerate(panels):
                with st.container(width=side, gap=None):
                    picture_of(walk, part, name, kind, f"{key}_{place}", side)
    elif number == 1:
        _layers(trained, small)
    elif number == 2:
        _modes(mode, small)
    elif number == 4:
        _watched(walk, small)
    elif number in (5, 6):
        _outputs(walk, key, loss=number == 6, small=small)
    elif number == 7:
        _grads(walk, small)
    else:
        fig = before_after_figure(
            walk.probabilities.tolist(),
            walk.probabilities_after.tolist(),
            height=240 if small else 260,
            names=("x", "adversarial"),
        )
        chart(fig, f"{key}_bars", still=True, alt=compared(walk))


def whole_way(walk: FgsmWalk, key: str) -> None:
    """The four images that matter in a row, for steps that have none of their own."""
    parts: tuple[tuple[str, str, Kind], ...] = (
        ("image", "x", "ink"),
        ("gradient", "g", "signed"),
        ("sign", "sign(g)", "signed"),
        ("attacked", "adversarial", "ink"),
    )
    st.caption("From image to adversarial image. Hover over a pixel for its gradient, sign and values:")
    panels = [_panel(walk, part, name, kind) for part, name, kind in parts]
    chart(pixel_row_figure(panels, facts(walk)), key, still=True, alt="Image, gradient, its sign, adversarial image")


def picture_of(walk: FgsmWalk, part: str, name: str, kind: Kind, key: str, side: int) -> None:
    """One tensor of 28 × 28; hovering over a pixel tells g, its sign, and the pixel before and after."""
    panel = _panel(walk, part, name, kind)
    words = ranges(getattr(walk, part))
    chart(pixel_panel_figure(panel, facts(walk), height=side), key, still=True, alt=f"{name}: {words}")
    st.caption(f"`{name}` · {words}", text_alignment="center")


def _panel(walk: FgsmWalk, part: str, name: str, kind: Kind) -> Panel:
    tensor: Tensor = getattr(walk, part)
    return Panel(name, tensor.numpy(), kind, {"sign": 1.0, "change": walk.epsilon or None}.get(part))


def facts(walk: FgsmWalk) -> Mapping[str, ArrayLike]:
    """What pointing at a pixel tells, in every panel the same."""
    return {
        "gradient g": walk.gradient.numpy(),
        "sign(g)": walk.sign.numpy(),
        "pixel before": walk.image.numpy(),
        "pixel after": walk.attacked.numpy(),
    }


def ranges(tensor: Tensor) -> str:
    """Shape and range."""
    sizes = (1, 1, *tensor.shape) if tensor.dim() == 2 else (1, len(tensor))
    return f"{shape(sizes)}, from {_number(float(tensor.min()))} to {_number(float(tensor.max()))}"


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}".replace("-", "−")


def _layers(trained: TrainedNetwork, small: bool) -> None:
    named = {name: tensor.detach() for name, tensor in trained.model.named_parameters()}
    if small:
        total = sum(tensor.numel() for tensor in named.values())
        _table({"parameter tensors": str(len(named)), "parameters": f"{total:,}"}, small)
        return
    st.dataframe(
        [
            {
                "parameter": name,
                "shape": shape(tensor.shape),
                "min": _number(float(tensor.min())),
                "max": _number(float(tensor.max())),
            }
            for name, tensor in named.items()
        ],
        hide_index=True,
        height=min(250, 38 + 35 * len(named)),
    )


def _modes(mode: EvalMode, small: bool) -> None:
    _table(
        {
            "Layers that evaluation mode affects": str(len(mode.norms) + len(mode.dropouts)),
            "Largest difference of the logits between the modes": _number(mode.moved),
            "‖gradient‖₁ in evaluation mode (nats per unit of brightness)": _number(mode.l1),
            "Gradient under torch.no_grad()?": "yes" if mode.under_no_grad else "no",
        },
        small,
    )


def _outputs(walk: FgsmWalk, key: str, *, loss: bool, small: bool) -> None:
    names = [str(digit) for digit in range(10)]
    if loss:
        with st.container(horizontal=True, gap="medium"):
            chance = float(walk.probabilities[walk.label])
            st.metric(f"Probability of {walk.label}", f"{chance:.3g}", width=150, help="By softmax.")
            st.metric("Loss (nats)", f"{walk.loss:.3g}", width=150, help="−ln of that probability.")
        st.caption(f"`loss` · a scalar · chance level: ln 10 = {_number(math.log(10))} nats")
        return
    fig = bars(walk.probabilities.numpy(), names, palette.DIGITS, height=190 if small else 320)
    words = f"Probabilities of the ten classes; predicted {walk.read}"
    if small:
        chart(fig, f"{key}_bars", still=True, alt=words)
    else:
        left, right = st.columns([1, 1.2])
        with left:
            rows = zip(names, walk.logits.tolist(), walk.probabilities.tolist(), strict=True)
            st.dataframe(
                [
                    {"digit": digit, "logit": _number(logit), "probability": f"{chance:.3g}"}
                    for digit, logit, chance in rows
                ],
                hide_index=True,
            )
        with right:
            chart(fig, f"{key}_bars", still=True, alt=words)
    st.caption(f"`logits` · {ranges(walk.logits)}")


def _grads(walk: FgsmWalk, small: bool) -> None:
    _table(
        {
            "x.grad after this line": "None",
            "‖x.grad‖₁ after one backward pass": _number(float(walk.gradient.abs().sum())),
            "‖x.grad‖₁ after two without zeroing": _number(walk.twice),
        },
        small,
    )


def _watched(walk: FgsmWalk, small: bool) -> None:
    x = walk.image[None, None].clone().requires_grad_()
    _table(
        {
            "x.requires_grad": str(x.requires_grad),
            "x.is_leaf (its gradient is stored)": str(x.is_leaf),
            "x.grad, before the backward pass": str(x.grad),
            "x.shape": shape(x.shape),
        },
        small,
    )


def _table(rows: Mapping[str, str], small: bool) -> None:
    if small:
        st.markdown("  \n".join(f"{name}: **{value}**" for name, value in rows.items()))
        return
    st.dataframe([{"what": name, "value": value} for name, value in rows.items()], hide_index=True)
