"""`python -m core recipes`: what can be run."""

import argparse
from collections.abc import Iterator
from typing import Any

from core.recipes.texts import RECIPES

HELP = "list the recipes: the experiments of the source texts"


def add(parser: argparse.ArgumentParser) -> None:
    """This verb takes no arguments of its own."""


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row a recipe."""
    for name, recipe in RECIPES.items():
        yield {
            "id": name,
            "kind": recipe.kind,
            "title": recipe.title,
            "source": recipe.source,
            "claim": recipe.claim,
            "ours": recipe.ours,
            "config": recipe.setup.to_json(),
        }
