"""What decides a race: the network and its training, who runs in which lane, and with which seeds."""

from dataclasses import dataclass, replace
from typing import Any

from core.config.choices import Schedule
from core.config.errors import ConfigError
from core.config.run import OptimizerConfig, RunConfig
from core.config.validation import require, whole

MOST_LANES, MOST_SEEDS = 8, 10


@dataclass(frozen=True)
class Lane:
    """One competitor: a name of its own, an optimizer with its settings, a schedule."""

    name: str
    optimizer: OptimizerConfig
    schedule: Schedule = "constant"


@dataclass(frozen=True)
class RaceConfig:
    """A race: what is trained and how (`base`; its optimizer and seed are replaced), who runs, which seeds.

    At most 8 lanes with different names, and 1 to 10 different seeds.
    """

    base: RunConfig
    lanes: tuple[Lane, ...]
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        require(0 < len(self.lanes) <= MOST_LANES, f"A race has 1 to {MOST_LANES} optimizers.")
        names = [lane.name for lane in self.lanes]
        require(len(set(names)) == len(names), "Two optimizers have the same name; give each its own.")
        require(0 < len(self.seeds) <= MOST_SEEDS, f"A race is run with 1 to {MOST_SEEDS} seeds.")
        require(len(set(self.seeds)) == len(self.seeds), "A seed is named twice; each counts once.")
        for seed in self.seeds:
            whole(seed, 0, 2**31 - 1, "A seed")

    def run(self, lane: Lane, seed: int) -> RunConfig:
        """The run of one lane with one seed, in fp32: comparisons leave nothing to a trial."""
        train = replace(self.base.train, optimizer=lane.optimizer, schedule=lane.schedule, seed=seed, precision="fp32")
        return replace(self.base, train=train)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal RaceConfig."""
        lanes = [
            {
                "name": lane.name,
                "optimizer": {"name": lane.optimizer.name, "settings": dict(lane.optimizer.settings)},
                "schedule": lane.schedule,
            }
            for lane in self.lanes
        ]
        return {"base": self.base.to_json(), "lanes": lanes, "seeds": list(self.seeds)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "RaceConfig":
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe a race."""
        try:
            lanes = tuple(
                Lane(lane["name"], OptimizerConfig(**lane["optimizer"]), lane.get("schedule", "constant"))
                for lane in values["lanes"]
            )
            return cls(RunConfig.from_json(values["base"]), lanes, tuple(values["seeds"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe a race: {error}.") from error
