"""The results that are kept: one a row, each with the day, the machine and the versions it holds for.

`python -m core bench --write` puts what it measured in place of older results of the same rows: the whole can
be measured in pieces, and a crash costs one row. The file is JSON that anyone can read.
"""

import json
import platform
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.config.errors import LabError
from core.jobs.autotune import cores
from core.storage.atomic_write import write_whole
from core.storage.paths import PROJECT

STORED = PROJECT / "benchmarks" / "results.json"
KEYS = {"name", "ratio", "date", "cores", "processor", "load", "data", "versions"}

Result = dict[str, Any]


def circumstances(data: str, load: float | None) -> Result:
    """What a measurement holds for. data: which digits. load: processes that wanted a core before."""
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cores": cores(),
        "processor": processor(),
        "load": load,
        "data": data,
        "versions": {
            "Python": platform.python_version(),
            **{name: version(name) for name in ("torch", "numpy", "streamlit")},
        },
    }


def processor() -> str:
    """The processor's name where the system tells it."""
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def read(path: Path = STORED) -> list[Result]:
    """The results kept so far; none if there is no file. Raises LabError if it is damaged."""
    try:
        found: list[Result] = json.loads(path.read_text(encoding="utf-8"))["rows"]
        whole = all(row.keys() >= KEYS for row in found)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LabError(f"{path.name} cannot be read. Move it away and measure again.") from error
    if not whole:
        raise LabError(f"{path.name} lacks parts of its rows. Move it away and measure again.")
    return found


def keep(row: Result, names: Iterable[str], path: Path) -> list[Result]:
    """Put a row in place of an older one of its name; returns all that are kept now.

    names: of the rows there are, in their order; results of others are dropped.
    """
    rows = {**{old["name"]: old for old in read(path)}, row["name"]: row}
    kept = [rows[name] for name in names if name in rows]
    lines = ",\n".join(json.dumps(one, allow_nan=False, ensure_ascii=False) for one in kept)
    write_whole(path, f'{{"rows": [\n{lines}\n]}}\n'.encode())
    return kept
