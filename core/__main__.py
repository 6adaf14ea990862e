"""The command line: `python -m core VERB`. With --json it prints one JSON object a line on stdout.

Progress goes to stderr. A user's mistake is one sentence on stderr and exit status 2.
"""

import argparse
import importlib
import io
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from core.config.errors import ConfigError, LabError
from core.config.escaping import clean, escaped
from core.export.row_formats import as_csv, as_json
from core.formatting import percent
from core.jobs.interrupts import Interrupted, at_once
from core.storage.disk import disk_words

#: Each a module in core.cli.
VERBS = (
    "recipes",
    "train",
    "sweep",
    "runs",
    "export",
    "evaluate",
    "attack",
    "data",
    "reproduce",
    "bench",
    "tabs",
    "glossary",
)
#: Shares that people read as percentages.
PERCENT = ("test_accuracy", "validation_accuracy", "clean_accuracy", "adversarial_accuracy", "success_rate")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):  # a console without ε or ≥ gets \u03b5 in their place
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with at_once():
            arguments = _parser().parse_args(argv)
            show(arguments.run(arguments), arguments)
    except LabError as error:
        print(escaped(str(error), "terminal"), file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        print("Stopped. What was finished is kept.", file=sys.stderr)
        return 128 + (interrupt.number if isinstance(interrupt, Interrupted) else signal.SIGINT)
    except BrokenPipeError:  # the reader (`| head`) had enough
        sys.stderr.close()
    except OSError as error:
        print(disk_words(error), file=sys.stderr)
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """One whose complaint is a sentence, without the list of all options before it."""

    def error(self, message: str) -> NoReturn:
        words = clean(message, 300)
        raise ConfigError(f"{words[:1].upper()}{words[1:]}. `{self.prog} --help` says what it takes.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Digit Lab on the command line.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        module = importlib.import_module(f"core.cli.{verb}")
        sub = verbs.add_parser(verb, help=module.HELP, description=(module.run.__doc__ or "").strip())
        sub.add_argument("--json", action="store_true", help="print one JSON object a line")
        module.add(sub)
        sub.set_defaults(run=module.run)
    return parser


def show(rows: Iterable[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Print each row as it comes, in the form that was asked for: what follows may fail, or take an hour."""
    first = True
    for row in rows:
        if arguments.json:
            print(as_json(row))
        elif getattr(arguments, "csv", False):
            sys.stdout.write(as_csv([row], header=first))
        else:
            print_text(row)
        first = False
        sys.stdout.flush()


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
            value = percent(value, 2)
        elif isinstance(value, float):
            value = f"{value:.4g}"
        elif key == "ci95":
            value = f"{percent(value[0], 2)} … {percent(value[1], 2)}"
        print(f"  {key.replace('_', ' ')}: {escaped(str(value), 'terminal')}")


if __name__ == "__main__":
    sys.exit(main())
