"""What decides an attack on a network's images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.attacks import ATTACKS
from core.attacks.norms import NORMS
from core.config.errors import ConfigError
from core.config.validation import is_number, one_of, require, whole

MOST_RESTARTS = 100


class Settings(Mapping[str, float]):
    """An attack's own numbers by name, in the order in which its entry lists them; equal ones have equal hashes."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._pairs = tuple(values.items())

    def __getitem__(self, key: str) -> float:
        for name, value in self._pairs:
            if name == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs))

    def __repr__(self) -> str:
        return f"Settings({dict(self._pairs)})"


@dataclass(frozen=True)
class AttackConfig:
    """An attack by its name in ATTACKS, how much it may change, and its settings. It can be a key of a dict.

    name: in core.attacks.ATTACKS. epsilon: the largest change allowed, in the attack's own norm, pixels
    running from 0 (black) to 1 (white); None takes the attack's own default. settings: the attack's own
    numbers, such as steps; what is left out takes its default. target: the target class, or None for an
    untargeted attack. restarts: random restarts, 1…100; the best one of each image counts. seed: decides the
    random numbers, each image's apart from all others.
    """

    name: str = "fgsm"
    epsilon: float | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    target: int | None = None
    restarts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        one_of(self.name, tuple(ATTACKS), "The attack")
        entry = ATTACKS[self.name]
        norm = NORMS[entry.norm]
        epsilon = entry.epsilon if self.epsilon is None else self.epsilon
        require(
            is_number(epsilon) and 0 <= epsilon <= norm.largest,
            f"ε must lie between 0 and {norm.largest:g} for {entry.title} ({norm.unit}); it is {epsilon!r}.",
        )
        object.__setattr__(self, "epsilon", float(epsilon))
        for key, value in self.settings.items():
            known = ", ".join(entry.settings) or "none"
            require(key in entry.settings, f"{entry.title} has no setting {key!r}; it has {known}.")
            entry.settings[key].check(key, value)
        full = {key: float(self.settings.get(key, one.default)) for key, one in entry.settings.items()}
        object.__setattr__(self, "settings", Settings(full))
        if self.target is not None:
            whole(self.target, 0, 9, "The target")
            require(entry.targeted, f"{entry.title} has no targeted form; leave the target out.")
        whole(self.restarts, 1, MOST_RESTARTS, "Restarts")
        require(
            self.restarts == 1 or entry.random,
            f"{entry.title} is deterministic, so a restart gives the same result; leave restarts at 1.",
        )
        whole(self.seed, 0, 2**31 - 1, "The seed")

    def __getitem__(self, key: str) -> float:
        return self.settings[key]

    @property
    def budget(self) -> float:
        """ε, the largest change allowed, in the attack's own norm."""
        assert self.epsilon is not None
        return self.epsilon

    @property
    def steps(self) -> int:
        """Iterations of the attack; 1 where it makes a single step."""
        return int(self.settings.get("steps", 1))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` turns them back into an equal AttackConfig."""
        return {
            "name": self.name,
            "epsilon": self.epsilon,
            "settings": dict(self.settings),
            "target": self.target,
            "restarts": self.restarts,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "AttackConfig":
        """Rebuild from `to_json`'s values. Raises ConfigError if they do not describe an attack."""
        try:
            return cls(**values)
        except (TypeError, AttributeError) as error:
            raise ConfigError(f"These settings do not describe an attack: {error}.") from error


@dataclass(frozen=True)
class AttackSetup:
    """A whole attack: on which network, how, and on how many test images.

    network: a shipped checkpoint, by its recipe's id. n: the first so many test images.
    """

    network: str
    attack: AttackConfig
    n: int = 1000

    def __post_init__(self) -> None:
        whole(self.n, 1, 60_000, "Images to attack")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"network": self.network, "attack": self.attack.to_json(), "n": self.n}
