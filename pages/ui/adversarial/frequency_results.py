"""What "Why it works" computes from many test images, kept so that each is computed once.

Everything here is shared by all sessions; the dictionary of scores alone grows.
"""

import streamlit as st
from torch import Tensor, nn

from core.data.digits import Mnist
from core.data.splits import every_kth
from core.lessons.adversarial.frequencies import Part, PartScore, Spectrum, spectrum
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.widgets.cached_results import data_key

#: A part, its cut-off (None where it has none), the L2 it is brought to.
Point = tuple[Part, int | None, float]


def gradients(trained: TrainedNetwork, mnist: Mnist, count: int) -> Tensor:
    """(count, 1, 28, 28): the gradient of each of the sample's losses with respect to its pixels."""
    return _gradients(trained.key, data_key(mnist), count, trained.model, mnist)


def spectra(trained: TrainedNetwork, mnist: Mnist, count: int) -> dict[str, Spectrum]:
    """Of the images, of the gradients and of the gradients' signs."""
    return _spectra(trained.key, data_key(mnist), count, trained, mnist)


def scores(trained: TrainedNetwork, mnist: Mnist, count: int, after_clipping: bool) -> dict[Point, PartScore]:
    """Everything measured so far on this sample."""
    return _scores(trained.key, data_key(mnist), count, after_clipping)


@st.cache_resource(max_entries=8, show_spinner="Computing gradients…")
def _gradients(key: str, data: str, count: int, _model: nn.Module, _mnist: Mnist) -> Tensor:
    digits = every_kth(_mnist.test, count)
    return pixel_gradient(_model, digits.images, digits.labels)


@st.cache_resource(max_entries=16, show_spinner=False)
def _spectra(key: str, data: str, count: int, _trained: TrainedNetwork, _mnist: Mnist) -> dict[str, Spectrum]:
    found = gradients(_trained, _mnist, count)
    return {
        "image": spectrum(every_kth(_mnist.test, count).images),
        "gradient": spectrum(found),
        "sign of the gradient": spectrum(found.sign()),
    }


@st.cache_resource(max_entries=32, show_spinner=False)
def _scores(key: str, data: str, count: int, after_clipping: bool) -> dict[Point, PartScore]:
    return {}
