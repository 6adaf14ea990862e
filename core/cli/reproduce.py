"""`python -m core reproduce`: run the texts' experiments again, claim beside measured."""

import argparse
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from core.config.errors import ConfigError, DataError, NotFound
from core.data import Mnist, load

HELP = "run the experiments of the texts again: claim beside measured"


def add(parser: argparse.ArgumentParser) -> None:
    """[--only ID …] [--quick] [--save FILE]."""
    parser.add_argument("--only", nargs="+", metavar="ID", help="only these experiments")
    parser.add_argument(
        "--quick", action="store_true", help="bundled digits, one epoch, one or two seeds: under a minute"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="keep each row in this JSON file, over an older one of its id"
    )


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row an experiment: claim, measured, and whether it holds by the rule that stands beside it."""
    from core.recipes.reproduce import REPRODUCTIONS, table

    if arguments.save and arguments.quick:
        raise ConfigError("Only whole experiments are kept: --save goes without --quick.")
    names = list(REPRODUCTIONS) if arguments.only is None else arguments.only
    for name in names:
        if name not in REPRODUCTIONS:
            raise NotFound(f"Nothing to reproduce is called {name!r}; there are {', '.join(REPRODUCTIONS)}.")

    @cache
    def digits() -> Mnist:
        return load("small" if arguments.quick else "auto")

    if arguments.save and digits().size != "full":
        raise DataError(
            "Only what is measured on the whole MNIST is kept. Set MNIST_ROOT, or get it: python -m core data download."
        )
    for name in dict.fromkeys(names):
        print(f"{name} …", file=sys.stderr)
        row = REPRODUCTIONS[name](arguments.quick, digits)
        if arguments.save:
            table.save(row, arguments.save, list(REPRODUCTIONS))
        yield row
