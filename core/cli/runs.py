"""`python -m core runs`: every run on record."""

import argparse
from collections.abc import Iterator
from typing import Any

from core.storage.runs import RunStore

HELP = "list the recorded runs, newest first"


def add(parser: argparse.ArgumentParser) -> None:
    """[--csv]."""
    parser.add_argument("--csv", action="store_true", help="print comma-separated values")


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row a run."""
    for record in RunStore().all(limit=100_000):
        yield record.summary()
