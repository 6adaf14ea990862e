"""What decides a regression: the curve to learn, the points that show it, and the network that learns it."""

import math
from dataclasses import dataclass

from core.config.choices import ACTIVATIONS, INITIALIZATIONS, TARGETS, Activation, Initialization, Target
from core.config.errors import ConfigError
from core.config.validation import is_number, one_of, require, whole

MOST_POINTS = 5000


@dataclass(frozen=True)
class CurveConfig:
    """Points on a curve, to train on and to validate with; as the test, others of the same curve.

    target: the curve, a name in core.data.points.CURVES, or "placed": the points in `placed`. low, high: the
    interval of x. points: how many to train on and to validate with, 2…5,000. noise: standard deviation of
    what is added to y, in the units of y. points_seed: draws x (uniform) and noise. placed: (x, y) pairs that
    somebody placed; every fifth of them is kept for the test.
    """

    target: Target = "sine"
    low: float = -2 * math.pi
    high: float = 2 * math.pi
    points: int = 200
    noise: float = 0.0
    points_seed: int = 0
    placed: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        one_of(self.target, TARGETS, "The curve")
        for name in ("low", "high"):
            value = getattr(self, name)
            require(is_number(value) and abs(value) <= 1000, f"{name} must be a number within ±1,000.")
        require(self.low < self.high, f"The interval from {self.low:g} to {self.high:g} is empty.")
        whole(self.points, 2, MOST_POINTS, "Points")
        require(
            is_number(self.noise) and 0 <= self.noise <= 100, f"Noise must lie between 0 and 100; it is {self.noise!r}."
        )
        whole(self.points_seed, 0, 2**31 - 1, "The seed of the points")
        object.__setattr__(self, "placed", _pairs(self.placed))
        require(
            all(math.isfinite(x) and math.isfinite(y) for x, y in self.placed) and len(self.placed) <= MOST_POINTS,
            f"Placed points are at most {MOST_POINTS:,} pairs of numbers.",
        )
        if self.target == "placed":
            require(len(self.placed) >= 5, "Place at least 5 points first.")

    @property
    def learned(self) -> int:
        """How many points there are to train on and to validate with; every fifth placed one tests."""
        return len(self.placed) - len(self.placed) // 5 if self.target == "placed" else self.points


def _pairs(placed: object) -> tuple[tuple[float, float], ...]:
    """Pairs of numbers as pairs of floats. Raises ConfigError for anything else."""
    try:
        return tuple((float(x), float(y)) for x, y in placed)  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise ConfigError("Placed points are pairs of numbers, such as [[0, 1], [2, 0.5]].") from error


@dataclass(frozen=True)
class RegressorConfig:
    """A fully connected network from one number to one number: 1 → hidden… → 1.

    hidden: widths, up to 8 layers of 1…512. activation, init, init_output: as in MLPConfig.
    """

    hidden: tuple[int, ...] = (16,)
    activation: Activation = "tanh"
    init: Initialization = "pytorch"
    init_output: Initialization = "pytorch"

    def __post_init__(self) -> None:
        require(len(self.hidden) <= 8, f"At most 8 hidden layers, please; these are {len(self.hidden)}.")
        for number, width in enumerate(self.hidden, start=1):
            whole(width, 1, 512, f"The width of hidden layer {number}")
        one_of(self.activation, ACTIVATIONS, "The activation")
        one_of(self.init, INITIALIZATIONS, "The initialization")
        one_of(self.init_output, INITIALIZATIONS, "The initialization")

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer, the input's one and the output's one included."""
        return (1, *self.hidden, 1)

    @property
    def family(self) -> str:
        """It is written in one way only."""
        return "regressor"
