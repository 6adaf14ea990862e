"""One gradient step: a single weight before it, its gradient, the weight after it, and the loss of the same batch."""

import streamlit as st
from torch import nn

from core.config.optimizers import OPTIMIZERS
from core.config.run import REDUCTIONS, OptimizerConfig, Reduction
from core.data.digits import Digits, Mnist
from core.formatting import number
from core.lessons.mlp.charts import loss_along_figure
from core.lessons.mlp.one_gradient_step import Place, Step, curve, steepest, take_step
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import names
from pages.ui.mlp.pick_weight import pick_weight

FIRST, NOW = "initial", "trained"
WIDE, CLOSE = "wide", "close-up"
renamed("mlp_lens_when", {"before training": FIRST, "as it is now": NOW})
renamed("mlp_lens_window", {"the whole valley": WIDE, "the step itself": CLOSE})
RATES = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

CODE = """\
loss = cross_entropy(model(x), y)           # of the batch, before the step
loss.backward()                             # ∂L/∂W of every parameter W
with torch.no_grad():
    for W in model.parameters():
        W -= lr * W.grad                    # one gradient step
cross_entropy(model(x), y)                  # of the same batch, after the step
"""


@panel
def one_gradient_step(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose a learning rate and a weight; see the loss as the weight moves, and the step with its numbers."""
    train = trained.config.train
    default = train.optimizer["lr"]
    batches = max(1, len(mnist.train) // train.batch_size)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        lr = float(
            st.select_slider(
                "Learning rate η",
                sorted({*RATES, default}),
                value=default,
                key=f"mlp_lens_lr_{default:g}",
                format_func=lambda rate: f"{rate:g}",
                help=f"The factor of the gradient in a step. This network was trained with {default:g}.",
            )
        )
        at_start = (
            st.segmented_control(
                "Weights",
                [FIRST, NOW],
                default=FIRST,
                required=True,
                key="mlp_lens_when",
                bind="query-params",
                help="Before training gradients are large; in a trained network they are small.",
            )
            == FIRST
        )
        model = trained.initial if at_start else trained.model
        window = st.segmented_control(
            "Range of the weight",
            [WIDE, CLOSE],
            default=WIDE,
            required=True,
            key="mlp_lens_window",
            bind="query-params",
            help="The weight's whole range, or only the step.",
        )
        with st.expander("Advanced: weight, batch, reduction", icon=":material/tune:"):
            batch_number = int(
                st.number_input(
                    f"Batch of {train.batch_size:,} images",
                    1,
                    batches,
                    1,
                    key=f"mlp_lens_batch_{batches}",
                    help=f"One of the {batches:,} batches of training images, in the order of the file.",
                )
            )
            how: Reduction = st.segmented_control(
                "Reduction",
                list(REDUCTIONS),
                default=train.reduction,
                required=True,
                key=f"mlp_lens_loss_{train.reduction}",
                help="Mean or sum of the loss over the batch. The sum's gradient is batch size times as large.",
            )
            batch = computed.training_batch(mnist, train.batch_size, batch_number - 1)
            name = f"{common.data_key(mnist)}/{train.batch_size}/{batch_number - 1}"
            found = computed.batch_gradients(trained, batch, name, at_start, how)
            place = pick_weight(model, f"mlp_lens_{at_start:d}_{batch_number - 1}", steepest(found, 0))
        step = take_step(model, batch, found, place, lr, how)
        _formula(trained, place, step, lr)
    with right:
        _losses(step, how, len(batch))
        _curve(model, batch, place, step, how, window)
        st.caption(_describe(place, step, train.optimizer))
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _curve(model: nn.Module, batch: Digits, place: Place, step: Step, how: Reduction, window: str) -> None:
    weights, losses = curve(model, batch, place, step, how, close=window == CLOSE)
    fig = loss_along_figure(
        weights, losses, before=(step.before, step.loss), after=(step.after, step.alone), slope=step.gradient
    )
    chart(
        fig,
        "mlp_lens_curve",
        alt=f"The loss of the batch as this weight moves: {step.loss:.6g} before the step, {step.alone:.6g} after it.",
    )
    st.caption(
        "The loss of this batch as a function of this one weight, all others fixed. The slope of the dotted tangent is "
        "the gradient."
    )


def _formula(trained: TrainedNetwork, place: Place, step: Step, lr: float) -> None:
    """The weight, the rule, and the rule with its numbers."""
    symbol = names(trained.config.mlp)[place.layer][0]
    sign = "-" if step.gradient >= 0 else "+"
    st.latex(
        rf"\begin{{aligned}} w &= {symbol}[{place.source},\,{place.to}] \\ "
        r"w &\leftarrow w - \eta\, \tfrac{\partial L}{\partial w} \\ "
        rf"&= {step.before:.6f} {sign} {lr:g} \cdot {abs(step.gradient):.6g} \\ "
        rf"&= \mathbf{{{step.after:.6f}}} \end{{aligned}}"
    )


def _losses(step: Step, how: Reduction, count: int) -> None:
    """The loss before the step and after it, once if only the weight takes it and once if all parameters do."""
    unit = "nats" if how == "mean" else f"nats, sum over {count:,}"
    digits = next((d for d in range(6, 10) if f"{step.loss:.{d}g}" != f"{step.alone:.{d}g}"), 6)
    with st.container(horizontal=True, gap="small"):
        st.metric("Loss before", f"{step.loss:.{digits}g}", width=150, help=f"Of this batch ({unit}).")
        st.metric(
            "After: this weight",
            f"{step.alone:.{digits}g}",
            number(step.alone - step.loss, signed=True),
            delta_color="inverse",
            width=150,
            help="The loss of the same batch if only this weight takes the step.",
        )
        st.metric(
            "After: all weights",
            f"{step.together:.{digits}g}",
            number(step.together - step.loss, signed=True),
            delta_color="inverse",
            width=150,
            help="The loss of the same batch after every weight and bias has taken its step.",
        )


def _describe(place: Place, step: Step, optimizer: OptimizerConfig) -> str:
    if place.layer == 0 and step.gradient == 0:
        return "This pixel is black in every image of the batch, so the gradient of its weight is 0."
    if step.gradient == 0:
        return "The gradient of this weight is 0: for this batch, a small change of it does not change the loss."
    sign, effect = ("negative", "increases") if step.gradient < 0 else ("positive", "decreases")
    estimate = -abs(step.gradient * (step.after - step.before))
    sentence = (
        f"The gradient is {sign}, so the step {effect} the weight. "
        f"First-order estimate of the change in loss: −η · gradient² = {number(estimate)}; actual change: "
        f"{number(step.alone - step.loss)}. "
    )
    sentence += (
        "A step of all parameters lowers the loss much more."
        if step.together < step.alone
        else "A step of all parameters overshoots: the loss goes up. This learning rate is too high."
        if step.together > step.loss
        else ""
    )
    entry = OPTIMIZERS[optimizer.name]
    kind = entry.rule.kind(optimizer.settings)
    if kind == "adaptive":
        sentence += f" (This network was trained with {entry.title}, which rescales each step; this step is plain SGD.)"
    elif kind == "velocity":
        first = "" if optimizer.settings.get("nesterov") else "; its first step is this one"
        sentence += f" (This network was trained with momentum, which adds part of the previous steps{first}.)"
    return sentence
