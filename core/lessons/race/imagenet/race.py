"""Optimizers race on one picture: each changes its own copy until a frozen classifier sees the target.

The experiment of the book's chapter. The network is in evaluation mode and its weights stay; only the picture
has gradients. It lives in the classifier's normalized space, and the loss is the cross-entropy towards the
target class, so a step changes what the network *sees*. Nothing keeps pixels within [0, 1] unless `clip` says
so. A lane knows nothing of the others: who else runs changes none of its numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import torch
from torch import Tensor
from torch.nn import functional

from core.config.run import OptimizerConfig
from core.config.validation import require
from core.lessons.race.imagenet.classifiers import Classifier
from core.training.optimizers import build_optimizer


@dataclass(frozen=True)
class Moment:
    """Where a lane stands after `iteration` steps (0: the picture as it was).

    loss: cross-entropy towards the target in nats. probability: the target's. top: five likeliest classes,
    (name, probability). l2, linf: size of the perturbation in pixels, where white − black = 1: its length
    over all values, and its largest value. outside: share of values that are no valid pixels (below 0 or
    above 1).
    """

    iteration: int
    loss: float
    probability: float
    top: tuple[tuple[str, float], ...]
    l2: float
    linf: float
    outside: float


class Lane:
    """One optimizer and its own copy of the picture."""

    def __init__(
        self, classifier: Classifier, picture: Tensor, target: int, optimizer: OptimizerConfig, *, clip: bool = False
    ) -> None:
        """picture: (C, H, W) in [0, 1]. target: a class, 0…len(classifier.labels) − 1."""
        require(
            0 <= target < len(classifier.labels),
            f"{classifier.title} has classes 0 to {len(classifier.labels) - 1}; there is no {target}.",
        )
        self.classifier, self.target, self.config, self.clip = classifier, target, optimizer, clip
        self.start = picture
        seen = classifier.normalize(picture).unsqueeze(0).contiguous(memory_format=torch.channels_last)
        self.seen = seen.clone().requires_grad_()  # the only thing that learns
        self.optimizer = build_optimizer(optimizer, [self.seen])
        self.moments: list[Moment] = []

    @property
    def last(self) -> Moment:
        """The newest moment."""
        return self.moments[-1]

    @property
    def diverged(self) -> bool:
        """Whether its loss is no number any more; it makes no further step then."""
        return bool(self.moments) and not isfinite(self.last.loss)

    @property
    def reached(self) -> Moment | None:
        """The first moment at which the target was the likeliest class."""
        wanted = self.classifier.labels[self.target]
        return next((m for m in self.moments if isfinite(m.loss) and m.top[0][0] == wanted), None)

    def advance(self, *, step: bool = True) -> Moment:
        """Look at the picture as it is, note the moment, and (where `step`) make the optimizer's step."""
        self.optimizer.zero_grad()
        scores = self.classifier.model(self.seen)
        loss = functional.cross_entropy(scores, torch.tensor([self.target]))
        self.moments.append(self._moment(float(loss.detach()), scores.detach()[0]))
        if step and not self.diverged:
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            if self.clip:
                self._clip()
        return self.last

    def pixels(self) -> Tensor:
        """The picture as it is now, (C, H, W); not clipped to [0, 1]."""
        return self.classifier.denormalize(self.seen.detach()[0]).contiguous()

    def perturbation(self) -> Tensor:
        """What was added to the picture, (C, H, W), in pixels: exactly zero before the first step."""
        start = self.classifier.normalize(self.start)
        return ((self.seen.detach()[0] - start) * self.classifier.std).contiguous()

    def _moment(self, loss: float, scores: Tensor) -> Moment:
        chances = torch.softmax(scores, dim=0)
        change, pixels = self.perturbation(), self.pixels()
        outside = ((pixels < -_ROUNDING) | (pixels > 1 + _ROUNDING)).float().mean()
        return Moment(
            iteration=len(self.moments),
            loss=loss,
            probability=float(chances[self.target]),
            top=self.classifier.top(chances),
            l2=float(change.norm()),
            linf=float(change.abs().max()),
            outside=float(outside),
        )

    @torch.no_grad()
    def _clip(self) -> None:
        """Back to valid pixels: the nearest picture that a file could hold."""
        lowest = self.classifier.normalize(torch.zeros_like(self.start))
        highest = self.classifier.normalize(torch.ones_like(self.start))
        self.seen.copy_(torch.minimum(torch.maximum(self.seen, lowest), highest))


_ROUNDING = 1e-5  # black and white come back from the classifier's space a rounding error beside 0 and 1


class Race:
    """Several lanes over the same picture, advanced in turns.

    race = Race(classifier, picture, 288, at_rates({"sgd": 0.01, "adam": 0.01}), 100)
    for lane in race.turns(): ...
    """

    def __init__(
        self,
        classifier: Classifier,
        picture: Tensor,
        target: int,
        optimizers: Mapping[str, OptimizerConfig],
        iterations: int,
        *,
        clip: bool = False,
    ) -> None:
        """optimizers: the lane's name → its optimizer. iterations: steps of each lane."""
        require(len(optimizers) > 0, "Choose at least one optimizer.")
        self.iterations = iterations
        self.lanes = {
            name: Lane(classifier, picture, target, optimizer, clip=clip) for name, optimizer in optimizers.items()
        }

    @property
    def total(self) -> int:
        """Looks at a picture from start to end: each lane's start and one after each step."""
        return len(self.lanes) * (self.iterations + 1)

    @property
    def done(self) -> int:
        """How many of them are behind us; a lane that diverged has none left."""
        return sum(
            self.total // len(self.lanes) if self._over(lane) else len(lane.moments) for lane in self.lanes.values()
        )

    @property
    def finished(self) -> bool:
        """Whether every lane is at its end."""
        return all(self._over(lane) for lane in self.lanes.values())

    def turns(self) -> Iterator[Lane]:
        """Advance one lane after the other by one iteration and yield it, until all are at their end.

        It may be left at any time; another call goes on where the lanes stand.
        """
        while not self.finished:
            shortest = min(len(lane.moments) for lane in self.lanes.values() if not self._over(lane))
            for lane in self.lanes.values():
                if len(lane.moments) == shortest and not self._over(lane):
                    lane.advance(step=shortest < self.iterations)
                    yield lane

    def _over(self, lane: Lane) -> bool:
        return lane.diverged or len(lane.moments) > self.iterations


def at_rates(rates: Mapping[str, float]) -> dict[str, OptimizerConfig]:
    """Optimizers by name, each at its own rate and otherwise at its defaults.

    One rate for all: `at_rates(dict.fromkeys(names, 0.01))`.
    """
    return {name: OptimizerConfig(name, {"lr": rate}) for name, rate in rates.items()}


# Does the chapter's claim hold: do RMSprop and Adam fall much faster than SGD?


MUCH = 0.5  # "much faster": at the end at most so much of SGD's loss


def mean_losses(races: Sequence[Race]) -> dict[str, float]:
    """Each optimizer's newest loss (nats), averaged over races with the same lanes."""
    return {
        name: sum(race.lanes[name].last.loss for race in races) / len(races)
        for name in (races[0].lanes if races else ())
    }


def claim_holds(losses: Mapping[str, float]) -> bool | None:
    """Whether RMSprop and Adam ended at no more than half of SGD's loss; None if one of the three is missing.

    An optimizer whose loss is no number any more did not fall.
    """
    if not {"sgd", "rmsprop", "adam"} <= losses.keys():
        return None
    bar = MUCH * losses["sgd"] if isfinite(losses["sgd"]) else float("inf")
    return all(isfinite(losses[name]) and losses[name] <= bar for name in ("rmsprop", "adam"))
