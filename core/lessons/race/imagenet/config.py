"""What decides a race on an image, as a frozen dataclass that refuses nonsense with a sentence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.validation import is_number, one_of, require, whole
from core.lessons.race.imagenet.classifiers import LEOPARD

FEWEST, MOST = 10, 200  # iterations


@dataclass(frozen=True)
class ImageRaceConfig:
    """A targeted attack on a frozen classifier, once per optimizer, all at one learning rate.

    recipe: the experiment it came from. classifier: a name in `classifiers`. photos: names in `photos` that
    are attacked one after another. target: the class wanted, 0…999. optimizers: names in
    core.config.optimizers. lr: the learning rate that all of them share. iterations: steps, 10…200. clip: keep
    every pixel in [0, 1] after each step (the book chapter does not).
    """

    recipe: str = "optimizer-race-image"
    classifier: str = "efficientnet-lite0"
    photos: tuple[str, ...] = ("china", "flower", "chelsea", "coffee")
    target: int = LEOPARD
    optimizers: tuple[str, ...] = ("sgd", "rmsprop", "adam")
    lr: float = 0.01
    iterations: int = 100
    clip: bool = False

    def __post_init__(self) -> None:
        from core.lessons.race.imagenet.classifiers import CLASSIFIERS  # dicts of choices live with their code
        from core.lessons.race.imagenet.photos import PHOTOS

        one_of(self.classifier, tuple(CLASSIFIERS), "The classifier")
        require(len(self.photos) > 0, "The race needs at least one photo.")
        for photo in self.photos:
            one_of(photo, tuple(PHOTOS), "The photo")
        require(len(self.optimizers) > 0, "A race needs at least one optimizer.")
        require(len(set(self.optimizers)) == len(self.optimizers), "Name each optimizer once.")
        for name in self.optimizers:
            one_of(name, tuple(OPTIMIZERS), "The optimizer")
        whole(self.target, 0, 999, "The target class")
        whole(self.iterations, FEWEST, MOST, "Iterations")
        require(
            is_number(self.lr) and 0 < self.lr <= 100,
            f"The learning rate must be more than 0 and at most 100; it is {self.lr!r}.",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal config."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe such a race."""
        try:
            plain: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
            }
            return cls(**plain)
        except (TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe a race on an image: {error}.") from error
