"""Does the chapter's claim hold: do RMSprop and Adam fall much faster than SGD?"""

from collections.abc import Mapping, Sequence
from math import isfinite

from core.lessons.race.imagenet.race import Race

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
