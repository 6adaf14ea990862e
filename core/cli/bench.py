"""`python -m core bench`: how fast, as ratios against baselines measured in the same call."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from core.config.errors import ConfigError
from core.data import load
from core.models.threads import one_thread

HELP = "measure speed as ratios against baselines"


def add(parser: argparse.ArgumentParser) -> None:
    """[--only NAME …] [--quick] [--write]."""
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these rows")
    parser.add_argument("--quick", action="store_true", help="fewer images and rounds: under a minute")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep what was measured, over older results, and bring benchmarks/RESULTS.md up to date",
    )
    parser.add_argument(
        "--accuracy",
        action="store_true",
        help="instead: what the same runs read in 16 and in 32 bits (minutes); --only names recipes",
    )


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure every row against its baseline, in turns; `ratio` above 1 means better than the baseline."""
    from benchmarks import ROWS, accuracy, report, results
    from benchmarks.measure import Setup, load_average, measure

    if arguments.write and arguments.quick:
        raise ConfigError("Only rows that were measured in full are kept: --write goes without --quick.")
    if arguments.accuracy:
        if arguments.quick:
            raise ConfigError("Accuracies are compared at their full length: --accuracy goes without --quick.")
        for row in accuracy.table(arguments.only, load("auto"), write=arguments.write):
            if arguments.write:
                _publish()
            yield row
        return
    names = _chosen(arguments.only, list(ROWS))
    if arguments.quick and arguments.only is None:
        slow = [name for name in names if not ROWS[name].quick]
        names = [name for name in names if name not in slow]
        if slow:
            print(f"A quick run leaves out {', '.join(slow)}; --only measures them.", file=sys.stderr)
    load_before = load_average()
    if warning := report.busy(load_before):
        print(warning, file=sys.stderr)
    with one_thread():  # see benchmarks.apart
        setup = Setup(load("auto"), arguments.quick)
    for name in names:
        print(f"{name} …", file=sys.stderr)
        row = {**measure(name, ROWS[name], setup), **results.circumstances(setup.mnist.size, load_before)}
        if row["skipped"]:
            print(f"{name} is left out: {row['skipped']}", file=sys.stderr)
        elif arguments.write:
            results.keep(row, ROWS, results.STORED)
            _publish()
        yield {**row, **row["extra"]}


def _publish() -> None:
    """Bring RESULTS.md up to date with what is kept."""
    from benchmarks import accuracy, report, results

    if rows := results.read(results.STORED):
        page = report.markdown(rows) + accuracy.markdown(accuracy.read())
        results.STORED.with_name("RESULTS.md").write_text(page, encoding="utf-8")


def _chosen(only: list[str] | None, names: list[str]) -> list[str]:
    """The rows asked for; a name before a slash stands for all rows that begin with it."""
    if only is None:
        return names
    for word in only:
        if not any(word in (name, name.split("/")[0]) for name in names):
            raise ConfigError(f"There is no benchmark {word!r}; there are {', '.join(names)}.")
    return [name for name in names if any(word in (name, name.split("/")[0]) for word in only)]
