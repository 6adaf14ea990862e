"""What a sweep can vary: the settings of a recipe, with the words they may take or numbers to begin with."""

from collections.abc import Collection

from core.config.choices import ACTIVATIONS, CELLS, INITIALIZATIONS, REDUCTIONS, SCHEDULE_NAMES, TARGETS, WORD_SPLITS
from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import FAMILIES, RunConfig

#: Settings by the words they may take.
_WORDS: dict[str, Collection[str]] = {
    "activation": ACTIVATIONS,
    "init": INITIALIZATIONS,
    "init_output": INITIALIZATIONS,
    "family": FAMILIES,
    "reduction": REDUCTIONS,
    "schedule": SCHEDULE_NAMES,
    "cell": CELLS,
    "target": tuple(name for name in TARGETS if name != "placed"),
    "division": WORD_SPLITS,
}
#: The same for all trials, or set for the whole sweep, or nothing that one can type in a word.
_FIXED = ("threads", "precision", "epochs", "validation", "split", "record_every", "keep", "patience", "placed")
#: What goes by powers of ten, and whole numbers, are tried at these multiples of the recipe's.
_FACTORS = (0.1, 1.0, 10.0)
_HALVES = (0.5, 1.0, 2.0)


def variable(config: RunConfig) -> list[str]:
    """Settings of a run that a sweep may vary; the rate, the batch and the seed first.

    Where a setting makes the examples themselves (points, words, faults in the digits), trials learn from
    different ones, and each worker checks that it has those of its trial.
    """
    first = ("lr", "batch_size", "optimizer", "momentum", "activation", "hidden", "seed")
    names = [name for name in config.settings() if name not in _FIXED]
    return [name for name in first if name in names] + [name for name in names if name not in first]


def words_of(config: RunConfig, name: str) -> tuple[str, ...]:
    """The words that a setting may take; () where it is typed."""
    if isinstance(config.settings().get(name), bool):
        return ("true", "false")
    return tuple(OPTIMIZERS) if name == "optimizer" else tuple(_WORDS.get(name, ()))


def suggested(config: RunConfig, name: str) -> str:
    """Values to begin with, as they are typed: around the recipe's own, as far as they make sense."""
    value = config.settings().get(name)
    if isinstance(value, tuple):
        return ("x" if all(isinstance(one, int) for one in value) else "+").join(map(str, value))
    setting = OPTIMIZERS[config.train.optimizer.name].settings.get(name)
    found = [
        one for one in _around(name, value, setting is not None and setting.log) if _makes_sense(config, name, one)
    ]
    return ", ".join(f"{one:.3g}" if isinstance(one, float) else str(one) for one in dict.fromkeys(found))


def _around(name: str, value: object, log: bool) -> list[int | float]:
    if name == "seed":
        return [0, 1, 2]
    if name == "momentum":
        return [0.0, 0.5, 0.9]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return []
    if isinstance(value, int):
        return [max(1, round(value * factor)) if value else 0 for factor in _HALVES]
    return [value * factor for factor in _FACTORS] if log else [value]


def _makes_sense(config: RunConfig, name: str, value: float) -> bool:
    try:
        config.with_settings({name: value})
    except ConfigError:
        return False
    return True
