"""Widgets for a convolutional network: block by block, then the linear layers."""

from typing import Any

import streamlit as st

from core.config.choices import ACTIVATIONS, POOLS
from pages.ui.kit.widgets.bound_widgets import Widgets

MOST_BLOCKS, MOST_HIDDEN = 6, 4
NEW = {"channels": 16, "kernels": 3, "strides": 1, "paddings": 1, "pools": "none"}  # a block not there before
POOL_WORDS = {"max": "max pooling 2×2", "average": "average pooling 2×2", "none": "no pooling"}
FORMER = {"largest of 2×2": POOL_WORDS["max"], "average of 2×2": POOL_WORDS["average"]}


def network(widget: Widgets, values: dict[str, Any]) -> dict[str, Any]:
    """Draw the widgets and return the settings of the network they say. values: where they start."""
    changes: dict[str, Any] = {}
    blocks = widget.slider(
        "Blocks",
        1,
        MOST_BLOCKS,
        len(values["channels"]),
        "blocks",
        help="Each is a convolution, perhaps batch norm, the activation, perhaps pooling.",
    )
    rows = []
    for index, tab in enumerate(st.tabs([f"{number}" for number in range(1, blocks + 1)])):
        with tab:
            start = {name: values[name][index] if index < len(values[name]) else new for name, new in NEW.items()}
            rows.append(_block(widget, index + 1, start))
    changes |= {name: tuple(row[name] for row in rows) for name in NEW}
    changes["batch_norm"] = widget.toggle(
        "Batch norm",
        values["batch_norm"],
        "batch_norm",
        help="After every convolution: mean 0, variance 1 over the batch, then a learned scale and shift.",
    )
    changes["pool_first"] = widget.toggle(
        "Pool right after the convolution",
        values["pool_first"],
        "pool_first",
        disabled=all(pool == "none" for pool in changes["pools"]),
        help="Before batch norm and activation, which then have a quarter of the numbers to work on: faster.",
    )
    changes["activation"] = widget.choice_box(
        "Activation",
        ACTIVATIONS,
        values["activation"],
        "activation",
        help="The nonlinear function between linear maps.",
    )
    changes["hidden"] = widget.hidden(
        "Hidden linear layers",
        0,
        MOST_HIDDEN,
        values["hidden"],
        most=4096,
        usual=64,
        help="Layers between the last feature maps and the ten outputs; 0 connects the maps directly to the outputs.",
        unit="How many neurons.",
    )
    changes["norm_hidden"] = widget.toggle(
        "Batch norm in the linear layers too",
        values["norm_hidden"],
        "norm_hidden",
        disabled=not changes["hidden"],
        help="After every hidden linear layer: mean 0, variance 1 over the batch, then scaled and shifted.",
    )
    dropout = widget.slider(
        "Dropout",
        0.0,
        0.9,
        values["dropout"],
        "dropout",
        step=0.05,
        disabled=not changes["hidden"],
        help="Fraction of the hidden linear units set to zero at each training step; needs a hidden linear layer.",
    )
    changes["dropout"] = dropout
    changes["normalize"] = widget.toggle(
        "Normalize the pixels first", values["normalize"], "normalize", help="(x − mean) / std as the first layer."
    )
    changes["frozen"] = widget.toggle(
        "Freeze the kernels",
        values["frozen"],
        "frozen",
        help="The kernels keep their initial random weights; only the layers after them learn.",
    )
    return changes


def _block(widget: Widgets, number: int, start: dict[str, Any]) -> dict[str, Any]:
    """The five settings of one block."""
    channels = widget.number(
        "Channels",
        1,
        256,
        start["channels"],
        f"channels_{number}",
        help=f"Number of kernels of convolution {number}, and of the feature maps it produces.",
    )
    kernel = widget.slider(
        "Kernel size (pixels)",
        1,
        11,
        start["kernels"],
        f"kernel_{number}",
        help="The window that slides over the image is a square of this side.",
    )
    stride = widget.slider(
        "Stride (pixels)",
        1,
        4,
        start["strides"],
        f"stride_{number}",
        help="How far the window moves at a time; 2 halves the image.",
    )
    padding = widget.slider(
        "Padding (pixels)",
        0,
        10,
        start["paddings"],
        f"padding_{number}",
        help="Rows of zeros around the image. Half the kernel size keeps the size of the image.",
    )
    pool = widget.choice_box(
        "Pooling",
        POOLS,
        start["pools"],
        f"pool_{number}",
        help="What replaces each 2×2 block of a feature map.",
        format_func=lambda name: POOL_WORDS[name],
        former=FORMER,
    )
    return {"channels": channels, "kernels": kernel, "strides": stride, "paddings": padding, "pools": pool}
