"""A walk down a curve and what decides it: the curve, the start, the optimizer, and when to stop."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.config.validation import is_number, one_of, require, whole
from core.lessons.race.descent.curves import CURVES, minima, values
from core.lessons.race.descent.paths import LONGEST, Numbers, Path, follow


@dataclass(frozen=True)
class DescentConfig:
    """Gradient descent on one of core.lessons.race.descent.curves' CURVES, as the book's chapter does it.

    start: x₀, −10…10. updates: at most so many, 1…5,000. tolerance: stop once the value is that near to the
    one at the bottom of the valley; 0 never stops. ascent: climb instead, x + lr · slope, as FGSM does with
    an image. The defaults are the chapter's (its x₀ is a random whole number from 1 to 10; 6 gives the trace
    it prints). Raises ConfigError for settings out of range.
    """

    recipe: str = "gd-demo"
    curve: str = "parabola"
    start: float = 6.0
    optimizer: OptimizerConfig = field(default_factory=lambda: OptimizerConfig("sgd", {"lr": 0.1}))
    updates: int = 99
    tolerance: float = 0.01
    ascent: bool = False

    def __post_init__(self) -> None:
        one_of(self.curve, tuple(CURVES), "The curve")
        require(
            is_number(self.start) and -10 <= self.start <= 10,
            f"The start must be a number from -10 to 10; it is {self.start!r}.",
        )
        whole(self.updates, 1, LONGEST, "The number of updates")
        require(
            is_number(self.tolerance) and self.tolerance >= 0,
            f"The tolerance must be a number of at least 0; it is {self.tolerance!r}.",
        )

    @property
    def plain(self) -> bool:
        """Whether every step is lr · slope: no memory, and one learning rate."""
        optimizer = self.optimizer
        kind = OPTIMIZERS[optimizer.name].rule.kind(optimizer.settings)
        return kind == "gradient" and not optimizer.settings.get("decay")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "recipe": self.recipe,
            "curve": self.curve,
            "start": float(self.start),
            "optimizer": {"name": self.optimizer.name, "settings": dict(self.optimizer.settings)},
            "updates": self.updates,
            "tolerance": float(self.tolerance),
            "ascent": self.ascent,
        }


def walk(config: DescentConfig) -> Path:
    """The path that `config` describes; it ends early once the value is within `tolerance` of the bottom."""
    curve = config.curve
    bottoms = {bottom: float(values(curve, np.array([bottom]))[0]) for bottom in minima(curve)}

    def done(point: Numbers, value: float) -> bool:
        nearest = min(bottoms, key=lambda bottom: abs(bottom - point[0]))
        return bool(config.tolerance) and abs(value - bottoms[nearest]) <= config.tolerance

    return follow(
        lambda at: CURVES[curve].f(at).sum(),
        [config.start],
        config.optimizer,
        config.updates,
        ascent=config.ascent,
        done=done,
    )
