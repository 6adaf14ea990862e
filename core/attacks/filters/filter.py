"""What every input filter says of itself."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from core.config.validation import is_number, require


@dataclass(frozen=True)
class InputFilter:
    """A choice in FILTERS.

    title, idea, paper: for people. unit: names the strength, with its unit. strengths: those on offer, from
    weak to strong; default: one of them. module: strength and seed to a module, images (N, 1, 28, 28) to
    images of the same shape. random: it draws numbers, so the same image may be classified differently when
    it comes again.
    """

    title: str
    idea: str
    paper: str
    unit: str
    strengths: tuple[float, ...]
    default: float
    module: Callable[[float, int], nn.Module]
    random: bool = False

    def make(self, strength: float, seed: int = 0) -> nn.Module:
        """The filter at that strength. Raises ConfigError outside the range of strengths."""
        low, high = min(self.strengths), max(self.strengths)
        require(
            is_number(strength) and low <= strength <= high,
            f"{self.title}: {self.unit} must lie between {low:g} and {high:g}; it is {strength!r}.",
        )
        return self.module(strength, seed)
