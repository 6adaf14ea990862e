"""What panels compute from any network, kept by the network's key so that it is computed once.

Everything here is shared by all sessions and read-only.
"""

import streamlit as st
from torch import Tensor, nn

from core.data.digits import Mnist
from core.models.evaluation import logits, predict
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell import cache


def data_key(mnist: Mnist) -> str:
    """Names the digits in use: other digits, other results."""
    return f"{mnist.source}/{mnist.size}"


def probabilities(trained: TrainedNetwork, mnist: Mnist) -> Tensor:
    """(N, 10) for every test image."""
    return _probabilities(trained.key, data_key(mnist), trained.model, mnist.test.images)


def which_images(mnist: Mnist, count: int) -> str:
    """Says which test images a number was measured on: `count` of them."""
    total = f"{len(mnist.test):,}"
    whole = f"MNIST's {total}" if mnist.size == "full" else f"the {total} bundled"
    return f"{whole} test images" if count == len(mnist.test) else f"{count:,} of {whole} test images"


def not_finite(trained: TrainedNetwork) -> str | None:
    """What of a diverged network is infinite or no number: "weights", or else "outputs"; None if it is sound.

    Finite weights can be so large that the outputs are not: a hundred images tell.
    """
    mnist = cache.mnist()
    return _not_finite(trained.key, data_key(mnist), trained.model, mnist.test.images[:100])


@st.cache_resource(max_entries=8, show_spinner="Reading the test images…")
def _probabilities(key: str, data: str, _model: nn.Module, _images: Tensor) -> Tensor:
    return predict(_model, _images)


@st.cache_resource(max_entries=64, show_spinner=False)
def _not_finite(key: str, data: str, _model: nn.Module, _images: Tensor) -> str | None:
    if not all(bool(tensor.isfinite().all()) for tensor in _model.state_dict().values()):
        return "weights"
    return None if bool(logits(_model, _images).isfinite().all()) else "outputs"
