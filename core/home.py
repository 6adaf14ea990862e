"""Where Digit Lab keeps what it makes: downloads, caches, runs and their weights."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder for everything made at run time, created if missing.

    `DIGITLAB_HOME` names it; the default is `.digitlab/` beside app.py, which git ignores.
    """
    folder = Path(os.environ.get("DIGITLAB_HOME") or PROJECT / ".digitlab").expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
