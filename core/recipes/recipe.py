"""What a recipe is: a named experiment, what decides it, and where it comes from."""

from dataclasses import dataclass
from typing import Literal

from core.attacks.config import AttackSetup
from core.config.errors import ConfigError
from core.config.race import RaceConfig
from core.config.run import RunConfig
from core.lessons.race.descent.walk import DescentConfig
from core.lessons.race.imagenet.config import ImageRaceConfig

Kind = Literal["train", "attack", "race", "demo"]


@dataclass(frozen=True)
class Recipe:
    """A named experiment.

    title, idea: for people. source: which text. claim: what it reports, or None. ours: what it leaves open.
    setup: what decides it, of a class that goes with `kind`; `to_json()` gives plain values.
    """

    kind: Kind
    title: str
    idea: str
    source: str
    setup: RunConfig | RaceConfig | ImageRaceConfig | DescentConfig | AttackSetup
    claim: str | None = None
    ours: str | None = None

    @property
    def config(self) -> RunConfig:
        """The settings of a recipe that trains a network. Raises ConfigError for one of another kind."""
        if not isinstance(self.setup, RunConfig):
            raise ConfigError(f"{self.title} is a recipe of kind {self.kind!r}; it trains no network.")
        return self.setup
