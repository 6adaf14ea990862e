"""The command line: `python -m core VERB`. With --json it prints one JSON object a line on stdout.

Progress goes to stderr. A user's mistake is one sentence on stderr and exit status 2.
"""

import argparse
import csv
import importlib
import json
import math
import sys
import time
from collections.abc import Sequence
from typing import Any

from core.errors import LabError

#: Each a module in core.commands.
VERBS = ("recipes", "train", "sweep", "runs", "export", "evaluate", "attack", "data", "reproduce", "bench")
#: Shares that people read as percentages.
PERCENT = ("test_accuracy", "validation_accuracy", "clean_accuracy", "adversarial_accuracy", "success_rate")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m core", description="Digit Lab on the command line.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        module = importlib.import_module(f"core.commands.{verb}")
        sub = verbs.add_parser(verb, help=module.HELP, description=(module.run.__doc__ or "").strip())
        sub.add_argument("--json", action="store_true", help="print one JSON object a line")
        module.add(sub)
        sub.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    try:
        rows = list(arguments.run(arguments))
    except LabError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    try:
        show(rows, arguments)
    except BrokenPipeError:  # the reader (`| head`) had enough
        sys.stderr.close()
    return 0


def show(rows: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Print the rows in the form that was asked for."""
    if arguments.json:
        for row in rows:
            print(as_json(row))
    elif getattr(arguments, "csv", False):
        print_csv(rows)
    else:
        for row in rows:
            print_text(row)
    sys.stdout.flush()


def as_json(value: object) -> str:
    """As one line of JSON; a number that is not finite becomes null, since JSON has no word for it."""
    return json.dumps(_finite(value), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_csv(rows: list[dict[str, Any]]) -> None:
    """Comma-separated values with a header; what is nested stays JSON."""
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        plain = {k: as_json(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        writer.writerow(plain)


def print_text(row: dict[str, Any]) -> None:
    """One row for people: its name, then a line a value."""
    head, *rest = [(key, value) for key, value in row.items() if value is not None]
    print(f"{head[1]}")
    for key, value in rest:
        if isinstance(value, dict) or value == "":
            continue  # settings in full are there with --json
        if key == "created":
            value = time.strftime("%Y-%m-%d %H:%M", time.localtime(value))
        elif key in PERCENT:
            value = f"{value:.2%}"
        elif isinstance(value, float):
            value = f"{value:.4g}"
        elif key == "ci95":
            value = f"{value[0]:.2%} … {value[1]:.2%}"
        print(f"  {key.replace('_', ' ')}: {value}")


if __name__ == "__main__":
    sys.exit(main())
