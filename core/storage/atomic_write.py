"""Files that appear whole or not at all."""

import os
import tempfile
from pathlib import Path

from core.storage.paths import private_folder


def write_whole(path: Path, content: bytes) -> None:
    """Write under a temporary name beside `path`, then rename: a reader meets the old file or the new one.

    The folder is made if missing; the file is its owner's alone (mode 0600), as all that the lab keeps. Where
    it fails (a full disk, say) nothing is left behind; raises OSError.
    """
    private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
