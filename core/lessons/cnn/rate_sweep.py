"""How much does the learning rate matter? One epoch at many rates, from several seeds, for two networks.

At one rate two networks may do equally well; batch norm promises (Ioffe & Szegedy 2015) that larger rates
still work, and that depth costs less. That is measured here, not told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.config.choices import Pool
from core.config.run import CNNConfig, RunConfig
from core.config.validation import whole
from core.training.short_training import ShortScore

RATES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3)
SEEDS = (0, 1, 2)
#: The two networks that are compared, by recipe.
WITH, WITHOUT = "cnn-bn", "cnn-nobn"


def course_pair(own: Mapping[str, RunConfig], convolutions: int = 3, **changes: object) -> dict[str, RunConfig]:
    """The course project's CNN with and without batch norm, by recipe: fp32, one thread, same seed.

    own: the settings of the recipes WITH and WITHOUT. convolutions: 1…6. The text has three; fewer leave out the
    last ones, and each one more is 64 kernels of 3×3 with padding 1, which keep the 5×5 maps. changes: settings by
    their flat names, the same for both.
    Same seed means the same first weights (batch norm draws none) and the same batches.
    """
    whole(convolutions, 1, 6, "The number of convolutions")
    return {name: _course(own[name], convolutions, changes) for name in (WITH, WITHOUT)}


def _course(recipe: RunConfig, convolutions: int, changes: Mapping[str, object]) -> RunConfig:
    model, more = recipe.cnn, max(0, convolutions - 3)
    none: tuple[Pool, ...] = tuple("none" for _ in range(more))
    network = replace(
        model,
        channels=(model.channels + (64,) * more)[:convolutions],
        kernels=(model.kernels + (3,) * more)[:convolutions],
        strides=(model.strides + (1,) * more)[:convolutions],
        paddings=(model.paddings + (1,) * more)[:convolutions],
        pools=(model.pools + none)[:convolutions],
    )
    return replace(recipe, model=network).with_settings({"precision": "fp32", "threads": 1, **changes})


@dataclass(frozen=True)
class Trial:
    """One short run of a sweep: which network, at which rate, from which seed."""

    network: str
    rate: float
    seed: int


def trials(rates: Sequence[float] = RATES, seeds: Sequence[int] = SEEDS) -> Iterator[Trial]:
    """All runs of a sweep, first seed first, so that a curve over all rates is soon there."""
    return (Trial(name, rate, seed) for seed in seeds for rate in rates for name in (WITH, WITHOUT))


@dataclass(frozen=True)
class Spread:
    """Accuracies (fractions) of several seeds at one rate: mean, lowest, highest; of how many; how many
    diverged (they count as guessing, 0.1: a network of nan has learned nothing)."""

    mean: float
    low: float
    high: float
    runs: int
    diverged: int


def gather(scores: Mapping[Trial, ShortScore], network: str, rates: Sequence[float] = RATES) -> dict[float, Spread]:
    """Rate → what the seeds measured there so far, for one network; a rate without a run is left out."""
    found: dict[float, Spread] = {}
    for rate in rates:
        here = [score for trial, score in scores.items() if (trial.network, trial.rate) == (network, rate)]
        if here:
            values = [0.1 if score.accuracy is None else score.accuracy for score in here]
            diverged = sum(score.accuracy is None for score in here)
            found[rate] = Spread(sum(values) / len(values), min(values), max(values), len(here), diverged)
    return found


def frozen_pair(config: RunConfig) -> dict[str, RunConfig]:
    """The same run with kernels that learn and with kernels that stay as they start, random."""
    model = config.model
    assert isinstance(model, CNNConfig)
    return {
        "trained": replace(config, model=replace(model, frozen=False)),
        "random": replace(config, model=replace(model, frozen=True)),
    }
