"""What attacks leave of some images, behind a filter and without it, and what of that the filter only hides.

Each image has a mark: the share of its readings that were right, 0 or 1 where it is read once. A network
that answers at random must be read several times: else the unluckiest of many readings counts as an attack.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.models.paired_test import sign_test_p_value

PerImageAccuracy = tuple[float, ...]
READINGS = 5  # of every attacked image behind a filter that draws numbers


@dataclass(frozen=True)
class Gap:
    """Marks of the same images in two states, first minus second, one number an image, −1…1."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The difference of the two accuracies, a fraction."""
        return sum(self.values) / len(self.values) if self.values else 0.0

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the mean: normal, half an image added to each side (as Agresti & Min 2005)."""
        n = len(self.values) + 2
        middle = sum(self.values) / n
        squares = sum(value * value for value in self.values) + 1
        reach = 1.96 * max(0.0, squares / n - middle * middle) ** 0.5 / n**0.5
        return max(-1.0, middle - reach), min(1.0, middle + reach)

    @property
    def p(self) -> float:
        """How often chance alone puts as many images on one side, either one (sign test)."""
        sides = sum(value > 0 for value in self.values), sum(value < 0 for value in self.values)
        return min(1.0, 2 * sign_test_p_value(max(sides), min(sides)))


def gap(first: Sequence[float], second: Sequence[float]) -> Gap:
    """From the marks of the same images in the same order."""
    return Gap(tuple(a - b for a, b in zip(first, second, strict=True)))


def left_of(marks: dict[str, PerImageAccuracy], names: Sequence[str], *, random: bool) -> PerImageAccuracy:
    """What several attacks leave together: an image that one of them wins is lost.

    random: the network answers at random; then it is what the strongest single attack leaves, since an image
    that is read anew after each attack is misread once by luck alone.
    """
    if random:
        return marks[strongest(marks, names)]
    return tuple(min(image) for image in zip(*(marks[name] for name in names), strict=True))


def strongest(marks: dict[str, PerImageAccuracy], names: Sequence[str]) -> str:
    """The attack that leaves the fewest; the first of equal ones."""
    return min(names, key=lambda name: sum(marks[name]))


def hidden(
    whole: dict[str, PerImageAccuracy], bare: dict[str, PerImageAccuracy], through: Sequence[str], *, random: bool
) -> Gap:
    """What the attacks that are not in `through` win besides, less what they win without the filter.

    More attacks win more on any network; only what they win beyond that was hidden by the filter. whole,
    bare: the marks after the same attacks, behind the filter and without it.
    """
    extra = [
        gap(left_of(side, through, random=random), left_of(side, list(side), random=random)).values
        for side in (whole, bare)
    ]
    return gap(*extra)
