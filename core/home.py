"""Where Digit Lab keeps what it makes: downloads, caches, runs and their weights."""

import os
from pathlib import Path

from core.errors import LabError

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder for everything made at run time, created if missing.

    `DIGITLAB_HOME` names it; the default is `.digitlab/` beside app.py, which git ignores. Raises LabError if
    it cannot be made.
    """
    folder = Path(os.environ.get("DIGITLAB_HOME") or PROJECT / ".digitlab").expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"DIGITLAB_HOME is {folder}, where no folder can be made: {error.strerror}. Name another place."
        ) from error
    return folder
