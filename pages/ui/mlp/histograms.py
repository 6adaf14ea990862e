"""Every layer's numbers as histograms: now against the start."""

import streamlit as st
from torch import Tensor

from core.data.digits import Mnist
from core.formatting import percent
from core.lessons.mlp.charts import now_and_start_figure
from core.lessons.mlp.saturation import SATURATED, histograms
from core.models import linear_layers
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.widgets import cached_results as common
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed

WEIGHTS, BEFORE, AFTER, GRADIENTS = "weights", "pre-activations", "activations", "gradients"
KINDS = {
    WEIGHTS: "All weights of each layer.",
    BEFORE: "What each unit receives, x W + b, on {n:,} test images.",
    AFTER: "What each hidden unit passes on, on {n:,} test images.",
    GRADIENTS: "∂L/∂W of each weight on the first batch of training images, with this network's own loss.",
}


def spreads(trained: Trained, mnist: Mnist) -> None:
    """Choose a quantity; one chart a layer, and a sentence made from the numbers."""
    kinds = [kind for kind in KINDS if kind != AFTER or trained.config.mlp.hidden]
    kind = st.segmented_control(
        "Quantity",
        kinds,
        default=WEIGHTS,
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
            st.caption(_told(trained, kind, index, new, old))


def _numbers(trained: Trained, mnist: Mnist, kind: str, at_start: bool) -> list[Tensor]:
    model = trained.start if at_start else trained.model
    if kind == WEIGHTS:
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


def _told(trained: Trained, kind: str, index: int, now: Tensor, start: Tensor) -> str:
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
