"""`optimizer-race-image`: three optimizers change a photo until a frozen classifier sees a leopard."""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from tqdm import tqdm

from core.lessons.race.imagenet.classifiers import load_classifier
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.imagenet.photos import sample
from core.lessons.race.imagenet.race import MUCH, Race, at_rates, claim_holds, mean_losses
from core.recipes.reproduce.row import Load, Reproduction, Row, finite, row
from core.recipes.texts import recipe

QUICK_ITERATIONS = 20


def optimizer_race_image(quick: bool, load: Load) -> Row:
    """All photos of the recipe, at one rate; quick: the first photo, 20 iterations. It takes no digits."""
    config = recipe("optimizer-race-image").setup
    assert isinstance(config, ImageRaceConfig)
    if quick:
        config = replace(config, photos=config.photos[:1], iterations=QUICK_ITERATIONS)
    return image_race(config, decided=not quick)


def image_race(config: ImageRaceConfig, *, decided: bool = True) -> Row:
    """The row of one config; decided: whether `holds` may be said."""
    started = time.perf_counter()
    classifier = load_classifier(config.classifier)
    races: dict[str, Race] = {}
    looks = len(config.photos) * len(config.optimizers) * (config.iterations + 1)
    with tqdm(total=looks, desc="optimizer-race-image", unit="looks", file=sys.stderr) as bar:
        for photo in config.photos:
            lanes = at_rates(dict.fromkeys(config.optimizers, config.lr))
            race = Race(classifier, sample(photo), config.target, lanes, config.iterations, clip=config.clip)
            for _ in race.turns():
                bar.update()
            races[photo] = race
    losses = mean_losses(list(races.values()))
    return row(
        "optimizer-race-image",
        claim=recipe("optimizer-race-image").claim,
        measured=lead(losses),
        unit=f"SGD's loss after {config.iterations} iterations ÷ that of the slower of the others (mean over "
        "photos; null if a loss became NaN)",
        seeds=[],
        started=started,
        holds=claim_holds(losses) if decided else None,
        rule=f"RMSprop and Adam both end at a mean loss of at most {MUCH:g} of SGD's, all at learning rate "
        f"{config.lr:g}: another learning rate for SGD is another race",
        losses={name: finite(loss) for name, loss in losses.items()},
        photos={
            photo: {name: finite(lane.last.loss) for name, lane in race.lanes.items()} for photo, race in races.items()
        },
        l2={photo: {name: finite(lane.last.l2) for name, lane in race.lanes.items()} for photo, race in races.items()},
        classifier=config.classifier,
        target=config.target,
        iterations=config.iterations,
    )


def lead(losses: Mapping[str, float]) -> float | None:
    """SGD's loss ÷ the largest of the others'; None without SGD or others, or where a loss is not finite."""
    others = [loss for name, loss in losses.items() if name != "sgd"]
    if "sgd" not in losses or not others or not all(isfinite(loss) for loss in losses.values()):
        return None
    return losses["sgd"] / max(others) if max(others) > 0 else None


ROWS: dict[str, Reproduction] = {"optimizer-race-image": optimizer_race_image}
