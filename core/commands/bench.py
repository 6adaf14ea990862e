"""`python -m core bench`: how fast, as ratios against baselines measured in the same call."""

import argparse
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.data import load
from core.errors import ConfigError
from core.home import PROJECT
from core.training.trial import cores

HELP = "measure speed as ratios against baselines"
BUSY = 0.5  # processes already wanting a core: above this a warning is due


def add(parser: argparse.ArgumentParser) -> None:
    """[--only NAME …] [--quick] [--write]."""
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these rows")
    parser.add_argument("--quick", action="store_true", help="fewer images and rounds: about a minute")
    parser.add_argument(
        "--write", action="store_true", help="keep the results of a whole run in benchmarks/RESULTS.md"
    )


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure every row against its baseline, in turns; `ratio` above 1 means faster than the baseline."""
    from benchmarks import ROWS
    from benchmarks.measure import Setup, load_average, measure

    if arguments.write and (arguments.only or arguments.quick):
        raise ConfigError("Only a whole run is kept: --write goes with neither --only nor --quick.")
    names = _chosen(arguments.only, list(ROWS))
    load_before = load_average()
    if warning := _busy(load_before):
        print(warning, file=sys.stderr)
    setup = Setup(load("auto"), arguments.quick)
    rows = []
    for name in names:
        print(f"{name} …", file=sys.stderr)
        row = {**measure(name, ROWS[name], setup), "data": setup.mnist.size, "load": load_before}
        rows.append(row)
        if row["skipped"]:
            print(f"{name} is left out: {row['skipped']}", file=sys.stderr)
        yield {**row, **row["extra"]}
    if arguments.write:
        rows = [row for row in rows if not row["skipped"]]
        (PROJECT / "benchmarks" / "RESULTS.md").write_text(report(rows, setup.mnist.size), encoding="utf-8")


def _chosen(only: list[str] | None, names: list[str]) -> list[str]:
    """The rows asked for; a name before a slash stands for all rows that begin with it."""
    if only is None:
        return names
    for word in only:
        if not any(word in (name, name.split("/")[0]) for name in names):
            raise ConfigError(f"There is no benchmark {word!r}; there are {', '.join(names)}.")
    return [name for name in names if any(word in (name, name.split("/")[0]) for word in only)]


def _busy(load_before: float | None) -> str:
    """A warning where others wanted the processor too, else ""."""
    if load_before is None or load_before <= BUSY:
        return ""
    return f"The machine is busy (load {load_before:.1f} before the start): ratios may be off."


def report(rows: list[dict[str, Any]], data: str) -> str:
    """The results as Markdown, with the machine, its load and the versions they hold for.

    rows: as `run` yields them; rounds and load are those of the first, the same for all of a call.
    """
    load_before: float | None = rows[0]["load"]
    loaded = "unknown" if load_before is None else f"{load_before:.2f}"
    warning = _busy(load_before)
    lines = [
        "# Results",
        "",
        f"Measured {time.strftime('%Y-%m-%d')} on {cores()} cores ({_processor()}), {data} digits, "
        f"Python {platform.python_version()}, torch {version('torch')}, numpy {version('numpy')}. "
        f"Seconds: medians of {rows[0]['rounds']} rounds. Load average before the start: {loaded}. "
        "`ratio` = baseline seconds / our seconds: bigger is better, 1 is a draw. "
        "`threads`: of ours / of the baseline.",
        "",
        *([f"**{warning}**", ""] if warning else []),
        "| row | ours | baseline | threads | ours, s | baseline, s | ratio | aim |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{row['name']}` | {row['ours']} | {row['baseline']} | {row['threads'] or '?'} / "
        f"{row['baseline_threads'] or '?'} | {row['seconds']:.3g} | {row['baseline_seconds']:.3g} | "
        f"**{row['ratio']:.2f}** | {row['aim'] or 0:g} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _processor() -> str:
    """The processor's name where the system tells it."""
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
