"""One step under the lens: a single weight before, its gradient, after, and the loss on the same batch."""

import streamlit as st

from core.config import REDUCTIONS, OptimizerConfig, Reduction
from core.data.digits import Mnist
from core.figures.loss_along import loss_along_figure
from core.probes.lens import Place, Step, curve, steepest, take_step
from pages.ui.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import names
from pages.ui.mlp.pick_weight import pick_weight
from pages.ui.page import error_boundary
from pages.ui.trained import Trained

FIRST, NOW = "before training", "as it is now"
RATES = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)

CODE = """\
loss = cross_entropy(model(x), y)           # the batch, before
loss.backward()                             # ∂loss/∂W for every weight W
with torch.no_grad():
    for W in model.parameters():
        W -= lr * W.grad                    # downhill, a little
cross_entropy(model(x), y)                  # the same batch, after
"""


@st.fragment
def lens(trained: Trained, mnist: Mnist) -> None:
    """Choose a weight and a batch; see the formula with its numbers, and the loss around the weight."""
    with error_boundary():
        st.markdown("What does one step of training do to one weight, and what does that do to the loss?")
        left, right = st.columns([1, 1.6], gap="large")
        with left:
            at_start, number, lr, how = _batch_controls(trained, mnist)
            batch = computed.training_batch(mnist, trained.config.train.batch_size, number)
            name = f"{computed.data_key(mnist)}/{trained.config.train.batch_size}/{number}"
            found = computed.batch_gradients(trained, batch, name, at_start, how)
            model = trained.start if at_start else trained.model
            with st.container(border=True):
                st.markdown("**Which weight**")
                place = pick_weight(model, f"mlp_lens_{at_start:d}_{number}", steepest(found, 0))
                st.caption("Starts at the weight of the first layer with the largest gradient.")
        step = take_step(model, batch, found, place, lr, how)
        with right:
            _numbers(trained, place, step, lr, how, len(batch))
            weights, losses = curve(model, batch, place, step, how)
            fig = loss_along_figure(
                weights,
                losses,
                before=(step.before, step.loss),
                after=(step.after, step.alone),
                slope=step.gradient,
            )
            chart(fig, "mlp_lens_curve")
            st.caption(
                "The loss on this batch as this one weight moves and all others stay. The dotted tangent's "
                "slope is the gradient; the step goes downhill along it."
            )
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


def _batch_controls(trained: Trained, mnist: Mnist) -> tuple[bool, int, float, Reduction]:
    train = trained.config.train
    moment = st.segmented_control(
        "The network",
        [FIRST, NOW],
        default=FIRST,
        required=True,
        key="mlp_lens_when",
        bind="query-params",
        help="At the start gradients are large; a trained network has little left to descend.",
    )
    batches = max(1, len(mnist.train) // train.batch_size)
    number = int(
        st.number_input(
            f"Batch of {train.batch_size:,} training images",
            1,
            batches,
            1,
            key=f"mlp_lens_batch_{batches}",
            help=f"Which of the {batches:,} batches, in the order of the file.",
        )
    )
    usual = train.optimizer["lr"]
    rates = sorted({*RATES, usual})
    lr = st.select_slider(
        "Learning rate η",
        rates,
        value=usual,
        format_func=lambda rate: f"{rate:g}",
        key=f"mlp_lens_lr_{usual:g}",
        help=f"How far the step goes; {usual:g} in this network's settings. Try to overshoot.",
    )
    how = st.segmented_control(
        "Loss",
        list(REDUCTIONS),
        default=train.reduction,
        required=True,
        key=f"mlp_lens_loss_{train.reduction}",
        help="Mean or sum over the images of the batch; the sum's gradient is batch size times larger.",
    )
    return moment == FIRST, number - 1, float(lr), how


def _numbers(trained: Trained, place: Place, step: Step, lr: float, how: Reduction, count: int) -> None:
    symbol = names(trained.config.model)[place.layer][0]
    w = rf"{symbol}[{place.source},\,{place.to}]"
    unit = "nats" if how == "mean" else f"nats, sum of {count:,}"
    st.latex(rf"{w} \;\leftarrow\; {w} - \eta\, \frac{{\partial L}}{{\partial {w}}}")
    sign = "-" if step.gradient >= 0 else "+"
    st.latex(rf"{step.before:.6f} {sign} {lr:g} \cdot {abs(step.gradient):.6g} = \mathbf{{{step.after:.6f}}}")
    with st.container(horizontal=True, gap="medium"):
        st.metric("Loss before", f"{step.loss:.5g}", width=130, help=f"On this batch ({unit}).")
        st.metric(
            "This weight moved",
            f"{step.alone:.5g}",
            f"{step.alone - step.loss:+.2e}",
            delta_color="inverse",
            width=150,
            help="The loss on the same batch after the step, if only this weight took it.",
        )
        st.metric(
            "All weights moved",
            f"{step.together:.5g}",
            f"{step.together - step.loss:+.2e}",
            delta_color="inverse",
            width=150,
            help="The loss on the same batch after every weight and bias took its step.",
        )
    st.caption(_told(place, step, trained.config.train.optimizer))


def _told(place: Place, step: Step, optimizer: OptimizerConfig) -> str:
    if place.layer == 0 and step.gradient == 0:
        return "This pixel is black in every image of the batch, so its weight gets no gradient at all."
    if step.gradient == 0:
        return "No gradient reaches this weight: for this batch, moving it changes nothing."
    way = "up" if step.gradient < 0 else "down"
    told = f"The gradient is {'negative' if step.gradient < 0 else 'positive'}, so the weight goes {way}. "
    told += (
        "All weights together lower the loss far more than one."
        if step.together < step.alone
        else "All weights together overshoot: the loss went up. The rate is too high here."
        if step.together > step.loss
        else ""
    )
    if optimizer.name in ("rmsprop", "adam"):
        told += (
            f" (This network was trained with {optimizer.name}, which rescales each step; this is plain SGD.)"
        )
    elif optimizer.settings.get("momentum"):
        told += " (Momentum adds part of the steps before; the very first step is this one.)"
    return told
