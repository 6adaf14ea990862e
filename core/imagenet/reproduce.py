"""The chapter's race over several photos, and whether its claim holds here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from core.imagenet.classifiers import Classifier, load_classifier
from core.imagenet.config import ImageRaceConfig
from core.imagenet.photos import sample
from core.imagenet.race import Race, at_rates

MUCH = 0.5  # "much faster": at the end at most half of SGD's loss


@dataclass(frozen=True)
class Outcome:
    """Losses after the last iteration, averaged over photos, by optimiser; and whether the claim holds.

    each: photo → optimiser → loss. holds: None where SGD or both adaptive ones did not run.
    """

    losses: Mapping[str, float]
    each: Mapping[str, Mapping[str, float]]
    holds: bool | None


def image_race(
    config: ImageRaceConfig,
    *,
    classifier: Classifier | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Run `config` on all its photos; progress(done, total) counts looks at a picture.

    The claim, "RMSprop and Adam fall much faster than SGD", holds if the mean loss of each of the two is at
    the end at most half of SGD's.
    """
    classifier = classifier or load_classifier(config.classifier)
    each: dict[str, dict[str, float]] = {}
    for number, photo in enumerate(config.photos):
        race = Race(
            classifier, sample(photo), config.target, at_rates(dict.fromkeys(config.optimizers, config.lr)),
            config.iterations, clip=config.clip,
        )  # fmt: skip
        for _ in race.turns():
            if progress:
                progress(number * race.total + race.done, len(config.photos) * race.total)
        each[photo] = {name: lane.last.loss for name, lane in race.lanes.items()}
    losses = {name: sum(own[name] for own in each.values()) / len(each) for name in config.optimizers}
    return Outcome(losses, each, claim_holds(losses))


def claim_holds(losses: Mapping[str, float]) -> bool | None:
    """Whether RMSprop and Adam ended at no more than half of SGD's loss; None if one of them is missing."""
    if not {"sgd", "rmsprop", "adam"} <= losses.keys():
        return None
    adaptive = (losses["rmsprop"], losses["adam"])
    return all(isfinite(loss) and loss <= MUCH * losses["sgd"] for loss in adaptive)


def quick(config: ImageRaceConfig) -> ImageRaceConfig:
    """The same on one photo and with a third of the iterations: seconds instead of a minute."""
    return replace(config, photos=config.photos[:1], iterations=max(10, config.iterations // 3))
