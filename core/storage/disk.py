"""What to say where a disk refuses: full, read-only, in use by another program, or a name too long."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.config.errors import ConfigError, LabError

#: Less than so many bytes free is a full disk: SQLite itself does not always say so.
FULL = 2**16
_HOME = "or name another folder with DIGITLAB_HOME"


def disk_words(error: OSError, path: Path | None = None) -> str:
    """A sentence for an error of the file system. path: what was wanted, where the error does not know."""
    where = Path(error.filename) if isinstance(error.filename, str) else path
    what = where.name or str(where) if where else "A file"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {what} could not be written. Free some space, {_HOME}."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        folder = where.parent if where else "its folder"
        return f"{what} cannot be opened or written: {folder} does not permit it. Allow it, {_HOME}."
    if error.errno == errno.ENAMETOOLONG:
        return "The name of a file is too long; take a shorter one."
    return f"{what}: {(error.strerror or 'the system refuses').lower()}."


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have has none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_target(path: Path, option: str) -> None:
    """Refuse a place where no file can be written, before hours of work. option: which asked for it.

    Raises ConfigError.
    """
    try:
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
            raise ConfigError(f"{option} cannot write to the folder {path.parent}; name one that exists.")
        if path.is_dir():
            raise ConfigError(f"{option} takes a file; {path} is a folder.")
    except OSError as error:
        raise ConfigError(f"{option}: {disk_words(error, path)}") from error


@contextmanager
def sqlite_file(path: Path, what: str, patience: float = 30.0) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are committed together when the block ends, or not at all.

    what: the file in words, for the sentence. patience: seconds to wait where another program writes.
    Raises LabError where the file cannot be used, with the reason and what to do about it.
    """
    try:
        connection = sqlite3.connect(path, timeout=patience)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            with connection:
                yield connection
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise LabError(f"{what}, {path.name}, {_sqlite_words(error, path, patience)}") from error


def _sqlite_words(error: sqlite3.DatabaseError, path: Path, patience: float) -> str:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return (
            f"is in use by another program, which held it for {patience:g} seconds. Close that program, or "
            "wait for it, and try again; the file is sound."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")):
        return f"is damaged: {error}. Move it out of Digit Lab's home folder; a new one is made."
    writable = os.access(path.parent, os.W_OK) and (not is_file(path) or os.access(path, os.W_OK))
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM")) or not writable:
        return f"cannot be written: {path.parent} is read-only or somebody else's. Allow it, {_HOME}."
    if name == "SQLITE_FULL" or shutil.disk_usage(path.parent).free < FULL:
        return f"cannot be written: the disk is full. Free some space, {_HOME}; what was recorded is sound."
    return f"cannot be used: {error}. The disk may be at fault; what was recorded stays where it is."
