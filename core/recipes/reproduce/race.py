"""`optimizer-race`: SGD, RMSprop and Adam train one network from the same weights on the same batches."""

import math
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tqdm import tqdm

from core.config.race import RaceConfig
from core.data.digits import Mnist
from core.lessons.race.race import LaneRun, Race
from core.recipes.reproduce.row import Load, Reproduction, Row, interval, row
from core.recipes.reproduce.training import QUICK, SEEDS
from core.recipes.texts import recipe

NAME = "optimizer-race"
UNIT = "{first}'s training loss at the end ÷ that of the slower of {others} (mean over seeds; null if a run diverged)"
RULE = (
    "undecided: the book chapter reports nothing of a race on digits; what it says of RMSprop and Adam belongs to "
    "its race on an image, optimizer-race-image"
)


def race_config(quick: bool) -> RaceConfig:
    """The recipe's race with the seeds of all reproductions; quick: two of them, one epoch, one thread."""
    setup = recipe(NAME).setup
    assert isinstance(setup, RaceConfig)
    if not quick:
        return replace(setup, seeds=SEEDS)
    return replace(setup, base=setup.base.with_settings(QUICK), seeds=SEEDS[:2])


def optimizer_race(quick: bool, load: Load) -> Row:
    """The recipe's race, as the app runs it: loss and accuracy at the end of each lane, over seeds."""
    return race_row(race_config(quick), load())


def race_row(config: RaceConfig, mnist: Mnist) -> Row:
    """The row of any race on digits."""
    started = time.perf_counter()
    runs = _raced(config, mnist)
    lanes = {lane.name: [run for run in runs if run.lane == lane.name] for lane in config.lanes}
    losses = {name: ends(own, "train_loss") for name, own in lanes.items()}
    ratios = lead(losses)
    first, *others = lanes
    return row(
        NAME,
        claim=recipe(NAME).claim,
        measured=statistics.fmean(ratios) if ratios else None,
        unit=UNIT.format(first=first, others=" and ".join(others)),
        seeds=config.seeds,
        started=started,
        holds=None,
        rule=RULE,
        epochs=config.base.train.epochs,
        data=mnist.size,
        train_loss={name: _spread(values) for name, values in losses.items()},
        test_loss={name: _spread(ends(own, "test_loss")) for name, own in lanes.items()},
        test_accuracy={name: _spread(ends(own, "test_accuracy"), 1.0) for name, own in lanes.items()},
        diverged=[f"{run.lane}, seed {run.seed}: {run.message}" for run in runs if run.status == "diverged"],
    )


def _raced(config: RaceConfig, mnist: Mnist) -> Sequence[LaneRun]:
    """Race to the end, with a bar of rounds on stderr."""
    race = Race(config, mnist)
    with tqdm(desc=NAME, unit="round", file=sys.stderr, mininterval=0.5, leave=False) as bar:
        for _ in race.advance():
            bar.update()
    return race.runs


def ends(runs: Sequence[LaneRun], name: str) -> list[float | None]:
    """A measure of each run at its end, seed by seed; None where the run diverged."""
    return [run.history.last(name) if run.status == "finished" else None for run in runs]


def lead(losses: Mapping[str, Sequence[float | None]]) -> list[float]:
    """Seed by seed: the first lane's loss divided by the largest of the others', so that 1 is a draw.

    Empty if a run diverged, or nobody else ran: then there is nothing to divide.
    """
    ratios = []
    for first, *rest in zip(*losses.values(), strict=True):
        known = [value for value in rest if value]
        if first is None or not known or len(known) < len(rest):
            return []
        ratios.append(first / max(known))
    return ratios


def _spread(values: Sequence[float | None], top: float = math.inf) -> dict[str, object]:
    """Mean over seeds with its 95% interval, cut off at 0 and `top`, and each seed's value.

    Where a seed diverged there is neither mean nor interval: those of the others would flatter the lane.
    """
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return {"mean": None, "ci95": None, "values": list(values)}
    low_high = interval(known)
    ci95 = [max(0.0, low_high[0]), min(top, low_high[1])] if low_high else None
    return {"mean": statistics.fmean(known), "ci95": ci95, "values": list(values)}


ROWS: dict[str, Reproduction] = {NAME: optimizer_race}
