"""`python -m core data status|download`: which digits there are, and getting the whole MNIST."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from tqdm import tqdm

from core.data import status
from core.data.download import download

HELP = "say which data there is, or download the whole MNIST"


def add(parser: argparse.ArgumentParser) -> None:
    """status | download."""
    parser.add_argument("action", choices=("status", "download"))


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row: the source in use and its sizes."""
    if arguments.action == "download":
        with tqdm(unit="B", unit_scale=True, file=sys.stderr) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            download(show)
    now = status()
    yield {"source": now.source, "size": now.size, "train": now.train, "test": now.test, "problem": now.problem}
