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
from pages.ui.kit.drawing.canvas import beside_canvas, digit_canvas
from pages.ui.kit.network.gallery import weight_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.network.prediction import show_prediction
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart

STRONGEST = 6
CODE = """\
a_h = torch.sigmoid(image @ W_h + b_h)       # (1, 100): the hidden activations
z_o = a_h @ W_o + b_o                        # (1, 10), the logits
y_hat = z_o.softmax(dim=1)

contribution = a_h[0] * W_o[:, digit]        # of each unit to that class's logit
"""

LINEAR_CODE = """\
z = image @ W + b                            # (1, 10), straight from the pixels
y_hat = z.softmax(dim=1)
evidence = image[0] * W[:, digit]            # of each pixel for that class
"""

FIRED, PUSHED = "largest activation", "largest contribution"
renamed("mlp_draw_order", {"fired most": FIRED, "pushed the answer most": PUSHED})


@panel
def draw(trained: TrainedNetwork) -> None:
    """Canvas, prediction, and the hidden units behind it; a test image stands in while nothing is drawn."""
    canvas, stage = beside_canvas()
    with canvas:
        drawing = digit_canvas("mlp_draw")
        image = _test_digit() if drawing is None else drawing.image
    flow = signals(trained.model, image.unsqueeze(0))
    with stage:
        predicted, units = st.columns([1, 1.6], gap="medium")
        with predicted:
            digit = show_prediction(flow.logits[0].softmax(0), "mlp_draw_reading")
        with units:
            if flow.after:
                _strongest(trained, flow, digit)
            else:
                _evidence(trained, flow, digit)
    if flow.after:
        _layers(trained, flow)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE if flow.after else LINEAR_CODE, language="python")


def _test_digit() -> Tensor:
    test = mnist().test
    choose, show = st.columns([2, 1], vertical_alignment="bottom")
    with choose, choices.image_number("mlp_draw_index", len(test)):
        index = int(
            st.number_input(
                "Until you draw: test image number",
                0,
                len(test) - 1,
                4,
                key="mlp_draw_index",
                bind="query-params",
                help="This test image is classified until you draw a digit.",
            )
        )
    with show:
        name = f"Test image {index:,}, label {int(test.labels[index])}"
        st.image(picture(test.images[index, 0], size=84), width=84, alt=name)
    return test.images[index]


def _layers(trained: TrainedNetwork, flow: Signals) -> None:
    """Every hidden layer as a grid of units, and how many of them are active."""
    bounded = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(trained.config.mlp.activation)
    half = 0.5 if trained.config.mlp.activation == "sigmoid" else 0.0
    for number, values in enumerate(flow.after, start=1):
        units = values[0]
        active = int((units > half).sum())
        low, high = bounded or (0.0, max(float(units.max()), 1e-6))
        said = f"{active:,} of {len(units):,} units are active (activation above {half:g})."
        st.markdown(f"**Hidden layer {number}**: {said}")
        chart(unit_grid_figure(units, limits=(low, high)), f"mlp_draw_units_{number}", still=True, alt=said)
    means = (
        "orange is positive, blue negative, pale near zero"
        if bounded and bounded[0] < 0
        else "brighter is a larger activation"
    )
    st.caption(f"One square per unit; {means}. Hover for the number.")


def _strongest(trained: TrainedNetwork, flow: Signals, digit: int) -> None:
    """The first hidden layer's strongest units, each with its weights."""
    how = st.segmented_control(
        "First hidden layer: units with the",
        [FIRED, PUSHED],
        default=PUSHED,
        required=True,
        key="mlp_draw_order",
        bind="query-params",
        help="Contribution: activation times the derivative of the predicted class's logit with respect to it.",
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
        "Each image shows a unit's 784 weights: ink on orange raises its pre-activation, ink on blue lowers it. "
        + ("Numbers: activations." if how == FIRED else f"Numbers: contributions to the logit of class {digit}.")
    )


def _evidence(trained: TrainedNetwork, flow: Signals, digit: int) -> None:
    """Without hidden units each class has one template of weights; pixel times weight is its evidence."""
    weight = linear_layers(trained.model)[0][1]
    st.markdown("This linear model has no hidden units: each class has one weight per pixel.")
    proof = (weight * flow.inputs).view(-1, 28, 28)
    order = flow.logits[0].argsort(descending=True)[:2]
    weight_gallery(
        torch.cat([weight.view(-1, 28, 28)[order], proof[order]]).numpy(),
        [f"weights of {int(d)}" for d in order] + [f"evidence for {int(d)}" for d in order],
    )
    st.caption(
        f"Evidence is weight times pixel. With the bias it adds up to the logit, {float(flow.logits[0, digit]):.2f} "
        f"for class {digit}. Orange is evidence for a class, blue against it."
    )
