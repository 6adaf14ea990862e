"""A race that came with Digit Lab, so that the first view has something to show.

Made by `python -m core.recipes.record_race`, which runs the recipe `optimizer-race` with three seeds.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from core.config.errors import DataError
from core.config.race import RaceConfig
from core.lessons.race.race import LaneRun
from core.storage.atomic_write import write_whole
from core.storage.checkpoints import SHIPPED
from core.storage.history import History

PLACE = SHIPPED / "races" / "optimizer-race.json"
SEEDS = (0, 1, 2)
_KEPT = ("loss", "examples_per_step", "epochs", "records")  # of a history: what the curves need


@dataclass(frozen=True)
class RecordedRace:
    """A finished race: its settings and runs, on how many images, and the day it was run."""

    config: RaceConfig
    runs: tuple[LaneRun, ...]
    n_train: int
    n_test: int
    day: str


def save(race: RecordedRace, path: Path = PLACE) -> None:
    """Write the race as JSON, losses to five digits; the file appears whole or not at all."""
    runs = []
    for run in race.runs:
        history = run.history.rounded().to_json()
        kept = {name: history[name] for name in _KEPT}
        runs.append({**vars(run), "history": kept})
    values = {**vars(race), "config": race.config.to_json(), "runs": runs}
    write_whole(path, (json.dumps(values, separators=(",", ":")) + "\n").encode())


def load(path: Path = PLACE) -> RecordedRace:
    """Read what `save` wrote. Raises DataError where there is no such race."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        runs = tuple(LaneRun(**{**run, "history": History.from_json(run["history"])}) for run in values["runs"])
        return RecordedRace(**{**values, "config": RaceConfig.from_json(values["config"]), "runs": runs})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError("The recorded race cannot be read; press Start to run one.") from error
