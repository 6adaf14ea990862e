"""Is a network's confidence its accuracy? Calibration, and one number that improves it.

Of a hundred predictions with confidence 97% about 97 should be correct. Guo et al. ("On calibration of
modern neural networks", 2017) sort the predictions into bins by confidence and compare each bin's accuracy with
its mean confidence; the mean gap, weighted by how many predictions a bin holds, is the expected calibration
error (ECE). Their remedy is temperature scaling: divide all logits by one number T, found on images that
were neither trained on nor are reported on.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.config.errors import ConfigError
from core.config.proportion import Proportion

BINS = 15  # as in Guo et al.
COLDEST, HOTTEST = 0.05, 20.0  # a temperature beyond these says that there was nothing to fit
RESAMPLES = 400


@dataclass(frozen=True)
class Bin:
    """Predictions with confidence in (low, high]: how many, how many of them correct, their mean confidence.

    confidence is not a number where the bin is empty.
    """

    low: float
    high: float
    count: int
    correct: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """Share of right answers; not a number where the bin is empty."""
        return self.correct / self.count if self.count else float("nan")

    @property
    def ci95(self) -> tuple[float, float]:
        """The 95% interval of the accuracy (Wilson 1927)."""
        return Proportion(self.correct, self.count).interval


def confidence(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """(N,) float64: the largest probability of each answer, logits (N, K) divided by the temperature."""
    return (logits.double() / temperature).softmax(dim=1).amax(dim=1)


def reliability(confidence: Tensor, right: Tensor, bins: int = BINS) -> list[Bin]:
    """Answers sorted by confidence `confidence` (N,) in [0, 1] into bins of equal width; `right` (N,) Boolean."""
    place = _bin_of(confidence, bins)
    counts = torch.bincount(place, minlength=bins)
    corrects = torch.bincount(place[right], minlength=bins)
    sums = torch.bincount(place, weights=confidence.double(), minlength=bins)
    return [
        Bin(
            low=k / bins,
            high=(k + 1) / bins,
            count=int(counts[k]),
            correct=int(corrects[k]),
            confidence=float(sums[k] / counts[k]) if counts[k] else float("nan"),
        )
        for k in range(bins)
    ]


def ece(bins: list[Bin]) -> float:
    """Expected calibration error, a fraction: Σ count/N · |accuracy − confidence|; NaN without answers."""
    total = sum(part.count for part in bins)
    gaps = sum(part.count * abs(part.accuracy - part.confidence) for part in bins if part.count)
    return gaps / total if total else float("nan")


def ece_interval(
    confidence: Tensor, right: Tensor, bins: int = BINS, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The 95% bootstrap interval of the ECE: N answers drawn anew with replacement, `resamples` times.

    Chance gaps in small bins make every ECE a little too large, and one of resampled answers again; the basic
    bootstrap, 2·ECE − quantile, takes that off (Davison & Hinkley 1997). The low end stops at 0.
    """
    n = len(confidence)
    if n == 0:
        return 0.0, 1.0
    generator = torch.Generator().manual_seed(seed)
    place, gap = _bin_of(confidence, bins), right.double() - confidence.double()
    found = torch.empty(resamples, dtype=torch.float64)
    for draw in range(resamples):
        times = torch.bincount(torch.randint(n, (n,), generator=generator), minlength=n)
        found[draw] = torch.bincount(place, weights=gap * times, minlength=bins).abs().sum() / n
    own = float(torch.bincount(place, weights=gap, minlength=bins).abs().sum()) / n
    low, high = torch.quantile(found, torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return max(0.0, 2 * own - high), max(0.0, 2 * own - low)


def negative_log_likelihood(logits: Tensor, labels: Tensor, temperature: float = 1.0) -> float:
    """Mean of −log(probability of the label), in nats, with the logits (N, K) divided by the temperature."""
    return float(functional.cross_entropy(logits.double() / temperature, labels))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The T in [0.05, 20] whose logits/T give `labels` the least negative log-likelihood.

    T above 1 lowers the confidence, below 1 raises it; the prediction, the largest logit, stays the same.
    Give it validation images: fitted on the test images, the test would praise its own fit. Where every
    prediction is correct, more confidence is always better, and T is the smallest there is. Raises ConfigError
    without images.
    """
    from scipy.optimize import minimize_scalar

    if not len(labels):
        raise ConfigError("A temperature is fitted on validation images; there are none.")
    if bool((logits.argmax(dim=1) == labels).all()):
        return COLDEST
    found = minimize_scalar(
        lambda log_t: negative_log_likelihood(logits, labels, math.exp(log_t)),
        bounds=(math.log(COLDEST), math.log(HOTTEST)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return math.exp(float(found.x))


def _bin_of(confidence: Tensor, bins: int) -> Tensor:
    """(N,) int64: the bin (k/bins, (k + 1)/bins] of each confidence, 0 in the first."""
    return (confidence.double() * bins).ceil().long().sub(1).clamp(0, bins - 1)
