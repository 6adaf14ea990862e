"""What the fast paths cost in accuracy: the same runs in 16 and in 32 bits, seed by seed.

A run's `precision` is the only thing here that changes what is computed by more than rounding in the last
digit; everything else that makes training fast leaves the numbers as they are. Pairs with the same seed share
first weights and batches, so that a small difference shows with few of them.
"""

import json
import math
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.results import circumstances
from core.config.errors import ConfigError, LabError
from core.data.digits import Mnist
from core.models.threads import take_threads
from core.recipes.texts import RECIPES
from core.storage.paths import PROJECT
from core.training.trainer import new_trainer

STORED = PROJECT / "benchmarks" / "accuracy.json"
#: Recipes whose runs may be made in 16 bits, with the epochs that are compared (long ones not to their end).
EPOCHS = {"mlp-autograd": 10, "mlp-manual": 10, "mlp-deep": 4, "cnn-lab": 3, "cnn-bn": 1, "fast-99": 1}
#: Where the rate stays high to the end, one epoch's accuracy swings by half a point: too much to see a tenth.
CALMED = {"cnn-bn": {"schedule": "cosine"}}
SEEDS = 8
WORST = -0.1  # points: what a difference may be at worst, at 95% confidence


def compare(recipe: str, mnist: Mnist, seeds: int = SEEDS) -> dict[str, Any]:
    """Train `recipe` from `seeds` seeds in both precisions, on one thread.

    Returns mean test accuracies in percent, and of the paired difference (bf16 minus fp32, in points) the
    mean and its 95% interval by Student's t. holds: whether the interval stays above WORST.
    """
    if seeds < 2:
        raise ConfigError("A difference needs at least 2 seeds to have an interval.")
    found: dict[str, list[float]] = {"fp32": [], "bf16": []}
    for seed in range(seeds):
        for precision, accuracies in found.items():
            settings = {"seed": seed, "precision": precision, "epochs": EPOCHS[recipe]}
            settings |= {"threads": 1, "record_every": 0, **CALMED.get(recipe, {})}
            config = RECIPES[recipe].config.with_settings(settings)
            take_threads(1)
            trainer = new_trainer(config, mnist, torch.device("cpu"), keep_weights=False)
            trainer.run()
            accuracies.append(100 * (trainer.history.last("test_accuracy") or 0.0))
    mean, low, high = interval([b - a for a, b in zip(found["fp32"], found["bf16"], strict=True)])
    return {
        "recipe": recipe,
        "epochs": EPOCHS[recipe],
        "changed": CALMED.get(recipe, {}),
        "seeds": seeds,
        "fp32": statistics.mean(found["fp32"]),
        "bf16": statistics.mean(found["bf16"]),
        "difference": mean,
        "difference_low": low,
        "difference_high": high,
        "holds": low >= WORST,
    }


def interval(differences: Sequence[float]) -> tuple[float, float, float]:
    """Mean of at least two numbers and its 95% interval by Student's t: (mean, low, high)."""
    from scipy.stats import t  # half a second to import

    mean = statistics.mean(differences)
    reach = float(t.ppf(0.975, len(differences) - 1)) * statistics.stdev(differences)
    reach /= math.sqrt(len(differences))
    return mean, mean - reach, mean + reach


def table(names: Sequence[str] | None, mnist: Mnist, *, write: bool) -> Iterator[dict[str, Any]]:
    """Compare the recipes named, or all; `write` keeps each in accuracy.json."""
    for name in names or EPOCHS:
        if name not in EPOCHS:
            raise ConfigError(f"{name} is not trained in 16 bits; there are {', '.join(EPOCHS)}.")
    for name in names or EPOCHS:
        row = {**compare(name, mnist), **circumstances(mnist.size, None)}
        if write:
            keep(row)
        yield row


def read(path: Path = STORED) -> list[dict[str, Any]]:
    """What is kept; nothing if there is no file. Raises LabError if it is damaged."""
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as error:
        raise LabError(f"{path.name} cannot be read. Move it away and measure again.") from error
    return rows


def keep(row: dict[str, Any], path: Path = STORED) -> None:
    """Put a row in place of an older one of its recipe."""
    rows = {**{old["recipe"]: old for old in read(path)}, row["recipe"]: row}
    kept = [json.dumps(rows[name], ensure_ascii=False) for name in EPOCHS if name in rows]
    path.write_text('{"rows": [\n' + ",\n".join(kept) + "\n]}\n", encoding="utf-8")


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """The comparison as a section of RESULTS.md; nothing where there is none."""
    if not rows:
        return ""
    lines = [
        "",
        "## Accuracy beside fp32's",
        "",
        "Test accuracy of the same runs in 32 and 16 bits, and the mean of the differences pair by pair with "
        f"its 95% interval, which is to stay above {WORST:g} points: "
        "`python -m core bench --accuracy --write`.",
        "",
        "| recipe | epochs | seeds | fp32 | bf16 | difference, points | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        middle, low, high = (row[f"difference{end}"] for end in ("", "_low", "_high"))
        lines.append(
            f"| `{row['recipe']}`{_changed(row)} | {row['epochs']} | {row['seeds']} | {row['fp32']:.2f}% | "
            f"{row['bf16']:.2f}% | {middle:+.3f} ({low:+.3f} to {high:+.3f}) | "
            f"{'✓' if row['holds'] else '✗'} |"
        )
    return "\n".join(lines) + "\n"


def _changed(row: dict[str, Any]) -> str:
    """What was set otherwise than in the recipe."""
    return "".join(f", {name} {value}" for name, value in row["changed"].items())
