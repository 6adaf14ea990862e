"""k of n, and where the share of endlessly many such cases lies."""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist


@dataclass(frozen=True)
class Proportion:
    """k of n cases: k images of n classified correctly, say. 0 <= k <= n."""

    k: int
    n: int

    @property
    def share(self) -> float:
        """k/n, in [0, 1]; not a number where n is 0."""
        return self.k / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share (Wilson 1927), as fractions in [0, 1]; (0, 1) where n is 0.

        Unlike p ± 1.96·√(p(1−p)/n) it stays inside [0, 1] and is right near the ends. The same as
        scipy.stats.binomtest(k, n).proportion_ci(0.95, "wilson"), which takes half a second to import when the
        first score is shown.
        """
        return _wilson(self.k, self.n)

    def below(self, other: "Proportion") -> bool:
        """Whether it lies below the other for sure: the intervals do not meet."""
        return self.interval[1] < other.interval[0]

    def apart(self, other: "Proportion") -> bool:
        """Whether one of the two lies below the other for sure."""
        return self.below(other) or other.below(self)


def proportion(share: float, n: int) -> Proportion:
    """The proportion whose share of n was written down: k is the nearest whole number."""
    return Proportion(round(share * n), n)


@cache
def _wilson(k: int, n: int) -> tuple[float, float]:
    if n == 0:
        return 0.0, 1.0
    share, z2 = k / n, NormalDist().inv_cdf(0.975) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return (0.0 if k == 0 else middle - reach), (1.0 if k == n else middle + reach)
