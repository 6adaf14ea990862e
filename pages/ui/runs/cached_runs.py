"""The recorded runs, read again only when the file of runs has changed."""

import streamlit as st

from core.config.errors import LabError, NotFound
from core.storage.runs import RunRecord
from pages.ui.kit.shell.cache import run_store
from pages.ui.kit.shell.owner import mine

MOST = 1000  # runs listed, the newest


def all_known() -> list[RunRecord]:
    """The runs of this browser (all, on a laptop), newest first, without their histories. Read-only."""
    return _known(str(run_store().path), version(), mine())


def version() -> str:
    """Changes whenever a run is written, named or deleted: SQLite's file, and the log it is written to first.

    An empty log is none: it comes and goes with every reader.
    """
    path = run_store().path
    parts = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        try:
            facts = file.stat()
        except FileNotFoundError:
            continue
        if facts.st_size:
            parts.append(f"{facts.st_mtime_ns}.{facts.st_size}")
    return "/".join(parts)


def whole(run_id: str) -> RunRecord | None:
    """A run with its history; None if it is gone or cannot be read."""
    return _whole(str(run_store().path), version(), run_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _known(path: str, at: str, owner: str | None) -> list[RunRecord]:
    return run_store().all(owner=owner, limit=MOST)


@st.cache_resource(max_entries=64, show_spinner=False)
def _whole(path: str, at: str, run_id: str) -> RunRecord | None:
    try:
        return run_store().get(run_id)
    except (NotFound, LabError):
        return None
