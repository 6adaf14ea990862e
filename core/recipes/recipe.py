"""What a recipe is: a named experiment, what decides it, and where it comes from."""

from dataclasses import dataclass
from typing import Literal

from core.attacks.config import AttackSetup
from core.config.choices import Hue
from core.config.errors import ConfigError
from core.config.race import RaceConfig
from core.config.run import RunConfig
from core.lessons.race.descent.walk import DescentConfig
from core.lessons.race.imagenet.config import ImageRaceConfig


@dataclass(frozen=True)
class Recipe:
    """A named experiment.

    title, idea: for people. source: which text. setup: what decides it; `to_json()` gives plain values. claim: what
    the text reports, or None. reported: the accuracy among that, as a fraction. reported_on: test images it was
    measured on, where the text gives all settings that decide the run: only then a measurement can hold or refute
    it. undecided: else why not. ours: what the text leaves open. color: of its network in charts.
    """

    title: str
    idea: str
    source: str
    setup: RunConfig | RaceConfig | ImageRaceConfig | DescentConfig | AttackSetup
    claim: str | None = None
    reported: float | None = None
    reported_on: int = 0
    undecided: str = "the source leaves settings open"
    ours: str | None = None
    color: Hue | None = None

    @property
    def kind(self) -> Literal["train", "attack", "race", "demo"]:
        """What is done with it, by what decides it."""
        if isinstance(self.setup, RunConfig):
            return "train"
        if isinstance(self.setup, AttackSetup):
            return "attack"
        return "demo" if isinstance(self.setup, DescentConfig) else "race"

    @property
    def config(self) -> RunConfig:
        """The settings of a recipe that trains a network. Raises ConfigError for one of another kind."""
        if not isinstance(self.setup, RunConfig):
            raise ConfigError(f"{self.title} is a recipe of kind {self.kind!r}; it trains no network.")
        return self.setup
