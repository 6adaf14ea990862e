"""`optimizer-race-image`: three optimisers change a photo until a frozen classifier sees a leopard."""

import sys
import time
from dataclasses import replace

from tqdm import tqdm

from core.imagenet.classifiers import load_classifier
from core.imagenet.config import ImageRaceConfig
from core.imagenet.photos import sample
from core.imagenet.race import Race, at_rates
from core.imagenet.verdict import MUCH, claim_holds, mean_losses
from core.recipes import recipe
from core.reproduce.row import Load, Reproduction, Row, row

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
    others = [loss for name, loss in losses.items() if name != "sgd"]
    return row(
        "optimizer-race-image",
        claim=recipe("optimizer-race-image").claim,
        measured=losses.get("sgd", float("nan")) / max(others, default=float("nan")),
        unit=f"SGD's loss after {config.iterations} iterations ÷ that of the slower of the others (mean over "
        "photos)",
        seeds=[],
        started=started,
        holds=claim_holds(losses) if decided else None,
        rule=f"RMSprop and Adam both end at a mean loss of at most {MUCH:g} of SGD's, all at learning rate "
        f"{config.lr:g}: another rate for SGD is another race",
        losses=losses,
        photos={name: {n: lane.last.loss for n, lane in race.lanes.items()} for name, race in races.items()},
        l2={name: {n: lane.last.l2 for n, lane in race.lanes.items()} for name, race in races.items()},
        classifier=config.classifier,
        target=config.target,
        iterations=config.iterations,
    )


ROWS: dict[str, Reproduction] = {"optimizer-race-image": optimizer_race_image}
