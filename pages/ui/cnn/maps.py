"""Every layer's feature maps of one image, from the input to the ten probabilities."""

from functools import partial

import streamlit as st

from core.charts.intervals import bars
from core.charts.palette import DIGITS
from core.config.cnn import CNNConfig
from core.data.digits import Mnist
from core.export.network import cnn_code
from core.lessons.cnn.feature_maps import LayerOutput, layer_outputs, map_layers
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.enlarged_map import enlarged
from pages.ui.cnn.layer_words import channel_key, pick_channel, tag
from pages.ui.cnn.map_results import cnn
from pages.ui.cnn.map_rows import MOST, first_shown, input_row, layer_row
from pages.ui.kit.drawing.map_sheet import map_sheet
from pages.ui.kit.network.image_picker import Subject
from pages.ui.kit.shell import css
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.chart import chart

KEY, LARGE = "cnn_maps", "cnn_maps_large"
LAYER, OWN = "per layer", "per map"
renamed(f"{KEY}_reach", {"the layer's largest number": LAYER, "each map's own": OWN})

CODE = """\
network.eval()
x = image.reshape(1, 784)
for name, layer in network.named_children():
    x = layer(x)                            # x: (1, channels, rows, columns)
    print(name, type(layer).__name__, tuple(x.shape))
    # x[0, c] is the feature map of channel c: an image
print(x.softmax(dim=1))                     # ten probabilities
"""


def maps(trained: TrainedNetwork, mnist: Mnist, seen: Subject) -> None:
    """The sheet of all layers; the chosen map large, beside the kernel that made it."""
    config = cnn(trained)
    outputs = layer_outputs(trained.model, config, seen.image)
    css.keep_in_view(LARGE)
    left, right = st.columns([1.7, 1], gap="large")
    with right, st.container(key=LARGE):
        output, channel = _choose(config, outputs)
        enlarged(trained.model, config, outputs, output, channel)
    with left:
        _sheet(config, outputs, output, channel, seen)
        _answer(outputs, seen)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(code(config), language="python")


def _choose(config: CNNConfig, outputs: list[LayerOutput]) -> tuple[LayerOutput, int]:
    with st.container(horizontal=True, gap="small"):
        name = st.selectbox(
            "Layer",
            [output.name for output in outputs],
            key=_layer_key(config),
            bind="query-params",
            width=125,
            help="Layer to enlarge; clicking a map does the same.",
        )
        output = next(output for output in outputs if output.name == name)
        with st.container(width=135):
            channel = pick_channel(KEY, name, config)
    return output, channel if output.is_map else 0


def _layer_key(config: CNNConfig) -> str:
    return f"{KEY}_layer_{tag(config)}"


def _sheet(config: CNNConfig, outputs: list[LayerOutput], output: LayerOutput, channel: int, seen: Subject) -> None:
    with st.expander("Advanced", icon=":material/tune:"), st.container(horizontal=True, gap="medium"):
        reach = st.segmented_control(
            "Color scale",
            [OWN, LAYER],
            default=OWN,
            required=True,
            key=f"{KEY}_reach",
            bind="query-params",
            help="Per map: faint maps are visible too. Per layer: maps can be compared.",
        )
        first = first_shown(outputs, KEY)
    shown = [out for out in outputs if out.kind != "batch norm"]  # it rescales a map, which looks as before
    rows = [layer_row(out, config, shared=reach == LAYER, first=first) for out in shown]
    place = channel - first if output.is_map else 0
    negative = any(out.signed for out in outputs if out.kind == config.activation)
    st.caption(
        "Hover over a map to enlarge it, click it to see its values. "
        + (
            f"Blue: below zero, orange: above; {config.activation} passes negative values."
            if negative
            else "Before the activation, blue: below zero, orange: above. After it, dark: zero, yellow: largest."
        )
    )
    map_sheet(
        f"{KEY}_sheet",
        [input_row(seen.image), *rows],
        chosen=(1 + shown.index(output), place) if output in shown and 0 <= place < MOST else None,
        follow=LARGE,
        on_pick=partial(picked, config, [out.name for out in shown], first),
    )


def picked(config: CNNConfig, names: list[str], first: int, row: int, column: int) -> None:
    """Callback: what was clicked becomes what is shown large; the input has no kernel."""
    if row == 0:
        return
    name = names[row - 1]
    st.session_state[_layer_key(config)] = name
    if name in map_layers(config) and max(config.channels) > 1:
        st.session_state[channel_key(KEY, config)] = first + column


def _answer(outputs: list[LayerOutput], seen: Subject) -> None:
    shares = outputs[-1].values.softmax(dim=0)
    digit = int(shares.argmax())
    right = "" if seen.label is None else ", correct" if digit == seen.label else f"; true label {seen.label}"
    st.markdown(f"**softmax** → ten probabilities. Predicted: **{digit}**{right}")
    chart(bars(shares.numpy(), [str(d) for d in range(10)], DIGITS, height=230), f"{KEY}_bars", still=True)


def code(config: CNNConfig) -> str:
    """The network, and a walk through its layers."""
    return f"{cnn_code(config)}\n\n{CODE}"
