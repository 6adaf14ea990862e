"""A network at the moments that are kept of its training, and how it reads the test images at each.

Everything computed here is cached by the network's key and shared by all sessions: read-only.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn

from core.config.run import CNNConfig, RunConfig
from core.data.digits import Digits, Mnist
from core.lessons.cnn.kernels import convolutions, kernels, moved
from core.models.evaluation import logits
from core.models.inspect.confusion import confusion
from core.models.trained_network import TrainedNetwork, rebuild
from core.storage.weight_history import as_kept
from pages.ui.kit.widgets.cached_results import data_key

WORK = 10e9  # multiplications that reading the test images once may cost: a second or so
START, NOW = "start", "now"


@dataclass(frozen=True, eq=False)
class Moment:
    """A network at one moment: what the slider calls it, passes so far (None: not known), its weights."""

    label: str
    epoch: float | None
    weights: Mapping[str, Tensor]


def moments(trained: TrainedNetwork) -> list[Moment]:
    """First to last: the frames of the film, and the network as it is where it has gone on since.

    Without a film there are only its start and its present.
    """
    now = Moment(NOW, None, trained.model.state_dict())
    if not trained.weight_history:
        return [Moment(START, 0.0, trained.initial.state_dict()), now]
    shown = [Moment(f"{frame.epoch:g}", frame.epoch, frame.weights) for frame in trained.weight_history]
    return shown if same_kernels(shown[-1].weights, now.weights) else [*shown, now]


def same_kernels(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    """Whether the convolutions of two state_dicts are the same, number by number."""
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items() if tensor.dim() == 4)


def slider_key(shown: list[Moment]) -> str:
    """Goes with the moments there are; simple where they are whole epochs from 0 on, as they usually are."""
    labels = [moment.label for moment in shown]
    if labels == [str(number) for number in range(len(labels))]:
        return f"cnn_epoch_of_{len(labels) - 1}"
    return f"cnn_epoch_{zlib.crc32(' '.join(labels).encode()):08x}"


def network_at(trained: TrainedNetwork, moment: Moment) -> nn.Module:
    """The network with that moment's weights, in eval mode."""
    if moment.label == NOW:
        return trained.model
    return _network(trained.key, moment.label, trained.config, moment.weights)


def sample(trained: TrainedNetwork, mnist: Mnist) -> Digits:
    """The test images, or evenly spaced ones of them where reading all would take long."""
    count = len(mnist.test)
    every = max(1, math.ceil(multiplications(trained.config.model) * count / WORK))
    return mnist.test if every == 1 else mnist.test.take(slice(None, None, every))


def multiplications(config: object) -> int:
    """What one image costs a convolutional network."""
    assert isinstance(config, CNNConfig)
    return sum(
        layer.parameters * (math.prod(layer.shape[1:]) if layer.kind == "convolution" else 1)
        for layer in config.layers()
    )


def table_at(trained: TrainedNetwork, moment: Moment, mnist: Mnist) -> Tensor | None:
    """(10, 10) counts, digit by answer, on `sample`; None where the outputs were no numbers any more."""
    model = network_at(trained, moment)
    return _table(trained.key, moment.label, data_key(mnist), model, sample(trained, mnist))


def network_table(trained: TrainedNetwork, mnist: Mnist, *, kept: bool = False) -> Tensor | None:
    """The same for the network itself: all its weights as they are, or `kept` as films on disk keep them."""
    if kept:
        rounded = rebuild(trained.config, as_kept(trained.model.state_dict()))
        return _table(trained.key, "as kept", data_key(mnist), rounded, sample(trained, mnist))
    return _table(trained.key, NOW, data_key(mnist), trained.model, sample(trained, mnist))


def paths(trained: TrainedNetwork) -> tuple[list[float], dict[str, list[float]]]:
    """Epochs of the film, and by convolution how far its kernels were from their start at each."""
    return _paths(trained.key, len(trained.weight_history), trained)


def largest(trained: TrainedNetwork, layer: str, change: bool) -> float:
    """The 99.5th percentile of the sizes of a layer's kernels, or of their change, over all moments."""
    return _largest(trained.key, layer, change, trained)


@st.cache_resource(max_entries=8, show_spinner=False)
def _network(key: str, label: str, _config: RunConfig, _weights: Mapping[str, Tensor]) -> nn.Module:
    return rebuild(_config, dict(_weights))


@st.cache_resource(max_entries=512, show_spinner=False)
def _table(key: str, label: str, data: str, _model: nn.Module, _digits: Digits) -> Tensor | None:
    out = logits(_model, _digits.images)
    return confusion(_digits.labels, out.argmax(1)) if bool(out.isfinite().all()) else None


@st.cache_data(max_entries=32, show_spinner=False)
def _paths(key: str, frames: int, _trained: TrainedNetwork) -> tuple[list[float], dict[str, list[float]]]:
    weight_history = _trained.weight_history
    return [frame.epoch for frame in weight_history], {
        layer: [
            moved(kernels(frame.weights, layer), kernels(weight_history[0].weights, layer)) for frame in weight_history
        ]
        for layer in convolutions(_trained.model)
    }


@st.cache_data(max_entries=64, show_spinner=False)
def _largest(key: str, layer: str, change: bool, _trained: TrainedNetwork) -> float:
    stack = torch.stack([kernels(moment.weights, layer) for moment in moments(_trained)])
    sizes = (stack - stack[0] if change else stack).abs().flatten()
    sizes = sizes[sizes.isfinite()]
    if not len(sizes):
        return 1.0
    place = max(1, math.ceil(0.995 * sizes.numel()))
    return float(sizes.kthvalue(place).values) or float(sizes.max()) or 1.0
