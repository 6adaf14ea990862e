"""What the Data Explorer works out once for all sessions. Results are shared: read them, never change them.

Every function takes `of`, the name of the data in use, so that a download makes all of it new.
"""

import streamlit as st
import torch

from core.data import Digits
from core.data import statistics as stats
from core.lessons.explorer import embedding, outliers
from core.lessons.explorer.shuffled_pixels import ShuffleResult, compare
from core.models.inspect.nearest_centroid import BaselineScore, NearestCentroid, fit, score
from core.models.threads import one_thread
from pages.ui.kit.shell.cache import mnist


def data_name() -> str:
    """Changes when the data in use change."""
    data = mnist()
    return f"{data.source}-{len(data.train)}"


def digits(split: str) -> Digits:
    """The digits of "train" or "test"."""
    data = mnist()
    return data.test if split == "test" else data.train


@st.cache_resource(show_spinner=False, max_entries=50)
def places_of(of: str, split: str, digit: int | None) -> torch.Tensor:
    """Positions of one digit's images, of all images for None."""
    chosen = digits(split)
    return torch.arange(len(chosen)) if digit is None else chosen.of_class(digit)


@st.cache_resource(show_spinner=False, max_entries=4)
@one_thread()
def class_pictures(of: str, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Average and standard-deviation images of the ten classes, each (10, 28, 28)."""
    return stats.class_means(digits(split)), stats.class_stds(digits(split))


@st.cache_resource(show_spinner=False, max_entries=4)
@one_thread()
def mean_std(of: str, split: str) -> tuple[float, float]:
    """Mean and standard deviation of all pixels."""
    return stats.mean_std(digits(split).images)


@st.cache_resource(show_spinner=False, max_entries=50)
@one_thread()
def histogram(of: str, split: str, digit: int | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Edges and shares of 32 bins of pixel values."""
    chosen = digits(split)
    images = chosen.images if digit is None else chosen.images[chosen.of_class(digit)]
    return stats.pixel_histogram(images)


@st.cache_resource(show_spinner=False, max_entries=20)
def sample(of: str, count: int, seed: int) -> torch.Tensor:
    """Positions of a balanced sample of the training images."""
    return embedding.balanced_sample(mnist().train, count, seed)


@st.cache_resource(show_spinner="Computing principal components…", max_entries=20)
def pca(of: str, count: int, seed: int, dimensions: int) -> embedding.Map:
    """A PCA map of the sample."""
    return embedding.pca_map(mnist().train.images[sample(of, count, seed)], dimensions)


@st.cache_resource(show_spinner="Running t-SNE, a few seconds…", max_entries=20)
def tsne(of: str, count: int, seed: int, perplexity: float) -> embedding.Map:
    """A t-SNE map of the sample."""
    return embedding.tsne_map(mnist().train.images[sample(of, count, seed)], perplexity, seed)


@st.cache_resource(show_spinner=False, max_entries=50)
@one_thread()
def baseline(of: str, per_class: int | None, seed: int) -> tuple[NearestCentroid, BaselineScore]:
    """The nearest-centroid classifier from `per_class` images each, and its score on the test images."""
    model = fit(mnist().train, per_class, seed)
    return model, score(model, mnist().test)


@st.cache_resource(show_spinner="Comparing all pairs…", max_entries=20)
@one_thread()
def odd_ones(of: str, split: str, digit: int) -> tuple[outliers.Outliers, outliers.Pairs]:
    """The outliers of a class and its closest pairs."""
    chosen = digits(split)
    return outliers.farthest(chosen, digit, 20), outliers.closest_pairs(chosen, digit, 6)


@st.cache_resource(show_spinner=False, max_entries=10)
def shuffle(of: str, pixel_seed: int, _bar: object) -> ShuffleResult:
    """Train on plain and on shuffled pixels; `_bar` is a progress bar, or None."""
    report = (lambda share: _bar.progress(share, "Training twice…")) if hasattr(_bar, "progress") else None
    return compare(mnist().train, mnist().test, pixel_seed=pixel_seed, progress=report)
