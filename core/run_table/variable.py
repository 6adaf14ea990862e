"""What a sweep can vary: the settings of a recipe, with the words they may take or numbers to begin with."""

from core.choices import (
    ACTIVATIONS,
    CELLS,
    FAMILIES,
    INITIALIZATIONS,
    REDUCTIONS,
    SCHEDULE_NAMES,
    TARGETS,
    WORD_SPLITS,
)
from core.config import RunConfig
from core.training.optimizers import OPTIMIZERS

#: Settings by the words they may take.
_WORDS: dict[str, tuple[str, ...]] = {
    "activation": ACTIVATIONS,
    "init": INITIALIZATIONS,
    "init_output": INITIALIZATIONS,
    "family": FAMILIES,
    "reduction": REDUCTIONS,
    "schedule": SCHEDULE_NAMES,
    "optimizer": tuple(OPTIMIZERS),
    "target": tuple(name for name in TARGETS if name != "placed"),
    "division": WORD_SPLITS,
    "cell": CELLS,
}
#: The same for all trials, or set for the whole sweep, or nothing that one varies.
_FIXED = (
    "threads",
    "precision",
    "epochs",
    "validation",
    "split",
    "record_every",
    "keep",
    "patience",
    "placed",
)
#: Whole numbers and rates are tried at these multiples of the recipe's.
_FACTORS = (0.1, 1.0, 10.0)
_HALVES = (0.5, 1.0, 2.0)


def variable(config: RunConfig) -> list[str]:
    """Settings of a run that a sweep may vary; the rate, the batch and the seed first."""
    first = ("lr", "batch_size", "optimizer", "momentum", "activation", "hidden", "seed")
    names = [name for name in config.settings() if name not in _FIXED]
    return [name for name in first if name in names] + [name for name in names if name not in first]


def words_of(config: RunConfig, name: str) -> tuple[str, ...]:
    """The words that a setting may take; () where it is typed."""
    if isinstance(config.settings().get(name), bool):
        return ("true", "false")
    return _WORDS.get(name, ())


def suggested(config: RunConfig, name: str) -> str:
    """Values to begin with, as they are typed: around the recipe's own."""
    value = config.settings().get(name)
    if name == "seed":
        return "0, 1, 2"
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if name == "momentum":
        return "0, 0.5, 0.9"
    if isinstance(value, bool) or not isinstance(value, int | float) or value == 0:
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, int):
        return ", ".join(str(max(1, round(value * factor))) for factor in _HALVES)
    if name in ("lr", "epsilon", "weight_decay"):
        return ", ".join(f"{value * factor:.3g}" for factor in _FACTORS)
    return f"{value:g}"
