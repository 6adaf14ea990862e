"""Inside the network: its first-layer weights, the distributions of its numbers, and its initialization."""

import math

import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from core.config.run import Activation
from core.data.digits import Mnist
from core.formatting import percent, ratio
from core.lessons.mlp.charts import derivative_figure, relative_gradients_figure, trained_and_initial_figure
from core.lessons.mlp.saturation import SATURATED, InitialState, Spread, histograms, spread
from core.models import linear_layers
from core.models.inspect.layer_signals import activation_function, derivative
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.gallery import weight_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.parts import pick_part
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import SYMBOL

WEIGHTS, SPREADS, START = "First-layer weights", "Histograms", "Initialization"
renamed("mlp_inside", {"The start": START})

CODE = """\
weights = model.layers[0].weight             # (units, 784), one row per unit
images = weights.reshape(-1, 28, 28)         # the template of each unit

z = x @ weights.T + model.layers[0].bias     # pre-activations
z.std()                                      # their standard deviation
a = torch.sigmoid(z)
(a * (1 - a)).mean()                         # the mean derivative of the sigmoid
(z.abs() > 4).float().mean()                 # the share of saturated activations
"""


@panel
def inside(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Three views of one network, each beside its own initialization."""
    view = pick_part(
        "mlp_inside",
        {WEIGHTS: (), SPREADS: (), START: ()},
        help="Weights as images, distributions as histograms, or why the initialization matters so much.",
    )
    if view == WEIGHTS:
        weights(trained)
    elif view == SPREADS:
        spreads(trained, mnist)
    else:
        begin(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


# The templates of the first layer: each unit's 784 weights as an image.


NOW, WEIGHTS_THEN, CHANGE = "trained", "initial", "difference"
BY_NUMBER, BY_SIZE, BY_CHANGE = "unit number", "norm of the weights", "change in training"
renamed("mlp_weights_what", {"now": NOW, "at the start": WEIGHTS_THEN, "what training added": CHANGE})
renamed("mlp_weights_order", {"size of its weights": BY_SIZE, "how much it changed": BY_CHANGE})


def weights(trained: TrainedNetwork) -> None:
    """Templates of the units chosen, in the order chosen."""
    now, start = linear_layers(trained.model)[0][1], linear_layers(trained.initial)[0][1]
    linear = len(now) == 10 and not trained.config.mlp.hidden
    what, order, count = _controls(len(now), linear)
    sizes = {BY_SIZE: now.norm(dim=1), BY_CHANGE: (now - start).norm(dim=1)}
    rows = sizes[order].argsort(descending=True, stable=True)[:count] if order in sizes else slice(0, count)
    shown: Tensor = {NOW: now, WEIGHTS_THEN: start, CHANGE: now - start}[what]
    numbers = [int(i) for i in rows] if isinstance(rows, Tensor) else list(range(min(count, len(now))))
    label = "digit" if linear else "unit"
    weight_gallery(shown[numbers].reshape(-1, 28, 28).numpy(), [f"{label} {n}" for n in numbers])
    moved = float((now - start).norm() / start.norm().clamp_min(1e-12))
    st.caption(
        f"Orange: positive weights, where ink raises the {label}'s pre-activation. Blue: negative weights, where ink "
        f"lowers it. Training changed this layer by {percent(moved, 0)} of its initial norm."
        + (" The random initialization hides what was learned: choose *difference*." if moved < 0.2 else "")
    )


def _controls(units: int, linear: bool) -> tuple[str, str, int]:
    what = st.segmented_control(
        "Weights",
        [NOW, WEIGHTS_THEN, CHANGE],
        default=NOW,
        required=True,
        key="mlp_weights_what",
        bind="query-params",
        help="The difference shows what was learned, without the random initialization.",
    )
    if linear:
        return what, BY_NUMBER, units
    left, right = st.columns([1.2, 1])
    with left:
        order = st.selectbox(
            "Sorted by",
            [BY_SIZE, BY_CHANGE, BY_NUMBER],
            key="mlp_weights_order",
            bind="query-params",
            help="Largest first. The norm is the length of the unit's weight vector.",
        )
    if units <= 12:
        return what, order, units
    with right:
        count = st.slider(
            "Units shown",
            12,
            min(units, 96),
            min(units, 36),
            12 if units >= 96 else 1,
            key=f"mlp_weights_count_{units}",
            help=f"How many of the {units:,} units to show.",
        )
    return what, order, count


# Every layer's numbers as histograms: trained beside initial.


HISTOGRAM_WEIGHTS, BEFORE, AFTER, GRADIENTS = "weights", "pre-activations", "activations", "gradients"
KINDS = {
    HISTOGRAM_WEIGHTS: "All weights of each layer.",
    BEFORE: "Pre-activations z = x W + b on {n:,} test images.",
    AFTER: "Activations of each hidden layer on {n:,} test images.",
    GRADIENTS: "∂L/∂W of each weight for the first batch of training images.",
}


def spreads(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose a quantity; one chart per layer, with a sentence made from the numbers."""
    kinds = [kind for kind in KINDS if kind != AFTER or trained.config.mlp.hidden]
    kind = st.segmented_control(
        "Quantity",
        kinds,
        default=HISTOGRAM_WEIGHTS,
        required=True,
        key=f"mlp_spread_{len(kinds)}",
        help="Each before and after training, in the same bins.",
    )
    st.caption(KINDS[kind].format(n=min(computed.sample_size(trained), len(mnist.test))))
    now, start = _numbers(trained, mnist, kind, False), _numbers(trained, mnist, kind, True)
    names = computed.layer_names(trained.model)
    columns = st.columns(2, gap="medium") if len(now) > 1 else [st.container()]
    for index, (new, old) in enumerate(zip(now, start, strict=True)):
        with columns[index % len(columns)]:
            pair = histograms(_without_zeros(new, kind), _without_zeros(old, kind))
            st.markdown(f"**{names[index].capitalize()}**")
            fig = trained_and_initial_figure(pair.edges, pair.trained, pair.initial, x_title=kind.removesuffix("s"))
            said = _describe(trained, kind, index, new, old)
            chart(fig, f"mlp_spread_{kind}_{index}", still=True, alt=said)
            st.caption(said)


def _numbers(trained: TrainedNetwork, mnist: Mnist, kind: str, at_start: bool) -> list[Tensor]:
    model = trained.initial if at_start else trained.model
    if kind == HISTOGRAM_WEIGHTS:
        return [weight for _, weight, _ in linear_layers(model)]
    if kind == GRADIENTS:
        size = trained.config.train.batch_size
        batch = computed.training_batch(mnist, size, 0)
        name = f"{common.data_key(mnist)}/{size}/0"
        how = trained.config.train.reduction
        return computed.batch_gradients(trained, batch, name, at_start, how).weights
    flow = computed.sample_signals(trained, mnist, at_start)
    return flow.before if kind == BEFORE else flow.after


def _without_zeros(values: Tensor, kind: str) -> Tensor:
    """Without exact zeros where they would dwarf the rest: inactive ReLUs, weights of black pixels."""
    rest = values[values != 0]
    return rest if kind in (AFTER, GRADIENTS) and len(rest) else values


def _zeros(now: Tensor, start: Tensor) -> str:
    shares = [float((values == 0).float().mean()) for values in (now, start)]
    if max(shares) < 0.005:
        return ""
    return f" Not in the chart: exact zeros, {percent(shares[0], 0)} (initially {percent(shares[1], 0)})."


def _describe(trained: TrainedNetwork, kind: str, index: int, now: Tensor, start: Tensor) -> str:
    """What the chart shows, in numbers."""
    sizes = f"Standard deviation {float(now.std()):.3g} (initially {float(start.std()):.3g})."
    name = trained.config.mlp.activation
    hidden = index < len(trained.config.mlp.hidden)
    if kind == GRADIENTS:
        return sizes + _zeros(now, start)
    if kind not in (BEFORE, AFTER) or not hidden:
        return sizes
    if kind == BEFORE and name in SATURATED:
        flat = [float((values.abs() > SATURATED[name]).float().mean()) for values in (now, start)]
        return f"{sizes} Saturated (|z| > {SATURATED[name]:g}): {percent(flat[0])} (initially {percent(flat[1])})."
    if kind == AFTER:
        sizes += _zeros(now, start)
    if name in ("relu", "leaky-relu", "gelu"):
        dead = [float((values <= 0).all(dim=0).float().mean()) for values in (now, start)]
        return sizes + f" Dead units: {percent(dead[0], 0)} (initially {percent(dead[1], 0)})."
    return sizes


# Why the initialization matters: the spread of the first hidden layer's pre-activations, and what gradient remains.


NAMES = {"pytorch": "PyTorch", "normal": "normal", "xavier": "Xavier", "he": "He"}


def begin(trained: TrainedNetwork, mnist: Mnist) -> None:
    """This network's first hidden layer before and after training, then the same network initialized otherwise."""
    config = trained.config.mlp
    if not config.hidden:
        st.info(
            "This network has no hidden layer, so nothing can saturate. Choose a network with hidden units.",
            icon=":material/info:",
        )
        return
    flows = [computed.sample_signals(trained, mnist, at_start) for at_start in (True, False)]
    activation = activation_function(trained.model)
    start, now = (spread(flow.before[0], activation, config.activation) for flow in flows)
    symbol = SYMBOL[config.activation]
    left, right = st.columns([1, 2], gap="large")
    with left:
        _metrics(start, now, config.activation)
    with right:
        chart(
            derivative_figure(
                flows[0].before[0].flatten()[:: max(1, flows[0].before[0].numel() // 50_000)].numpy(),
                lambda at: derivative(activation, torch.from_numpy(at)).numpy(),
                name=f"derivative of {config.activation}",
            ),
            "mlp_begin_slope",
            still=True,
            alt=f"Initial pre-activations have standard deviation {start.std:.2f}; the mean derivative of "
            f"{config.activation} there is {start.derivative:.3f}.",
        )
        st.caption(
            f"The chain rule multiplies a gradient by ${symbol}'(z)$, the line. Gray: pre-activations z of the first "
            "hidden layer before training. Where the line is near 0, the weights below hardly learn."
        )
    _others(trained, mnist)
    with st.expander("Details: where the standard deviation comes from"):
        _why(trained, flows[0].inputs.square().sum(dim=1).mean().item(), start)


def _metrics(start: Spread, now: Spread, name: Activation) -> None:
    st.metric(
        "Initial standard deviation of z",
        f"{start.std:.2f}",
        help=f"Over images and units of the first hidden layer. After training: {now.std:.2f}.",
    )
    st.metric(
        "Initial mean derivative",
        f"{start.derivative:.3f}",
        help=f"Mean of the activation's derivative at those z. After training: {now.derivative:.3f}.",
    )
    if start.saturated is not None and now.saturated is not None:
        st.metric(
            f"Initially saturated, |z| > {SATURATED[name]:g}",
            percent(start.saturated, 0),
            help=f"Share of (image, unit) pairs. After training: {percent(now.saturated, 0)}.",
        )
    else:
        st.metric(
            "Initially dead units",
            percent(start.dead, 0),
            help=f"Units whose z is at or below zero for every image. After training: {percent(now.dead, 0)}.",
        )


def _why(trained: TrainedNetwork, energy: float, start: Spread) -> None:
    """The standard deviation from its formula, beside the one measured."""
    weight, bias = linear_layers(trained.initial)[0][1:]
    variance, bias_variance = float(weight.var()), float(bias.var()) if len(bias) > 1 else 0.0
    expected = math.sqrt(energy * variance + bias_variance)
    st.latex(
        r"\begin{aligned} \mathrm{Std}(z) &= "
        r"\sqrt{\textstyle\sum_i x_i^2 \cdot \mathrm{Var}(W) + \mathrm{Var}(b)} \\ "
        rf"&= \sqrt{{{energy:.1f} \cdot {variance:.3g} + {bias_variance:.2g}}} = {expected:.2f}"
        r"\end{aligned}"
    )
    st.caption(
        f"The variances of independent terms add up over the 784 pixels. The formula gives {expected:.2f}, the "
        f"measured value is {start.std:.2f}."
    )


def _others(trained: TrainedNetwork, mnist: Mnist) -> None:
    st.markdown("**The same network with other initializations** (same seed, first batch, before any step)")
    rows = computed.initializations(trained.config, mnist)
    titles = [f"{NAMES[row.hidden]} / {NAMES[row.output]}" for row in rows]
    kinds = [(row.hidden, row.output) for row in rows]
    found = dict(zip(kinds, rows, strict=True))
    default, normal = found["pytorch", "pytorch"], found["normal", "normal"]
    hidden, last = found["normal", "pytorch"], found["pytorch", "normal"]
    said = (
        f"A standard normal initialization makes z {ratio(normal.spread.std / default.spread.std)} as wide as "
        f"PyTorch's default, and the first layer's relative gradient "
        f"{ratio(normal.relative_gradient / default.relative_gradient)} as large. In the hidden layers alone it "
        f"gives {ratio(hidden.relative_gradient / default.relative_gradient)}, in the output layer alone "
        f"{ratio(last.relative_gradient / default.relative_gradient)}."
    )
    own = (trained.config.mlp.init, trained.config.mlp.init_output)
    fig = relative_gradients_figure(
        titles, [row.relative_gradient for row in rows], kinds.index(own) if own in kinds else None
    )
    chart(fig, "mlp_begin_others", still=True, alt=said)
    st.markdown(said)
    st.caption(
        "Names: hidden layers / output layer. Relative gradient: the gradient of the first layer's weights divided by "
        "their size, so how fast they change."
    )
    with st.expander("Details: every number of this comparison"):
        _table(rows, titles)


def _table(rows: list[InitialState], titles: list[str]) -> None:
    table = pd.DataFrame(
        [
            {
                "hidden / output layer": title,
                "std of z": row.spread.std,
                "mean derivative": row.spread.derivative,
                "saturated": row.spread.saturated,
                "relative gradient": row.relative_gradient,
                "initial loss": row.loss,
            }
            for row, title in zip(rows, titles, strict=True)
        ]
    )
    if table["saturated"].isna().all():
        table = table.drop(columns="saturated")
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key="mlp_begin_table",
        alt="Initializations compared by the spread of pre-activations and the first layer's relative gradient",
        column_config={
            "std of z": number(format="%.2f"),
            "mean derivative": number(format="%.3f"),
            "saturated": number(format="percent"),
            "relative gradient": number(format="%.5f", help="|∂L/∂W| ÷ |W| of the first layer, root mean squares."),
            "initial loss": number(format="%.2f", help="Cross-entropy of the first batch, before any step."),
        },
    )
    st.caption("Measured on the first training batch; the numbers at the top are from test images.")
