"""Where Digit Lab keeps what it makes: downloads, caches, runs and their weights, for its owner alone."""

import os
from pathlib import Path

from core.config.errors import LabError

PROJECT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The folder for everything made at run time, created if missing.

    `DIGITLAB_HOME` names it; the default is `.digitlab/` beside app.py, which git ignores. Raises LabError if
    it cannot be made.
    """
    folder = Path(os.environ.get("DIGITLAB_HOME") or PROJECT / ".digitlab").expanduser()
    try:
        private_folder(folder)
    except OSError as error:
        raise LabError(
            f"DIGITLAB_HOME is {folder}, where no folder can be made: {error.strerror}. Name another place."
        ) from error
    return folder


def private_folder(folder: Path) -> Path:
    """Make the folder, and those above it that are missing, open to this user alone (mode 0700).

    One that is there already stays as it is: it may be somebody's own choice. Raises OSError.
    """
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_file(path: Path) -> Path:
    """Make an empty file that this user alone may read (mode 0600), where there is none. Raises OSError."""
    private_folder(path.parent)
    path.touch(mode=0o600, exist_ok=True)
    return path
