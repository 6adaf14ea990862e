"""Every optimizer at many learning rates: a race a lane, whose lanes are the rates.

One rate for all flatters those that suit it; only at its own best rate does an optimizer show what it can do.
The best is chosen on validation images; the test images report it and choose nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.race import MOST_LANES, Lane, RaceConfig
from core.config.run import OptimizerConfig
from core.config.validation import require
from core.lessons.race.race import LaneRun
from core.lessons.race.race_lanes import named

#: Multiples of an optimizer's usual rate.
FACTORS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
USUAL_SPAN = (0.1, 300.0)


@dataclass(frozen=True)
class RateScore:
    """One rate: validation accuracies of the seeds that came to an end (mean, lowest, highest; fractions).

    runs: how many have ended, of which `diverged` because their loss was no number any more; where all did,
    mean is None. test: mean test accuracy, to be told of the best rate only.
    """

    mean: float | None
    low: float | None
    high: float | None
    runs: int
    diverged: int
    test: float | None


def rates(optimizer: str, span: tuple[float, float] = USUAL_SPAN) -> tuple[float, ...]:
    """Rates to try: multiples of the usual one within `span`, at most 8 of them, spread evenly.

    Raises ConfigError where none is left (a learning rate is above 0 and at most 100).
    """
    setting = OPTIMIZERS[optimizer].settings["lr"]
    tried = [float(f"{setting.default * f:.6g}") for f in FACTORS if span[0] <= f <= span[1]]
    tried = [rate for rate in tried if setting.low < rate <= setting.high]
    if not tried:
        raise ConfigError(f"{OPTIMIZERS[optimizer].title} has no learning rate in that range; widen it.")
    if len(tried) > MOST_LANES:
        last = len(tried) - 1
        tried = [tried[round(i * last / (MOST_LANES - 1))] for i in range(MOST_LANES)]
    return tuple(tried)


def without_rate(lane: Lane) -> Lane:
    """The lane as a sweep sees it: its rate does not matter. Two lanes that then are equal share a sweep."""
    usual = OPTIMIZERS[lane.optimizer.name].settings["lr"].default
    return Lane("", OptimizerConfig(lane.optimizer.name, {**lane.optimizer.settings, "lr": usual}), lane.schedule)


def sweep_lanes(lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    """Lanes that differ in more than their rates, named anew."""
    different: list[Lane] = []
    for lane in map(without_rate, lanes):
        if lane not in different:
            different.append(lane)
    return named([(lane.optimizer, lane.schedule) for lane in different])


def sweep_races(config: RaceConfig, span: tuple[float, float] = USUAL_SPAN) -> list[RaceConfig]:
    """A race for each of `sweep_lanes`, with the same network, batches and seeds; its lanes are the rates.

    Raises ConfigError where the race holds out no training images to choose the best rate by.
    """
    train = config.base.train
    require(
        train.validation > 0 and train.split != "lab",
        "The best learning rate is chosen on a validation split, never on test images: set a validation split.",
    )
    races = []
    for lane in sweep_lanes(config.lanes):
        tried = tuple(
            replace(lane, name=f"{lane.name} at {rate:g}", optimizer=at_rate(lane, rate).optimizer)
            for rate in rates(lane.optimizer.name, span)
        )
        races.append(replace(config, lanes=tried))
    return races


def at_rate(lane: Lane, rate: float) -> Lane:
    """The lane with another learning rate."""
    settings = {**lane.optimizer.settings, "lr": rate}
    return replace(lane, optimizer=OptimizerConfig(lane.optimizer.name, settings))


def scores(config: RaceConfig, runs: Sequence[LaneRun]) -> dict[float, RateScore]:
    """Rate → what its seeds have measured, for one of `sweep_races`; without the rates not yet tried."""
    found = {}
    for lane in config.lanes:
        ended = [run for run in runs if run.lane == lane.name and run.status in ("finished", "diverged")]
        if not ended:
            continue
        well = [run for run in ended if run.status == "finished"]
        values = [v for run in well if (v := run.history.last("validation_accuracy")) is not None]
        tests = [v for run in well if (v := run.history.last("test_accuracy")) is not None]
        found[lane.optimizer["lr"]] = RateScore(
            mean=sum(values) / len(values) if values else None,
            low=min(values, default=None),
            high=max(values, default=None),
            runs=len(ended),
            diverged=sum(run.status == "diverged" for run in ended),
            test=sum(tests) / len(tests) if tests else None,
        )
    return found


def best_rate(found: dict[float, RateScore]) -> float | None:
    """The rate with the highest mean validation accuracy, of those at which nobody diverged; None if none."""
    sound = {rate: s.mean for rate, s in found.items() if s.mean is not None and not s.diverged}
    return max(sound, key=lambda rate: sound[rate]) if sound else None
