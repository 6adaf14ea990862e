"""Every run ever finished, in one SQLite file.

Write-ahead logging lets several processes read and write at once, and each run is written in a single
transaction: after a power cut the file opens and holds every run that had finished.

Whoever writes changes the columns that are his to know and no others: training what it measured, a person the
name. What another version of Digit Lab has written beside them stays.
"""

import json
import logging
import secrets
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.config.errors import LabError, NotFound
from core.config.escaping import clean
from core.config.proportion import proportion
from core.config.run import RunConfig
from core.storage.disk import sqlite_file
from core.storage.history import History
from core.storage.paths import home, private_file

log = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds to wait for another program that writes to the file

_COLUMNS = """
    run_id TEXT PRIMARY KEY, recipe TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
    created REAL NOT NULL, status TEXT NOT NULL, data TEXT NOT NULL, n_train INTEGER NOT NULL,
    n_test INTEGER NOT NULL, epochs REAL NOT NULL, train_seconds REAL NOT NULL,
    test_accuracy REAL, ci_low REAL, ci_high REAL, test_loss REAL, validation_accuracy REAL,
    device TEXT NOT NULL, precision TEXT NOT NULL, threads INTEGER, versions TEXT NOT NULL,
    config TEXT NOT NULL, history TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'single'
"""
#: How a run came about: alone, as an optimizer of a race, as a trial of a sweep.
KINDS = ("single", "race", "sweep")
#: What stays when a run goes on: it was given once, or by a person.
_GIVEN = ("run_id", "name", "owner", "kind")


@dataclass(frozen=True)
class RunRecord:
    """One finished run.

    created: seconds since 1970. status: "finished", "stopped" or "diverged". data: "full" or "small".
    epochs: passes done (a stopped run may end within one). train_seconds: time spent in steps.
    n_test: how many images were tested on, never those that the run validated with. test_accuracy, ci_low,
    ci_high: fractions, with the ends of the 95% interval. owner: who started it.
    config: as the run began; what was changed on the way stands in history.changes. kind: one of KINDS.
    """

    run_id: str
    recipe: str
    name: str
    owner: str
    created: float
    status: str
    data: str
    n_train: int
    n_test: int
    epochs: float
    train_seconds: float
    test_accuracy: float | None
    ci_low: float | None
    ci_high: float | None
    test_loss: float | None
    validation_accuracy: float | None
    device: str
    precision: str
    threads: int | None
    versions: dict[str, str]
    config: RunConfig
    history: History
    kind: str = "single"

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))  # people's own words; an older file may hold any

    @property
    def prolonged(self) -> RunConfig:
        """The settings it was started with, and as many epochs as it was given in the end."""
        given = [change["value"] for change in self.history.changes if change["name"] == "epochs"]
        if not given or self.config.train.patience:  # whose patience is over says so by its epochs
            return self.config
        return self.config.with_settings({"epochs": int(given[-1])})

    def summary(self) -> dict[str, Any]:
        """The keys that the command line prints; all JSON values, the history left out."""
        ci95 = None if self.ci_low is None else [self.ci_low, self.ci_high]
        return {
            "recipe": self.recipe,
            "data": self.data,
            "seed": self.config.train.seed,
            "epochs": self.epochs,
            "train_seconds": round(self.train_seconds, 3),
            "test_accuracy": self.test_accuracy,
            "ci95": ci95,
            "test_loss": self.test_loss,
            "run_id": self.run_id,
            "name": self.name,
            "kind": self.kind,
            "status": self.status,
            "created": self.created,
            "n_train": self.n_train,
            "n_test": self.n_test,
            "tested_on": self.config.tested_on(self.n_test),
            "validation_accuracy": self.validation_accuracy,
            "device": self.device,
            "precision": self.precision,
            "threads": self.threads,
            "settings": self.config.to_json(),
        }


def new_run_id() -> str:
    """A fresh id: eight hexadecimal digits, short enough for a link."""
    return secrets.token_hex(4)


class RunStore:
    """The file of runs. Every call opens a connection of its own, so any thread may use one store."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or home() / "runs.sqlite"
        private_file(self.path)  # SQLite gives its log the same mode
        with self._open() as connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS runs ({_COLUMNS})")
            connection.execute("CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created)")
            if not _has_kinds(connection):
                connection.execute("BEGIN IMMEDIATE")  # another process may be about to do the same
                if not _has_kinds(connection):
                    _tell_kinds(connection)
                    _leave_validation_out(connection)

    def save(self, record: RunRecord) -> None:
        """Write a new run; of one that went on (same id) what its training knows, and not its name."""
        row = {f.name: getattr(record, f.name) for f in fields(record)}
        row["versions"] = json.dumps(record.versions)
        row["config"] = json.dumps(record.config.to_json())
        row["history"] = json.dumps(record.history.to_json(), allow_nan=False)
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        anew = ", ".join(f"{name} = excluded.{name}" for name in row if name not in _GIVEN)
        with self._open() as connection:
            connection.execute(
                f"INSERT INTO runs ({names}) VALUES ({marks}) ON CONFLICT (run_id) DO UPDATE SET {anew}", row
            )

    def all(self, owner: str | None = None, recipe: str | None = None, limit: int = 1000) -> list[RunRecord]:
        """The newest runs first, of one owner or one recipe if asked; of their histories only the changes.

        A run that cannot be read (written by another version, or damaged) is left out, and the log says so.
        """
        wanted = {"owner": owner, "recipe": recipe}
        where = " AND ".join(f"{key} = :{key}" for key, value in wanted.items() if value is not None)
        columns = ", ".join(f.name for f in fields(RunRecord) if f.name != "history")
        columns += (
            ", CASE WHEN json_valid(history) THEN json_object('changes', json_extract(history, '$.changes'))"
            " ELSE '' END AS history"
        )
        query = f"SELECT {columns} FROM runs {'WHERE ' + where if where else ''} ORDER BY created DESC LIMIT :n"
        with self._open() as connection:
            rows = connection.execute(query, {**wanted, "n": limit}).fetchall()
        records, unreadable = [], 0
        for row in rows:
            try:
                records.append(_record(dict(row)))
            except LabError:
                unreadable += 1
        if unreadable:
            log.warning("%d of %d recorded runs cannot be read and are left out.", unreadable, len(rows))
        return records

    def get(self, run_id: str) -> RunRecord:
        """One run with its history. Raises NotFound, or LabError if it cannot be read."""
        with self._open() as connection:
            row = connection.execute("SELECT * FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no recorded run {run_id!r}.")
        return _record(dict(row))

    def rename(self, run_id: str, name: str, owner: str | None = None) -> None:
        """Give a run a name of one's own (at most 80 characters).

        owner: who asks, as in `delete`. Raises NotFound, or LabError if it is somebody else's.
        """
        with self._open() as connection:
            _check_owner(connection, run_id, owner, "name")
            connection.execute("UPDATE runs SET name = ? WHERE run_id = ?", (name.strip()[:80], run_id))

    def delete(self, run_id: str, owner: str | None) -> None:
        """Remove a run. Raises NotFound, or LabError if it is somebody else's.

        owner: who asks; None on a laptop, where every run is one's own.
        """
        with self._open() as connection:
            _check_owner(connection, run_id, owner, "delete")
            connection.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection whose changes are committed together when the block ends, or not at all."""
        return sqlite_file(self.path, "The file of recorded runs", PATIENCE)


def _check_owner(connection: sqlite3.Connection, run_id: str, owner: str | None, what: str) -> None:
    """Raise NotFound, or LabError where `owner` (None: anybody) may not do that to somebody else's run."""
    row = connection.execute("SELECT owner FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no recorded run {run_id!r}.")
    if owner is not None and row["owner"] != owner:
        raise LabError(f"This run is somebody else's; only who made it can {what} it.")


def _has_kinds(connection: sqlite3.Connection) -> bool:
    return "kind" in {row["name"] for row in connection.execute("PRAGMA table_info(runs)")}


def _tell_kinds(connection: sqlite3.Connection) -> None:
    """Bring a file of before this column up to date: until then a run's name told how it came about."""
    connection.execute("ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'single'")
    for kind in KINDS[1:]:
        connection.execute("UPDATE runs SET kind = ? WHERE name GLOB ?", (kind, f"{kind} *"))


def _leave_validation_out(connection: sqlite3.Connection) -> None:
    """Bring a file of before the column `kind` up to date: until then a run that validated on the first half
    of the test images counted them into its score. What it measured on the last half is in its history."""
    found = connection.execute(
        "SELECT run_id, n_test, test_accuracy, history FROM runs WHERE history LIKE '%last_half_accuracy%'"
    ).fetchall()
    for run_id, n_test, accuracy, history in found:
        try:
            rows = json.loads(history)["epochs"]
        except ValueError:  # it is damaged, and left out of every list
            continue
        kept = next((row for row in rows if row["test_accuracy"] == accuracy), rows[-1])
        last, n = kept["last_half_accuracy"], n_test - n_test // 2
        low, high = (None, None) if last is None else proportion(last, n).interval
        connection.execute(
            "UPDATE runs SET n_test = ?, test_accuracy = ?, ci_low = ?, ci_high = ?, test_loss = ? WHERE run_id = ?",
            (n, last, low, high, kept["last_half_loss"], run_id),
        )


def _record(row: dict[str, Any]) -> RunRecord:
    try:
        return RunRecord(
            **{
                **{f.name: row[f.name] for f in fields(RunRecord)},  # others are another version's
                "versions": json.loads(row["versions"]),
                "config": RunConfig.from_json(json.loads(row["config"])),
                "history": History.from_json(json.loads(row["history"])),
            }
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # ConfigError is a ValueError
        raise LabError(f"The record of run {row.get('run_id')!r} cannot be read: {error}") from error
