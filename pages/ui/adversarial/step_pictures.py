"""The tensor of each of FGSM's eleven steps, as an image or as numbers, with its shape and its range."""

import math
from collections.abc import Mapping
from typing import Final

import streamlit as st
from numpy.typing import ArrayLike
from torch import Tensor

from core.charts import palette
from core.charts.intervals import bars, before_after_figure
from core.formatting import shape
from core.lessons.adversarial.charts.one_image import Kind, Panel, pixel_panel_figure, pixel_row_figure
from core.lessons.adversarial.fgsm_walk import EvalMode, FgsmWalk
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.chart import chart

#: The steps that have an image of 28 × 28: what of the walk, what it is called, and how it is drawn.
PANELS: Final[dict[int, tuple[tuple[str, str, Kind], ...]]] = {
    3: (("image", "x", "ink"),),
    8: (("gradient", "g = x.grad", "signed"),),
    9: (("sign", "sign(g)", "signed"),),
    10: (("image", "x", "ink"), ("change", "what changed", "signed"), ("attacked", "adversarial", "ink")),
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
        chart(fig, f"{key}_bars", still=True)


def whole_way(walk: FgsmWalk, key: str) -> None:
    """The four images that matter in a row, for steps that have none of their own."""
    parts: tuple[tuple[str, str, Kind], ...] = (
        ("image", "x", "ink"),
        ("gradient", "g", "signed"),
        ("sign", "sign(g)", "signed"),
        ("attacked", "adversarial", "ink"),
    )
    st.caption("The whole way; point at a pixel:")
    panels = [_panel(walk, part, name, kind) for part, name, kind in parts]
    chart(pixel_row_figure(panels, facts(walk)), key, still=True)


def picture_of(walk: FgsmWalk, part: str, name: str, kind: Kind, key: str, side: int) -> None:
    """One tensor of 28 × 28; pointing at a pixel tells g, its sign, and the pixel before and after."""
    panel = _panel(walk, part, name, kind)
    chart(pixel_panel_figure(panel, facts(walk), height=side), key, still=True)
    st.caption(f"`{name}` · {ranges(getattr(walk, part))}", text_alignment="center")


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
        _table({"tensors of weights and biases": str(len(named)), "numbers in them": f"{total:,}"}, small)
        return
    st.dataframe(
        [
            {
                "parameter": name,
                "shape": shape(tensor.shape),
                "from": _number(float(tensor.min())),
                "to": _number(float(tensor.max())),
            }
            for name, tensor in named.items()
        ],
        hide_index=True,
        height=min(320, 38 + 35 * len(named)),
    )


def _modes(mode: EvalMode, small: bool) -> None:
    _table(
        {
            "Layers that eval mode switches": str(len(mode.norms) + len(mode.dropouts)),
            "Logits differ between the modes by up to": _number(mode.moved),
            "‖gradient‖₁ in eval mode (nats per unit of ink)": _number(mode.l1),
            "Is there a gradient under torch.no_grad()?": "yes" if mode.under_no_grad else "no",
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
        st.caption(f"`loss` · one number · chance level costs ln 10 = {_number(math.log(10))} nats")
        return
    fig = bars(walk.probabilities.numpy(), names, palette.DIGITS, height=190 if small else 320)
    if small:
        chart(fig, f"{key}_bars", still=True)
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
            chart(fig, f"{key}_bars", still=True)
    st.caption(f"`logits` · {ranges(walk.logits)}")


def _grads(walk: FgsmWalk, small: bool) -> None:
    _table(
        {
            "x.grad after this line": "None",
            "‖x.grad‖₁ after one backward": _number(float(walk.gradient.abs().sum())),
            "‖x.grad‖₁ after two, not zeroed": _number(walk.twice),
        },
        small,
    )


def _watched(walk: FgsmWalk, small: bool) -> None:
    x = walk.image[None, None].clone().requires_grad_()
    _table(
        {
            "x.requires_grad": str(x.requires_grad),
            "x.is_leaf (its gradient will be kept)": str(x.is_leaf),
            "x.grad, before any backward": str(x.grad),
            "x.shape": shape(x.shape),
        },
        small,
    )


def _table(rows: Mapping[str, str], small: bool) -> None:
    if small:
        st.markdown("  \n".join(f"{name}: **{value}**" for name, value in rows.items()))
        return
    st.dataframe([{"what": name, "value": value} for name, value in rows.items()], hide_index=True)
