"""`optimizer-race`: SGD, RMSprop and Adam train one network from the same weights on the same batches."""

import math
import statistics
import time
from collections.abc import Mapping

from core.config import RunConfig
from core.recipes import RECIPES
from core.reproduce.row import Load, Reproduction, Row, interval, row
from core.reproduce.training import QUICK, SEEDS, trained

#: With the chapter's defaults, which are the defaults of OPTIMIZERS.
RACERS = ("sgd", "rmsprop", "adam")
MUCH = 2.0  # times


def race_config(optimizer: str, seed: int, changes: Mapping[str, object]) -> RunConfig:
    """mlp-autograd with ReLU, batch 128, fp32. The seed decides weights and batches, whoever races."""
    race = {"activation": "relu", "optimizer": optimizer, "batch_size": 128, "precision": "fp32"}
    return RECIPES["mlp-autograd"].config.with_settings({**race, "seed": seed, **changes})


def optimizer_race(quick: bool, load: Load) -> Row:
    """Loss and accuracy at the end of each, over seeds; quick: two seeds, one epoch."""
    started = time.perf_counter()
    mnist = load()
    seeds = SEEDS[:2] if quick else SEEDS
    changes = QUICK if quick else {}
    ends = {
        name: [trained(race_config(name, s, changes), mnist, f"{name}, seed {s}") for s in seeds]
        for name in RACERS
    }
    losses = {name: [history.last("train_loss") for history in runs] for name, runs in ends.items()}
    ratios = lead(losses)
    whole = not quick and mnist.size == "full"
    rule = (
        f"in every seed RMSprop and Adam both end at a training loss at most 1/{MUCH:g} of SGD's, each at "
        "the chapter's default rate (SGD 0.01, RMSprop and Adam 0.001): another rate for SGD is another race"
    )
    return row(
        "optimizer-race",
        claim="RMSprop and Adam fall much faster than SGD (the chapter, of the loss of an image)",
        measured=statistics.fmean(ratios) if ratios else None,
        unit="SGD's training loss at the end ÷ that of the slower of RMSprop and Adam (mean over seeds)",
        seeds=seeds,
        started=started,
        holds=min(ratios) >= MUCH if ratios and whole else None,
        rule=rule if whole else f"undecided on few images or epochs; on the whole MNIST: {rule}",
        epochs=race_config("sgd", 0, changes).train.epochs,
        data=mnist.size,
        train_loss={name: _spread(values) for name, values in losses.items()},
        test_loss={n: _spread([h.last("test_loss") for h in runs]) for n, runs in ends.items()},
        test_accuracy={n: _spread([h.last("test_accuracy") for h in runs], 1.0) for n, runs in ends.items()},
    )


def lead(losses: Mapping[str, list[float | None]]) -> list[float]:
    """Seed by seed: SGD's loss divided by the larger of the others', so that 1 is a draw.

    Empty if a run diverged: then there is nothing to divide.
    """
    runs = [[value for value in values if value is not None] for values in losses.values()]
    if any(len(known) < len(values) for known, values in zip(runs, losses.values(), strict=True)):
        return []
    sgd, *others = (runs[list(losses).index(name)] for name in RACERS)
    return [first / max(rest) for first, *rest in zip(sgd, *others, strict=True)]


def _spread(values: list[float | None], top: float = math.inf) -> dict[str, object]:
    """Mean over seeds with its 95 % interval, cut off at 0 and `top`, and each seed's value."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return {"mean": None, "ci95": None, "values": values}
    low_high = interval(known)
    ci95 = [max(0.0, low_high[0]), min(top, low_high[1])] if low_high else None
    return {"mean": statistics.fmean(known), "ci95": ci95, "values": values}


ROWS: dict[str, Reproduction] = {"optimizer-race": optimizer_race}
