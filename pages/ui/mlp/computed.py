"""What the panels compute from a network, kept by the network's key so that it is computed once.

Everything here is shared by all sessions and read-only. The widest network has 16 layers of 4,096 units, so
what holds a number for every image and unit is bounded.
"""

import streamlit as st
from torch import Tensor, nn

from core.config.run import Reduction, RunConfig
from core.data.digits import Digits, Mnist
from core.data.splits import every_kth
from core.lessons.mlp.saturation import InitialState, compare_initializations
from core.lessons.mlp.weight_editing import Prepared
from core.models import linear_layers
from core.models.inspect.layer_signals import Gradients, Signals, gradients, signals
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.cached_results import data_key

SAMPLE = 2000  # test images that histograms of activations are made of, at most
ROOM = 150_000_000  # bytes that the numbers of one network on all its images may take


def prepared(trained: TrainedNetwork, mnist: Mnist) -> tuple[Prepared, Digits]:
    """The network's numbers on test images, ready for edits, and these: all, or as many as there is room for.

    Where there is no room for all, they are taken from the whole set at even distances: its two
    halves were written by different people.
    """
    count = _fitting(len(mnist.test), sum(trained.config.mlp.widths))
    return _prepared(trained.key, data_key(mnist), count, trained.model, mnist.test)


def sample_signals(trained: TrainedNetwork, mnist: Mnist, at_start: bool) -> Signals:
    """Signals of the first SAMPLE test images (fewer in a very wide network), trained or initial."""
    model = trained.initial if at_start else trained.model
    return _signals(trained.key, at_start, data_key(mnist), model, mnist.test.images[: sample_size(trained)])


def sample_size(trained: TrainedNetwork) -> int:
    """Of how many test images `sample_signals` holds the numbers (or of all, if there are fewer)."""
    return _fitting(SAMPLE, 2 * sum(trained.config.mlp.widths))


def batch_gradients(trained: TrainedNetwork, batch: Digits, name: str, at_start: bool, how: Reduction) -> Gradients:
    """Gradients on a batch (`name` tells it from other batches), trained or initial."""
    model = trained.initial if at_start else trained.model
    return _gradients(trained.key, at_start, name, how, model, batch)


def training_batch(mnist: Mnist, size: int, number: int) -> Digits:
    """Batch `number` (0 is the first) of the training images in the order of the file."""
    start = number * size
    return mnist.train.take(slice(start, start + size))


def layer_names(model: nn.Module) -> list[str]:
    """ "layer 1 (784 → 100)", … for every linear layer."""
    return [
        f"layer {number} ({weight.shape[1]} → {weight.shape[0]})"
        for number, (_, weight, _) in enumerate(linear_layers(model), start=1)
    ]


def initializations(config: RunConfig, mnist: Mnist) -> list[InitialState]:
    """The network of `config` with every initialization, on its first batch."""
    batch = training_batch(mnist, config.train.batch_size, 0)
    return _initializations(config, data_key(mnist), batch)


def _fitting(images: int, numbers: int) -> int:
    """How many of these images fit into ROOM, with so many float32 each."""
    return max(1, min(images, ROOM // (4 * numbers)))


@st.cache_resource(max_entries=4, show_spinner="Classifying the test images…")
def _prepared(key: str, data: str, count: int, _model: nn.Module, _test: Digits) -> tuple[Prepared, Digits]:
    some = every_kth(_test, count)
    return Prepared(_model, some.images), some


@st.cache_resource(max_entries=4, show_spinner=False)
def _signals(key: str, at_start: bool, data: str, _model: nn.Module, _images: Tensor) -> Signals:
    return signals(_model, _images)


@st.cache_resource(max_entries=4, show_spinner=False)
def _gradients(key: str, at_start: bool, name: str, how: Reduction, _model: nn.Module, _batch: Digits) -> Gradients:
    return gradients(_model, _batch.images, _batch.labels, how)


@st.cache_resource(max_entries=16, show_spinner=False)
def _initializations(config: RunConfig, data: str, _batch: Digits) -> list[InitialState]:
    return compare_initializations(config.mlp, _batch, config.train.seed, config.train.reduction)
