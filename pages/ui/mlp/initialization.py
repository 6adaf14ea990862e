"""Why the start decides: how wide the first hidden layer's inputs spread, and what gradient gets through."""

import math

import pandas as pd
import streamlit as st
import torch

from core.config.run import Activation
from core.data.digits import Mnist
from core.formatting import percent, ratio
from core.lessons.mlp.charts import slope_figure
from core.lessons.mlp.saturation import SATURATED, Spread, spread
from core.models import linear_layers
from core.models.inspect.layer_signals import bend, slope
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.widgets.chart import chart
from pages.ui.mlp import computed
from pages.ui.mlp.formulas import SYMBOL

NAMES = {"pytorch": "PyTorch", "normal": "normal", "xavier": "Xavier", "he": "He"}


def begin(trained: Trained, mnist: Mnist) -> None:
    """This network's first hidden layer now and at the start, then the same network started in other ways."""
    config = trained.config.mlp
    if not config.hidden:
        st.info(
            "This network has no hidden layer, so nothing can saturate. Look at one with hidden units.",
            icon=":material/info:",
        )
        return
    flows = [computed.sample_signals(trained, mnist, at_start) for at_start in (True, False)]
    activation = bend(trained.model)
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
            lambda at: slope(activation, torch.from_numpy(at)).numpy(),
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


def _why(trained: Trained, energy: float, start: Spread) -> None:
    """The spread from its formula, beside the one measured."""
    weight, bias = linear_layers(trained.start)[0][1:]
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


def _others(trained: Trained, mnist: Mnist) -> None:
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
