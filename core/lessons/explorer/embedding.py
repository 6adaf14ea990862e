"""Maps of digits: 784 dimensions squeezed into two or three, so that likeness becomes nearness.

PCA turns the cloud of images until its widest directions lie flat, and drops the rest: distances on the map
are shadows of true ones. t-SNE keeps neighbors together and lets far distances mean nothing.
Sources: Pearson 1901; van der Maaten & Hinton, "Visualizing Data using t-SNE", 2008.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.data.digits import CLASSES, Digits
from core.models.threads import one_thread
from core.training import memory

Floats = npt.NDArray[np.float32]
BEFORE_TSNE = 50  # dimensions PCA leaves for t-SNE: faster, and the dropped ones are mostly noise


@dataclass(frozen=True, eq=False)
class Map:
    """Places of N images: points (N, 2) or (N, 3); explained: variance each PCA axis keeps, () for t-SNE."""

    points: Floats
    explained: tuple[float, ...]


def balanced_sample(digits: Digits, count: int, seed: int = 0) -> Tensor:
    """Positions (n,) of about `count` images, as many of each digit, drawn by the seed; ascending int64."""
    generator = torch.Generator().manual_seed(seed)
    each = max(1, count // CLASSES)
    drawn = []
    for digit in range(CLASSES):
        places = digits.of_class(digit)
        drawn.append(places[torch.randperm(len(places), generator=generator)[:each]])
    return torch.cat(drawn).sort().values


def pca_map(images: Tensor, dimensions: int = 2) -> Map:
    """The `dimensions` directions in which the images (N, 1, 28, 28) differ most; always the same answer."""
    from sklearn.decomposition import PCA

    pca = PCA(dimensions, svd_solver="covariance_eigh")
    with one_thread():
        points = pca.fit_transform(images.flatten(1).double().numpy())
    return Map(points.astype(np.float32), tuple(float(share) for share in pca.explained_variance_ratio_))


def tsne_map(images: Tensor, perplexity: float = 30.0, seed: int = 0) -> Map:
    """A t-SNE map of images (N, 1, 28, 28) in 2-D.

    perplexity: roughly how many neighbors each image tries to keep close.
    About 3 s for 1,000 images on one core; the same seed gives the same map.
    """
    from sklearn.manifold import TSNE

    memory.check(memory.of_map(len(images)), "This map", lower="the number of images")
    wide = pca_map(images, min(BEFORE_TSNE, len(images))).points
    perplexity = min(perplexity, (len(images) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, n_jobs=1)
    with one_thread():
        return Map(tsne.fit_transform(wide).astype(np.float32), ())
