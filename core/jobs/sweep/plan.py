"""What decides a sweep: the run it starts from, the settings that vary, and how they are combined."""

import itertools
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.config.errors import ConfigError
from core.config.escaping import clean
from core.config.run import RunConfig
from core.config.validation import one_of, require, setting, whole

MOST_TRIALS = 1000
KINDS = ("grid", "random")


@dataclass(frozen=True)
class Trial:
    """One run of a sweep: its number from 0, the settings that were varied, and the whole config."""

    number: int
    changes: Mapping[str, Any]
    config: RunConfig


@dataclass(frozen=True)
class SweepPlan:
    """A sweep.

    base: the run it starts from. axes: setting → the values it takes, two or more settings combined. kind:
    "grid" tries every combination once; "random" draws `draws` of them without repeating any (Bergstra &
    Bengio 2012: where few settings matter, random finds good ones sooner). draw_seed: of those draws.
    threads: of every trial, the same wherever it runs: another number changes the last digits.

    All trials run in fp32 and on fixed threads, so that the same plan gives the same numbers on one machine
    and on a cluster of equal ones.
    """

    base: RunConfig
    axes: Mapping[str, tuple[Any, ...]]
    kind: str = "grid"
    draws: int = 20
    draw_seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        one_of(self.kind, KINDS, "The kind of sweep")
        whole(self.draws, 1, MOST_TRIALS, "Trials drawn at random")
        whole(self.draw_seed, 0, 2**31 - 1, "The seed of the draws")
        whole(self.threads, 1, 256, "Threads")
        require(bool(self.axes), "A sweep needs a setting that varies, such as lr=0.001,0.01,0.1.")
        for name, values in self.axes.items():
            require(len(values) > 0, f"{name} has no values to try.")
            require(
                name not in ("threads", "precision"),
                f"{name} is the same for all trials of a sweep, or their numbers could not be compared.",
            )
        require(
            self.size <= MOST_TRIALS,
            f"This grid has {self.size:,} combinations; at most {MOST_TRIALS:,} are run. Take fewer values, "
            "or draw at random.",
        )
        self.trials()  # every combination must make sense before the first is run

    @property
    def combinations(self) -> int:
        """How many combinations the axes have."""
        count = 1
        for values in self.axes.values():
            count *= len(values)
        return count

    @property
    def size(self) -> int:
        """How many trials it has."""
        return self.combinations if self.kind == "grid" else min(self.draws, self.combinations)

    def trials(self) -> list[Trial]:
        """Every trial, in order. Raises ConfigError, naming the combination, where one makes no sense."""
        names = list(self.axes)
        if self.kind == "grid":
            chosen: Sequence[tuple[Any, ...]] = list(itertools.product(*self.axes.values()))
        else:
            places = random.Random(self.draw_seed).sample(range(self.combinations), self.size)
            chosen = [self._at(place) for place in places]
        found = []
        for number, values in enumerate(chosen):
            changes = dict(zip(names, values, strict=True))
            try:
                config = self.base.with_settings(changes)
            except ConfigError as error:
                words = ", ".join(f"{name}={value}" for name, value in changes.items())
                raise ConfigError(f"{words} cannot be tried: {error}") from error
            train = replace(config.train, precision="fp32", threads=self.threads)
            found.append(Trial(number, changes, replace(config, train=train)))
        return found

    def _at(self, place: int) -> tuple[Any, ...]:
        """The combination with that number in the grid's order."""
        values = []
        for choices in reversed(list(self.axes.values())):
            place, index = divmod(place, len(choices))
            values.append(choices[index])
        return tuple(reversed(values))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal SweepPlan."""
        axes = {name: [list(v) if isinstance(v, tuple) else v for v in values] for name, values in self.axes.items()}
        return {
            "base": self.base.to_json(),
            "axes": axes,
            "kind": self.kind,
            "draws": self.draws,
            "draw_seed": self.draw_seed,
            "threads": self.threads,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "SweepPlan":
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe a sweep."""
        try:
            axes = {
                name: tuple(tuple(v) if isinstance(v, list) else v for v in choices)
                for name, choices in values["axes"].items()
            }
            rest = {key: values[key] for key in ("kind", "draws", "draw_seed", "threads")}
            return cls(RunConfig.from_json(values["base"]), axes, **rest)
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe a sweep: {error}.") from error


def parse_axes(config: RunConfig, pairs: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """`lr=0.001,0.01` words as axes.

    Where one value is itself a list, an x stands between its numbers, a + between its words:
    hidden=128x64,256 or pools=max+none.
    """
    axes: dict[str, tuple[Any, ...]] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not text:
            raise ConfigError(f"--set takes KEY=VALUE,VALUE,…, such as lr=0.01,0.1; it is {clean(pair, 40)!r}.")
        listed = isinstance(config.settings().get(name), tuple)
        axes[name] = tuple(_value(word.strip(), listed=listed) for word in text.split(",") if word.strip())
    return axes


def _value(word: str, *, listed: bool) -> Any:
    if listed:  # an x between two numbers divides; one within a word (such as "max") does not
        return tuple(setting(part) for part in re.split(r"(?<=\d)x(?=\d)|\+", word))
    return setting(word)
