"""What every filter says of itself."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from core.config.validation import is_number, require


@dataclass(frozen=True)
class Defense:
    """A choice in DEFENSES.

    title, idea, paper: for people. what: names the strength, with its unit. strengths: those on offer,
    from weak to strong; default: one of them. random: it draws numbers, so the same picture may be read
    differently when it comes again. filter: strength and seed to a module, images (N, 1, 28, 28) to images of
    the same shape.
    """

    title: str
    idea: str
    paper: str
    what: str
    strengths: tuple[float, ...]
    default: float
    filter: Callable[[float, int], nn.Module]
    random: bool = False

    def make(self, strength: float, seed: int = 0) -> nn.Module:
        """The filter at that strength. Raises ConfigError outside the range of strengths."""
        low, high = min(self.strengths), max(self.strengths)
        require(
            is_number(strength) and low <= strength <= high,
            f"{self.title}: {self.what} must lie between {low:g} and {high:g}; it is {strength!r}.",
        )
        return self.filter(strength, seed)
