"""The book of a sweep on disk: what is planned, and which trials are done: it can go on after a restart.

The runs themselves stand in the run store like all others; the book names them.
"""

import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.config.digits import DigitsConfig
from core.config.errors import LabError, NotFound
from core.data.fingerprint import fingerprint
from core.jobs.sweep.plan import SweepPlan, Trial
from core.jobs.sweep.trial import Order, Size, material
from core.storage.atomic_write import write_whole
from core.storage.disk import is_file
from core.storage.paths import home
from core.storage.runs import new_run_id


@dataclass(frozen=True)
class Ledger:
    """One sweep.

    sweep_id: eight hexadecimal digits. size, data_hash: the data it began with, which all trials must have.
    done: number of a trial → id of its run.
    """

    sweep_id: str
    plan: SweepPlan
    size: Size
    data_hash: str
    owner: str = "me"
    created: float = field(default_factory=time.time)
    done: dict[int, str] = field(default_factory=dict)

    @property
    def open(self) -> list[Trial]:
        """The trials that are still to be run."""
        return [trial for trial in self.plan.trials() if trial.number not in self.done]

    def order(self, trial: Trial) -> Order:
        """What a worker is told of a trial; each time a fresh run id."""
        own = not isinstance(trial.config.data, DigitsConfig)  # its own points or words, made from its settings
        data_hash = fingerprint(material(trial.config, self.size)) if own else self.data_hash
        words = ", ".join(f"{name}={_word(value)}" for name, value in trial.changes.items())
        return Order(
            trial.number,
            trial.config,
            self.size,
            data_hash,
            new_run_id(),
            f"sweep {self.sweep_id}: {words}"[:80],
            self.owner,
        )

    def with_done(self, number: int, run_id: str) -> "Ledger":
        """The same after one more trial."""
        return replace(self, done={**self.done, number: run_id})


def _word(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else f"{value}"


def begin(plan: SweepPlan, size: Size, data_hash: str, owner: str = "me") -> Ledger:
    """A new sweep, written down before its first trial."""
    return write(Ledger(new_run_id(), plan, size, data_hash, owner))


def folder() -> Path:
    """Where the books lie."""
    return home() / "sweeps"


def write(ledger: Ledger) -> Ledger:
    """Write a book; the file is the old one or the new one, never half of either."""
    values: dict[str, Any] = {
        "plan": ledger.plan.to_json(),
        "size": ledger.size,
        "data_hash": ledger.data_hash,
        "owner": ledger.owner,
        "created": ledger.created,
        "done": ledger.done,
    }
    write_whole(folder() / f"{ledger.sweep_id}.json", json.dumps(values).encode())
    return ledger


def read(sweep_id: str) -> Ledger:
    """A sweep by its id. Raises NotFound, or LabError if its book cannot be read."""
    path = folder() / f"{sweep_id}.json"
    if Path(sweep_id).name != sweep_id or not is_file(path):
        raise NotFound(f"There is no sweep {sweep_id!r}; `runs` lists those there are by their runs' names.")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Ledger(
            sweep_id,
            SweepPlan.from_json(values["plan"]),
            values["size"],
            str(values["data_hash"]),
            str(values["owner"]),
            float(values["created"]),
            {int(number): str(run_id) for number, run_id in values["done"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabError(f"The book of sweep {sweep_id} cannot be read: {error}.") from error


def ledgers(owner: str | None = None) -> list[Ledger]:
    """All sweeps that can be read, the newest first; of one owner if asked."""
    found = []
    for path in folder().glob("*.json") if folder().is_dir() else ():
        try:
            found.append(read(path.stem))
        except LabError:
            continue
    mine = [ledger for ledger in found if owner is None or ledger.owner == owner]
    return sorted(mine, key=lambda ledger: -ledger.created)
