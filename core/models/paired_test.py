"""Two results on the same images: what differs, and whether chance alone would do as much.

On the same images most answers agree, and only those that do not say anything: compared so, a difference is
seen with far fewer images than from two separate intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass


def sign_test_p_value(against: int, in_favor: int, share: float = 0.5) -> float:
    """Probability that chance alone puts at least `against` of all on one side (exact, one-sided).

    share: how likely each is to fall to that side. With 1/2 this is the sign test (McNemar 1947); 1 where
    there is nothing to judge.
    """
    from scipy.stats import binomtest  # half a second to import: only when something is judged

    total = against + in_favor
    return float(binomtest(against, total, share, alternative="greater").pvalue) if total else 1.0


@dataclass(frozen=True)
class Paired:
    """Two networks, or one in two states, on the same n images.

    first_only, second_only: images that only the one or only the other reads correctly.
    """

    n: int
    first_only: int
    second_only: int

    @property
    def difference(self) -> float:
        """Accuracy of the first minus that of the second, a fraction; 0 without images."""
        return (self.first_only - self.second_only) / self.n if self.n else 0.0

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the difference: Wald's, half an image added to each cell (Agresti & Min 2005)."""
        n, b, c = self.n + 2, self.first_only + 0.5, self.second_only + 0.5
        middle = (b - c) / n
        reach = 1.96 * (b + c - (b - c) ** 2 / n) ** 0.5 / n
        return max(-1.0, middle - reach), min(1.0, middle + reach)

    @property
    def p(self) -> float:
        """How often chance alone gives as large a difference in either direction."""
        larger, smaller = sorted((self.first_only, self.second_only), reverse=True)
        return min(1.0, 2 * sign_test_p_value(larger, smaller))


def paired(first: Sequence[bool], second: Sequence[bool]) -> Paired:
    """From whether each image was read correctly by the first and by the second. Same images, same order."""
    pairs = list(zip(first, second, strict=True))
    return Paired(len(pairs), sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))
