"""Who works on a sweep: one process at a time, by a claim that lapses when its holder dies."""

import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from core.config.errors import LabError
from core.formatting import duration
from core.storage.disk import sqlite_file
from core.storage.runs import PATIENCE, RunStore

log = logging.getLogger(__name__)

LEASE = 30.0  # seconds that a claim holds without being renewed


@contextmanager
def claimed(store: RunStore, sweep_id: str) -> Iterator[Callable[[], None]]:
    """Hold a sweep while the block runs, in every process that shares the file of runs.

    Yields a check to be made before a result is written: it raises LabError where the claim was lost
    meanwhile (by a computer that slept longer than the lease). Raises LabError where somebody else holds it.
    """
    holder = secrets.token_hex(8)
    _take(store, sweep_id, holder)
    done, lost = threading.Event(), threading.Event()

    def renew() -> None:
        while not done.wait(LEASE / 3):
            try:
                if not _renewed(store, sweep_id, holder):
                    lost.set()
                    return
            except LabError as error:  # the next try may come in time
                log.warning("The claim on sweep %s could not be renewed: %s", sweep_id, error)

    def check() -> None:
        if lost.is_set():
            raise LabError(f"Another process has taken sweep {sweep_id} over.")

    thread = threading.Thread(target=renew, name=f"claim-{sweep_id}", daemon=True)
    thread.start()
    try:
        yield check
    finally:
        done.set()
        thread.join()
        with suppress(LabError), _open(store) as connection:  # else it lapses
            connection.execute("DELETE FROM claims WHERE sweep_id = ? AND holder = ?", (sweep_id, holder))


@contextmanager
def _open(store: RunStore) -> Iterator[sqlite3.Connection]:
    with sqlite_file(store.path, "The file of recorded runs", PATIENCE) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS claims (sweep_id TEXT PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL)"
        )
        yield connection


def _take(store: RunStore, sweep_id: str, holder: str) -> None:
    now = time.time()
    with _open(store) as connection:
        taken = connection.execute(
            "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT (sweep_id) DO UPDATE "
            "SET holder = excluded.holder, until = excluded.until WHERE until < ?",
            (sweep_id, holder, now + LEASE, now),
        )
        if not taken.rowcount:
            until = connection.execute("SELECT until FROM claims WHERE sweep_id = ?", (sweep_id,)).fetchone()[0]
            raise LabError(
                f"Sweep {sweep_id} is at work already, in another window or on another machine. Should that "
                f"process have died, the sweep can go on in {duration(max(1.0, until - now))}."
            )


def _renewed(store: RunStore, sweep_id: str, holder: str) -> bool:
    with _open(store) as connection:
        renewed = connection.execute(
            "UPDATE claims SET until = ? WHERE sweep_id = ? AND holder = ?", (time.time() + LEASE, sweep_id, holder)
        )
        return renewed.rowcount == 1
