"""The settings of several runs: which differ, and which are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.lessons.runs.charts.scale import written
from core.storage.runs import RunRecord

#: Settings that say how a number was computed, not what was computed.
HOW = ("threads", "precision")
MISSING = "–"


@dataclass(frozen=True)
class SideBySide:
    """Settings of several runs: setting → its value in each run, in words, in the order of the runs.

    lit: those that differ. same: all others. A setting that a run does not have is written "–".
    """

    lit: dict[str, list[str]]
    same: dict[str, list[str]]


def side_by_side(runs: Sequence[RunRecord]) -> SideBySide:
    """Divide the settings of the runs into those that differ and those that are the same.

    What was changed during training counts as a setting of its own: two runs that began alike need not be alike.
    """
    columns = [_words(run) for run in runs]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = {name: [column.get(name, MISSING) for column in columns] for name in names}
    lit = {name: row for name, row in rows.items() if len(set(row)) > 1}
    return SideBySide(lit, {name: row for name, row in rows.items() if name not in lit})


def _words(run: RunRecord) -> dict[str, str]:
    found = {"recipe": run.recipe, "data": run.data, "trained on": f"{run.n_train:,}"}
    found |= {name: written(value) for name, value in run.config.settings().items()}
    changes = [f"{c['name']}→{written(c.get('value'))}" for c in run.history.changes]
    return {**found, "changed during training": ", ".join(changes) or "nothing"}


def varied(runs: Sequence[RunRecord]) -> list[str]:
    """Settings that at least two of the runs have with different values, those with most values first.

    Only settings that at least half of the runs have: others would say little of most.
    """
    counts: dict[str, set[str]] = {}
    had: dict[str, int] = {}
    for run in runs:
        for name, value in {**run.config.settings(), "recipe": run.recipe}.items():
            if name not in HOW:
                counts.setdefault(name, set()).add(written(value))
                had[name] = had.get(name, 0) + 1
    known = [name for name in counts if len(counts[name]) > 1 and 2 * had[name] >= len(runs)]
    return sorted(known, key=lambda name: (name != "lr", -len(counts[name]), name))


def values_of(runs: Sequence[RunRecord], name: str) -> list[Any]:
    """That setting of every run; None where it has none."""
    return [run.recipe if name == "recipe" else run.config.settings().get(name) for run in runs]
