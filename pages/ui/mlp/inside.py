"""Inside the network: what its first layer looks for, how its numbers are spread, and how it began."""

import math

import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from core.config.run import Activation
from core.data.digits import Mnist
from core.formatting import percent, ratio
from core.lessons.mlp.charts import now_and_start_figure, slope_figure
from core.lessons.mlp.saturation import SATURATED, Spread, histograms, spread
from core.models import linear_layers
from core.models.inspect.layer_signals import activation_function, derivative
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.network.gallery import weight_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import SYMBOL

WEIGHTS, SPREADS, START = "First-layer weights", "Histograms", "The start"

CODE = """\
weights = model.layers[0].weight             # (units, 784), one row a unit
pictures = weights.reshape(-1, 28, 28)       # what each unit looks for

z = x @ weights.T + model.layers[0].bias     # pre-activations
z.std()                                      # their spread
a = torch.sigmoid(z)
(a * (1 - a)).mean()                         # the mean slope
(z.abs() > 4).float().mean()                 # the saturated share
"""


@panel
def inside(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Three views of one network, each against its own start."""
    view = st.segmented_control(
        "View",
        [WEIGHTS, SPREADS, START],
        default=WEIGHTS,
        required=True,
        key="mlp_inside",
        bind="query-params",
        label_visibility="collapsed",
        help="Weights as pictures, all numbers as histograms, or why the start decides so much.",
    )
    if view == WEIGHTS:
        weights(trained)
    elif view == SPREADS:
        spreads(trained, mnist)
    else:
        begin(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


# What the first layer looks for: each unit's 784 weights as a picture.


NOW, WEIGHTS_THEN, CHANGE = "now", "at the start", "what training added"
BY_NUMBER, BY_SIZE, BY_CHANGE = "unit number", "size of its weights", "how much it changed"


def weights(trained: TrainedNetwork) -> None:
    """Pictures of the units chosen, in the order chosen."""
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
        f"Orange: a weight above zero, ink there speaks for the {label}. Blue: below zero, against it. "
        f"Training moved this layer by {percent(moved, 0)} of the size it started with."
        + (
            " The start was so loud that what was learned is hard to see in it: choose *what training added*."
            if moved < 0.2
            else ""
        )
    )


def _controls(units: int, linear: bool) -> tuple[str, str, int]:
    what = st.segmented_control(
        "Weights",
        [NOW, WEIGHTS_THEN, CHANGE],
        default=NOW,
        required=True,
        key="mlp_weights_what",
        bind="query-params",
        help="The difference shows what was learned, freed from the random start.",
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
            help="Large first. Size is the length of the unit's weight vector.",
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


# Every layer's numbers as histograms: now against the start.


HISTOGRAM_WEIGHTS, BEFORE, AFTER, GRADIENTS = "weights", "pre-activations", "activations", "gradients"
KINDS = {
    HISTOGRAM_WEIGHTS: "All weights of each layer.",
    BEFORE: "What each unit receives, x W + b, on {n:,} test images.",
    AFTER: "What each hidden unit passes on, on {n:,} test images.",
    GRADIENTS: "∂L/∂W of each weight on the first batch of training images, with this network's own loss.",
}


def spreads(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Choose a quantity; one chart a layer, and a sentence made from the numbers."""
    kinds = [kind for kind in KINDS if kind != AFTER or trained.config.mlp.hidden]
    kind = st.segmented_control(
        "Quantity",
        kinds,
        default=HISTOGRAM_WEIGHTS,
        required=True,
        key=f"mlp_spread_{len(kinds)}",
        help="Each is counted now and at the start, in the same bins.",
    )
    st.caption(KINDS[kind].format(n=min(computed.sample_size(trained), len(mnist.test))))
    now, start = _numbers(trained, mnist, kind, False), _numbers(trained, mnist, kind, True)
    names = computed.layer_names(trained.model)
    columns = st.columns(2, gap="medium") if len(now) > 1 else [st.container()]
    for index, (new, old) in enumerate(zip(now, start, strict=True)):
        with columns[index % len(columns)]:
            pair = histograms(_spoken(new, kind), _spoken(old, kind))
            st.markdown(f"**{names[index].capitalize()}**")
            fig = now_and_start_figure(pair.edges, pair.now, pair.start, x_title=kind.removesuffix("s"))
            chart(fig, f"mlp_spread_{kind}_{index}", still=True)
            st.caption(_describe(trained, kind, index, new, old))


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


def _spoken(values: Tensor, kind: str) -> Tensor:
    """Without exact zeros where they would tower over all else: silent ReLUs, weights of black pixels."""
    rest = values[values != 0]
    return rest if kind in (AFTER, GRADIENTS) and len(rest) else values


def _zeros(now: Tensor, start: Tensor) -> str:
    shares = [float((values == 0).float().mean()) for values in (now, start)]
    if max(shares) < 0.005:
        return ""
    return f" Exact zeros, left out of the chart: {percent(shares[0], 0)}, at the start {percent(shares[1], 0)}."


def _describe(trained: TrainedNetwork, kind: str, index: int, now: Tensor, start: Tensor) -> str:
    """What the chart shows, in numbers."""
    sizes = f"Standard deviation {float(now.std()):.3g}, at the start {float(start.std()):.3g}."
    name = trained.config.mlp.activation
    hidden = index < len(trained.config.mlp.hidden)
    if kind == GRADIENTS:
        return sizes + _zeros(now, start)
    if kind not in (BEFORE, AFTER) or not hidden:
        return sizes
    if kind == BEFORE and name in SATURATED:
        flat = [float((values.abs() > SATURATED[name]).float().mean()) for values in (now, start)]
        return f"{sizes} Saturated (|z| > {SATURATED[name]:g}): {percent(flat[0])}, at the start {percent(flat[1])}."
    if kind == AFTER:
        sizes += _zeros(now, start)
    if name in ("relu", "leaky-relu", "gelu"):
        dead = [float((values <= 0).all(dim=0).float().mean()) for values in (now, start)]
        return sizes + f" Units that no image wakes: {percent(dead[0], 0)}, at the start {percent(dead[1], 0)}."
    return sizes


# Why the start decides: how wide the first hidden layer's inputs spread, and what gradient gets through.


NAMES = {"pytorch": "PyTorch", "normal": "normal", "xavier": "Xavier", "he": "He"}


def begin(trained: TrainedNetwork, mnist: Mnist) -> None:
    """This network's first hidden layer now and at the start, then the same network started in other ways."""
    config = trained.config.mlp
    if not config.hidden:
        st.info(
            "This network has no hidden layer, so nothing can saturate. Look at one with hidden units.",
            icon=":material/info:",
        )
        return
    flows = [computed.sample_signals(trained, mnist, at_start) for at_start in (True, False)]
    activation = activation_function(trained.model)
    start, now = (spread(flow.before[0], activation, config.activation) for flow in flows)
    symbol = SYMBOL[config.activation]
    st.markdown(
        f"A gradient on its way to the first layer is multiplied by the activation's slope ${symbol}'(z)$. "
        "Where the curve is flat, the layer below hardly learns. How far from zero are this layer's "
        "pre-activations z?"
    )
    _metrics(start, now, config.activation)
    chart(
        slope_figure(
            flows[0].before[0].flatten()[:: max(1, flows[0].before[0].numel() // 50_000)].numpy(),
            lambda at: derivative(activation, torch.from_numpy(at)).numpy(),
            name=f"slope of {config.activation}",
        ),
        "mlp_begin_slope",
        still=True,
    )
    st.caption(
        "Gray: the first hidden layer's pre-activations z before training. Line: how much gradient passes at each z."
    )
    _why(trained, flows[0].inputs.square().sum(dim=1).mean().item(), start)
    _others(trained, mnist)


def _metrics(start: Spread, now: Spread, name: Activation) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Spread of z at the start",
            f"{start.std:.2f}",
            width=165,
            help=f"Standard deviation over images and units. After training: {now.std:.2f}.",
        )
        st.metric(
            "Mean slope at the start",
            f"{start.slope:.3f}",
            width=165,
            help=f"Mean of the activation's derivative at those z. After training: {now.slope:.3f}.",
        )
        if start.saturated is not None and now.saturated is not None:
            st.metric(
                f"Saturated, |z| > {SATURATED[name]:g}",
                percent(start.saturated, 0),
                width=165,
                help=f"Share of (image, unit) pairs. After training: {percent(now.saturated, 0)}.",
            )
        else:
            st.metric(
                "Dead units",
                percent(start.dead, 0),
                width=165,
                help=f"Units at or below zero for every image. After training: {percent(now.dead, 0)}.",
            )


def _why(trained: TrainedNetwork, energy: float, start: Spread) -> None:
    """The spread from its formula, beside the one measured."""
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
        f"Independent weights add up like a random walk over 784 pixels: the formula says {expected:.2f}, "
        f"measured is {start.std:.2f}."
    )


def _others(trained: TrainedNetwork, mnist: Mnist) -> None:
    st.markdown("**The same network, started in other ways** (same seed, first batch, before any step)")
    rows = computed.starts(trained.config, mnist)
    own = (trained.config.mlp.init, trained.config.mlp.init_output)
    table = pd.DataFrame(
        [
            {
                "hidden / last layer": f"{NAMES[row.hidden]} / {NAMES[row.output]}"
                + (" ◂ this one" if (row.hidden, row.output) == own else ""),
                "spread of z": row.spread.std,
                "mean slope": row.spread.slope,
                "saturated": row.spread.saturated,
                "pace": row.pace,
                "first loss": row.loss,
            }
            for row in rows
        ]
    )
    if table["saturated"].isna().all():
        table = table.drop(columns="saturated")
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key="mlp_begin_table",
        column_config={
            "spread of z": number(format="%.2f"),
            "mean slope": number(format="%.3f"),
            "saturated": number(format="percent"),
            "pace": number(format="%.5f", help="|∂L/∂W| ÷ |W| of the first layer, root mean squares."),
            "first loss": number(format="%.2f", help="Cross-entropy of the first batch, before any step."),
        },
    )
    st.caption(
        "Pace: the gradient of the first layer's weights divided by their size, so how fast they can change "
        "compared with what they are. This table is measured on the first training batch, the numbers above "
        "on test images: so they differ a little."
    )
    found = {(row.hidden, row.output): row for row in rows}
    usual, normal = found["pytorch", "pytorch"], found["normal", "normal"]
    hidden, last = found["normal", "pytorch"], found["pytorch", "normal"]
    st.markdown(
        f"Standard normal weights spread z **{ratio(normal.spread.std / usual.spread.std)}** as wide as "
        f"PyTorch's default and leave **{percent(normal.spread.slope / usual.spread.slope, 0)}** of the "
        f"slope; the first layer learns at {ratio(normal.pace / usual.pace)} the pace. Which layer is to "
        f"blame? Normal hidden layers alone: {ratio(hidden.pace / usual.pace)} the pace. A normal last "
        f"layer alone: {ratio(last.pace / usual.pace)}. Train all three and compare."
    )
