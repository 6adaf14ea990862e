"""One step under the lens: a single weight before, its gradient, after, and the loss on the same batch."""

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
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import names
from pages.ui.mlp.pick_weight import pick_weight

FIRST, NOW = "before training", "as it is now"
WIDE, CLOSE = "the whole valley", "the step itself"
RATES = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

CODE = """\
loss = cross_entropy(model(x), y)           # the batch, before
loss.backward()                             # ∂loss/∂W for every weight W
with torch.no_grad():
    for W in model.parameters():
        W -= lr * W.grad                    # downhill, a little
cross_entropy(model(x), y)                  # the same batch, after
"""


@panel
def lens(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose a weight and a batch; see the formula with its numbers, and the loss around the weight."""
    at_start, number, lr, how = _batch_controls(trained, mnist)
    batch = computed.training_batch(mnist, trained.config.train.batch_size, number)
    name = f"{common.data_key(mnist)}/{trained.config.train.batch_size}/{number}"
    found = computed.batch_gradients(trained, batch, name, at_start, how)
    model = trained.initial if at_start else trained.model
    with st.container(border=True):
        place = pick_weight(model, f"mlp_lens_{at_start:d}_{number}", steepest(found, 0))
    step = take_step(model, batch, found, place, lr, how)
    _numbers(trained, place, step, lr, how, len(batch))
    _curve(model, batch, place, step, how)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _curve(model: nn.Module, batch: Digits, place: Place, step: Step, how: Reduction) -> None:
    window = st.segmented_control(
        "Window",
        [WIDE, CLOSE],
        default=WIDE,
        required=True,
        key="mlp_lens_window",
        bind="query-params",
        label_visibility="collapsed",
        help="The weight's whole range, or as far as the step goes.",
    )
    weights, losses = curve(model, batch, place, step, how, close=window == CLOSE)
    fig = loss_along_figure(
        weights, losses, before=(step.before, step.loss), after=(step.after, step.alone), slope=step.gradient
    )
    chart(fig, "mlp_lens_curve")
    st.caption(
        "The loss on this batch as this one weight moves and all others stay. The dotted tangent has the "
        "gradient as its slope; the step goes downhill along it."
    )


def _batch_controls(trained: TrainedNetwork, mnist: Mnist) -> tuple[bool, int, float, Reduction]:
    train = trained.config.train
    with st.container(horizontal=True, gap="large"):
        moment = st.segmented_control(
            "The network",
            [FIRST, NOW],
            default=FIRST,
            required=True,
            key="mlp_lens_when",
            bind="query-params",
            help="At the start gradients are large; a trained network has little left to descend.",
        )
        how = st.segmented_control(
            "Loss over the batch",
            list(REDUCTIONS),
            default=train.reduction,
            required=True,
            key=f"mlp_lens_loss_{train.reduction}",
            help="Mean or sum over the images; the sum's gradient is batch size times larger.",
        )
    left, right = st.columns([1, 1.4])
    batches = max(1, len(mnist.train) // train.batch_size)
    with left:
        number = st.number_input(
            f"Batch of {train.batch_size:,} images",
            1,
            batches,
            1,
            key=f"mlp_lens_batch_{batches}",
            help=f"Which of the {batches:,} batches of training images, in the order of the file.",
        )
    usual = train.optimizer["lr"]
    with right:
        lr = st.select_slider(
            "Learning rate η",
            sorted({*RATES, usual}),
            value=usual,
            key=f"mlp_lens_lr_{usual:g}",
            format_func=lambda rate: f"{rate:g}",
            help=f"How far the step goes; {usual:g} in this network's settings. Try to overshoot.",
        )
    return moment == FIRST, int(number) - 1, float(lr), how


def _numbers(trained: TrainedNetwork, place: Place, step: Step, lr: float, how: Reduction, count: int) -> None:
    symbol = names(trained.config.mlp)[place.layer][0]
    w = rf"{symbol}[{place.source},\,{place.to}]"
    unit = "nats" if how == "mean" else f"nats, sum of {count:,}"
    st.latex(rf"{w} \;\leftarrow\; {w} - \eta\, \frac{{\partial L}}{{\partial {w}}}")
    sign = "-" if step.gradient >= 0 else "+"
    st.latex(rf"{step.before:.6f} {sign} {lr:g} \cdot {abs(step.gradient):.6g} = \mathbf{{{step.after:.6f}}}")
    digits = next((d for d in range(6, 10) if f"{step.loss:.{d}g}" != f"{step.alone:.{d}g}"), 6)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Loss before", f"{step.loss:.{digits}g}", width=150, help=f"On this batch ({unit}).")
        st.metric(
            "This weight moved",
            f"{step.alone:.{digits}g}",
            number(step.alone - step.loss, signed=True),
            delta_color="inverse",
            width=170,
            help="The loss on the same batch after the step, if only this weight took it.",
        )
        st.metric(
            "All weights moved",
            f"{step.together:.{digits}g}",
            number(step.together - step.loss, signed=True),
            delta_color="inverse",
            width=170,
            help="The loss on the same batch after every weight and bias took its step.",
        )
    st.caption(_describe(place, step, trained.config.train.optimizer))


def _describe(place: Place, step: Step, optimizer: OptimizerConfig) -> str:
    if place.layer == 0 and step.gradient == 0:
        return "This pixel is black in every image of the batch, so its weight gets no gradient at all."
    if step.gradient == 0:
        return "No gradient reaches this weight: for this batch, moving it changes nothing."
    way = "up" if step.gradient < 0 else "down"
    promised = -abs(step.gradient * (step.after - step.before))
    sentence = (
        f"The gradient is {'negative' if step.gradient < 0 else 'positive'}, so the weight goes {way}. The "
        f"tangent promises a change of −η · gradient² = {promised:.3g}; "
        f"moving this weight alone gave {step.alone - step.loss:.3g}. "
    )
    sentence += (
        "All weights together lower the loss far more than one."
        if step.together < step.alone
        else "All weights together overshoot: the loss went up. The rate is too high here."
        if step.together > step.loss
        else ""
    )
    entry = OPTIMIZERS[optimizer.name]
    kind = entry.rule.kind(optimizer.settings)
    if kind == "adaptive":
        sentence += f" (This network was trained with {entry.title}, which rescales each step; this is plain SGD.)"
    elif kind == "velocity":
        first = "" if optimizer.settings.get("nesterov") else "; the very first step is this one"
        sentence += f" (This network was trained with momentum, which adds part of the steps before{first}.)"
    return sentence
