"""What a layer of a convolutional network is, in a few words, and which of its channels is meant."""

import zlib

import streamlit as st

from core.config.cnn import CNNConfig, LayerShape
from core.formatting import count
from core.lessons.cnn.feature_maps import block_of


def tag(config: CNNConfig) -> str:
    """Tells architectures apart in the keys of widgets whose choices depend on them."""
    description = ",".join(f"{layer.name}{layer.shape}" for layer in config.layers())
    return f"{zlib.crc32(description.encode()):08x}"


def does(config: CNNConfig, layer: LayerShape) -> str:
    """What a layer does: "convolution 5×5, padding 2"."""
    if layer.kind == "convolution":
        index = block_of(layer.name) - 1
        side, stride, padding = config.kernels[index], config.strides[index], config.paddings[index]
        return (
            f"convolution {side}×{side}"
            + (f", stride {stride}" if stride > 1 else "")
            + (f", padding {padding}" if padding else "")
        )
    description = {
        "batch norm": "batch normalization",
        "max pool": "2×2 max-pooling",
        "average pool": "2×2 average pooling",
        "linear": "linear layer",
    }
    return description.get(layer.kind, layer.kind)


def gives(layer: LayerShape) -> str:
    """What a layer gives: "8 maps of 14×14", "512 units"."""
    if len(layer.shape) == 1:
        return f"{layer.shape[0]:,} units"
    channels, rows, columns = layer.shape
    return f"{count(channels, 'map')} of {rows}×{columns}"


def cut_after(config: CNNConfig, layer: str) -> int:
    """How many modules of the network that "Show the code" prints come up to and with this layer."""
    names = [found.name for found in config.layers()]
    return 1 + config.normalize + names.index(layer) + 1


def channel_key(key: str, config: CNNConfig) -> str:
    """The widget that holds the chosen channel, whichever layer it belongs to."""
    return f"{key}_channel_{tag(config)}"


def channels(config: CNNConfig, layer: str) -> int:
    """How many channels (or units) a layer has."""
    return next(found.shape[0] for found in config.layers() if found.name == layer)


def pick_channel(key: str, layer: str, config: CNNConfig) -> int:
    """A number field for one of a layer's channels; in a layer with fewer it steps back to the last.

    One and the same field for all layers: a field that comes and goes would lose its hold on the address.
    """
    widest, name = max(config.channels), channel_key(key, config)
    if widest == 1:
        return 0
    last = channels(config, layer) - 1
    if st.session_state.get(name, 0) > last:
        st.session_state[name] = last
    chosen = st.number_input(
        "Channel", 0, widest - 1, key=name, bind="query-params", help="Channel of the layer, counted from 0."
    )
    return min(int(chosen), last)
