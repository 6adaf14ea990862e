"""Which learning rate suits each optimizer on this image? A few iterations at each of six rates.

One rate for all is no fair race: Adam's and RMSprop's steps are about as long as the rate says, whatever the
gradient; SGD's shrink with the gradient, and a gradient over 150,000 pixels is small at each of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from torch import Tensor

from core.config.validation import require
from core.lessons.race.imagenet.classifiers import Classifier
from core.lessons.race.imagenet.race import Lane, at_rates

RATES = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
TRIES = 15  # iterations at each rate


@dataclass(frozen=True)
class Tried:
    """What `iterations` steps at one rate led to; loss is infinite if it was no number any more."""

    optimizer: str
    rate: float
    iterations: int
    loss: float
    l2: float
    linf: float


class RateSweep:
    """Every optimizer at every rate, one after the other, each from the same picture."""

    def __init__(
        self,
        classifier: Classifier,
        picture: Tensor,
        target: int,
        optimizers: Sequence[str],
        *,
        rates: Sequence[float] = RATES,
        iterations: int = TRIES,
        clip: bool = False,
    ) -> None:
        require(len(optimizers) > 0 and len(rates) > 0, "A sweep needs at least one optimizer and one learning rate.")
        self.classifier, self.picture, self.target = classifier, picture, target
        self.optimizers, self.rates = tuple(optimizers), tuple(rates)
        self.iterations, self.clip = iterations, clip
        self.tried: list[Tried] = []
        self._lane: Lane | None = None

    @property
    def total(self) -> int:
        """Looks at a picture from start to end."""
        return len(self.optimizers) * len(self.rates) * (self.iterations + 1)

    @property
    def done(self) -> int:
        """How many of them are behind us; a rate given up counts as a whole one."""
        now = 0 if self._lane is None else len(self._lane.moments)
        return len(self.tried) * (self.iterations + 1) + now

    @property
    def finished(self) -> bool:
        """Whether every rate was tried."""
        return len(self.tried) == len(self.optimizers) * len(self.rates)

    def turns(self) -> Iterator[Lane]:
        """One iteration at a time, the lane yielded; it may be left and called again to go on."""
        pairs = [(name, rate) for name in self.optimizers for rate in self.rates]
        while not self.finished:
            name, rate = pairs[len(self.tried)]
            if self._lane is None:
                optimizer = at_rates({name: rate})[name]
                self._lane = Lane(self.classifier, self.picture, self.target, optimizer, clip=self.clip)
            lane = self._lane
            last = lane.advance(step=len(lane.moments) < self.iterations)
            if lane.diverged or len(lane.moments) > self.iterations:
                loss = last.loss if isfinite(last.loss) else inf
                self.tried.append(Tried(name, rate, last.iteration, loss, last.l2, last.linf))
                self._lane = None
            yield lane

    def best(self) -> dict[str, Tried]:
        """Each optimizer's try with the lowest loss; of equal ones the smallest rate."""
        found: dict[str, Tried] = {}
        for name in self.optimizers:
            own = [tried for tried in self.tried if tried.optimizer == name]
            if own:
                found[name] = min(own, key=lambda tried: (tried.loss, tried.rate))
        return found
