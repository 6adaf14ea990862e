"""Draw a digit, and follow it through the network: pixels, hidden units, ten probabilities."""

import streamlit as st
import torch
from torch import Tensor

from core.charts.heatmaps import unit_grid_figure
from core.charts.images import picture
from core.lessons.mlp.unit_contributions import unit_contributions
from core.models import linear_layers
from core.models.inspect.layer_signals import Signals, signals
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.network.gallery import weight_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.network.prediction import show_prediction
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.widgets.chart import chart

STRONGEST = 8
CODE = """\
a_h = torch.sigmoid(image @ W_h + b_h)       # (1, 100): which units fire
z_o = a_h @ W_o + b_o                        # (1, 10), the logits
y_hat = z_o.softmax(dim=1)

pushes = a_h[0] * W_o[:, digit]              # what each unit adds to that digit's logit
"""

LINEAR_CODE = """\
z = image @ W + b                            # (1, 10), straight from the pixels
y_hat = z.softmax(dim=1)
evidence = image[0] * W[:, digit]            # what each pixel says for that digit
"""

FIRED, PUSHED = "fired most", "pushed the answer most"


@panel
def draw(trained: TrainedNetwork) -> None:
    """Canvas, reading, and the hidden units behind it; a test digit stands in while nothing is drawn."""
    drawing = digit_canvas("mlp_draw")
    if drawing is not None:
        image = drawing.image
        st.caption("As MNIST was made: cut out the ink, fit it into 20 × 20, center of mass in the middle.")
    else:
        image = _test_digit()
    flow = signals(trained.model, image.unsqueeze(0))
    answers, hidden = st.columns([1, 1.4], gap="large")
    with answers:
        digit = show_prediction(flow.logits[0].softmax(0), "mlp_draw_reading")
    with hidden:
        if flow.after:
            _layers(trained, flow)
        else:
            _evidence(trained, flow, digit)
    if flow.after:
        _strongest(trained, flow, digit)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE if flow.after else LINEAR_CODE, language="python")


def _test_digit() -> Tensor:
    test = mnist().test
    choose, show = st.columns([2, 1], vertical_alignment="bottom")
    with choose, choices.image_number("mlp_draw_index", len(test)):
        index = int(
            st.number_input(
                "Nothing drawn yet: take test image",
                0,
                len(test) - 1,
                4,
                key="mlp_draw_index",
                bind="query-params",
                help="A digit from the test images stands in until you draw one.",
            )
        )
    with show:
        st.image(picture(test.images[index, 0], size=84), width=84)
    return test.images[index]


def _layers(trained: TrainedNetwork, flow: Signals) -> None:
    """Every hidden layer as a grid of units, and how many of them fired."""
    bounded = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(trained.config.mlp.activation)
    half = 0.5 if trained.config.mlp.activation == "sigmoid" else 0.0
    for number, values in enumerate(flow.after, start=1):
        units = values[0]
        fired = int((units > half).sum())
        low, high = bounded or (0.0, max(float(units.max()), 1e-6))
        st.markdown(f"**Hidden layer {number}**: {fired:,} of {len(units):,} units fired (above {half:g}).")
        chart(unit_grid_figure(units, limits=(low, high)), f"mlp_draw_units_{number}", still=True)
    means = (
        "orange above zero, blue below, pale near zero"
        if bounded and bounded[0] < 0
        else "brighter means a larger output"
    )
    st.caption(f"One square a unit, {means}. Hover for the number.")


def _strongest(trained: TrainedNetwork, flow: Signals, digit: int) -> None:
    """The first hidden layer's strongest units, each with what it looks for."""
    how = st.segmented_control(
        "Units of the first hidden layer that",
        [FIRED, PUSHED],
        default=PUSHED,
        required=True,
        key="mlp_draw_order",
        bind="query-params",
        help="A unit pushes an answer by its output times what that output is worth to the answer.",
    )
    output = flow.after[0][0]
    push = unit_contributions(trained.model, flow, digit)[0]
    order = (output if how == FIRED else push.abs()).argsort(descending=True)[:STRONGEST]
    weight = linear_layers(trained.model)[0][1]
    captions = [
        f"unit {int(unit)}: " + (f"{float(output[unit]):.2f}" if how == FIRED else f"{float(push[unit]):+.2f}")
        for unit in order
    ]
    weight_gallery(weight[order].view(-1, 28, 28).numpy(), captions)
    st.caption(
        "Each picture is a unit's 784 weights: ink on orange excites it, ink on blue holds it back. "
        + ("Numbers: the unit's output." if how == FIRED else f"Numbers: how far it pushes the {digit}, in logits.")
    )


def _evidence(trained: TrainedNetwork, flow: Signals, digit: int) -> None:
    """Without hidden units each digit has one picture of weights; ink times weight is its evidence."""
    weight = linear_layers(trained.model)[0][1]
    st.markdown("There are no hidden units: each digit weighs the pixels for itself.")
    proof = (weight * flow.inputs).view(-1, 28, 28)
    order = flow.logits[0].argsort(descending=True)[:2]
    weight_gallery(
        torch.cat([weight.view(-1, 28, 28)[order], proof[order]]).numpy(),
        [f"weights of {int(d)}" for d in order] + [f"evidence for {int(d)}" for d in order],
    )
    st.caption(
        f"Evidence is weight times pixel; with the bias it adds up to the logit, here "
        f"{float(flow.logits[0, digit]):.2f} for the {digit}. Orange speaks for a digit, blue against it."
    )
