"""What is done to the training digits before a network sees them: faults, for experiments."""

from dataclasses import dataclass

from core.config.validation import is_number, require, whole


@dataclass(frozen=True)
class DigitsConfig:
    """Faults in the training digits; the test digits stay as they are.

    share: of the training images that is used, the same of every digit, in (0, 1]. flipped: share of them
    that get a wrong label, drawn at random among the other nine, in [0, 1]. rare: a digit of which only
    `rare_share` is left, or None. pixel_noise: standard deviation of a normal random number added to every
    pixel, clipped to [0, 1]. faults_seed: draws all of it.
    """

    share: float = 1.0
    flipped: float = 0.0
    rare: int | None = None
    rare_share: float = 0.1
    pixel_noise: float = 0.0
    faults_seed: int = 0

    def __post_init__(self) -> None:
        for name, low, words in (
            ("share", 0.001, "The share of training images"),
            ("flipped", 0.0, "The share of wrong labels"),
            ("rare_share", 0.0, "What is left of the rare digit"),
            ("pixel_noise", 0.0, "Pixel noise"),
        ):
            value = getattr(self, name)
            require(is_number(value) and low <= value <= 1, f"{words} must lie between {low:g} and 1; it is {value!r}.")
        if self.rare is not None:
            whole(self.rare, 0, 9, "The rare digit")
        whole(self.faults_seed, 0, 2**31 - 1, "The seed of the faults")

    @property
    def any(self) -> bool:
        """Whether anything is changed at all."""
        return self.share < 1 or self.flipped > 0 or self.rare is not None or self.pixel_noise > 0
