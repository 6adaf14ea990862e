"""What the tab "Feature maps" computes from a network, kept by the network's key. Shared and read-only."""

import streamlit as st
import torch
from torch import Tensor, nn

from core.config.cnn import CNNConfig
from core.data.digits import Digits, Mnist
from core.data.splits import every_kth
from core.lessons.cnn.channel_ablation import KernelPlace, Off, operated, without_each_channel
from core.lessons.cnn.conv_cost import multiplications, sample_size
from core.lessons.cnn.max_activations import MaxActivations, max_activations
from core.models.evaluation import logits
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.cached_results import data_key

QUICK = 1.5e9  # multiplications of a chart that appears without being asked for
PATIENT, ENDLESS = 2e10, 3e11  # of what a person who asked waits for; of what nobody waits for


def cnn(trained: TrainedNetwork) -> CNNConfig:
    """The settings of the network, which this page knows to be a convolutional one."""
    config = trained.config.model
    assert isinstance(config, CNNConfig)
    return config


def sample(mnist: Mnist, count: int) -> Digits:
    """`count` test images at even distances: the halves of the test set were written by different people."""
    return every_kth(mnist.test, count)


def measured_on(trained: TrainedNetwork, mnist: Mnist, everything: bool) -> int:
    """On how many test images a changed network is scored, so that the answer comes at once; or on all."""
    total = len(mnist.test)
    return total if everything else sample_size(multiplications(cnn(trained)), total)


Kernels = dict[KernelPlace, tuple[tuple[float, ...], ...]]


def changed(trained: TrainedNetwork, off: Off, kernels: Kernels) -> nn.Module:
    """A copy of the network with those channels off and those kernels in place."""
    return operated(trained.model, off, {place: torch.tensor(rows) for place, rows in kernels.items()})


def answers(trained: TrainedNetwork, mnist: Mnist, count: int, off: Off, kernels: Kernels) -> Tensor:
    """Logits (count, 10) of the changed network on the sample."""
    what = (tuple(sorted((b, tuple(sorted(c))) for b, c in off.items() if c)), tuple(sorted(kernels.items())))
    model = changed(trained, off, kernels) if any(what) else trained.model
    return _answers(trained.key, data_key(mnist), count, repr(what), model, sample(mnist, count).images)


def ablation_count(trained: TrainedNetwork, mnist: Mnist, block: int) -> tuple[int, int]:
    """For the chart of single channels: how many test images, and how many multiplications that takes."""
    config = cnn(trained)
    rest = multiplications(config, f"act{block}") * config.channels[block - 1]
    count = sample_size(rest, min(1000, len(mnist.test)), PATIENT)
    return count, rest * count


def ablation_name(trained: TrainedNetwork, mnist: Mnist, block: int) -> str:
    """Under which name a session remembers to have asked for that chart."""
    return f"{trained.key}/{data_key(mnist)}/{block}"


def ablation(trained: TrainedNetwork, mnist: Mnist, block: int, count: int) -> tuple[int, list[int]]:
    """How many of the sample are classified correctly with all channels, and without each."""
    some = sample(mnist, count)
    return _ablation(trained.key, data_key(mnist), block, count, trained.model, some)


def channel_peaks(trained: TrainedNetwork, mnist: Mnist, layer: str) -> tuple[MaxActivations, Digits]:
    """Peaks of a layer's channels on a sample of test images, and this."""
    some = sample(mnist, sample_size(multiplications(cnn(trained)), len(mnist.test), PATIENT))
    return _peaks(trained.key, data_key(mnist), layer, trained.model, some.images), some


@st.cache_resource(max_entries=48, show_spinner=False)
def _answers(key: str, data: str, count: int, what: str, _model: nn.Module, _images: Tensor) -> Tensor:
    return logits(_model, _images, chunk=100)


@st.cache_resource(max_entries=32, show_spinner="Ablating each channel in turn…")
def _ablation(key: str, data: str, block: int, count: int, _model: nn.Module, _some: Digits) -> tuple[int, list[int]]:
    return without_each_channel(_model, block, _some.images, _some.labels)


@st.cache_resource(max_entries=24, show_spinner="Classifying the test images…")
def _peaks(key: str, data: str, layer: str, _model: nn.Module, _images: Tensor) -> MaxActivations:
    return max_activations(_model, layer, _images)
