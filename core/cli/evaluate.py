"""`python -m core evaluate CHECKPOINT`: score a checkpoint on the test images."""

import argparse
from collections.abc import Iterator
from typing import Any

from core.models.device import choose_device
from core.models.evaluation import evaluate
from core.recipes.uploads import open_checkpoint
from core.training.run_data import material_for, run_data

HELP = "score a checkpoint on the test images"


def add(parser: argparse.ArgumentParser) -> None:
    """CHECKPOINT [--data full|small]."""
    parser.add_argument("checkpoint", help="a shipped name, a run id, a saved name or a .safetensors file")
    parser.add_argument("--data", choices=("full", "small"), help="whose test images (default: full where it is)")


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """One row: accuracy and its interval; below, where a part of the test images validated, that on them."""
    checkpoint = open_checkpoint(arguments.checkpoint)
    material = material_for(checkpoint.config, arguments.data or "auto")
    data = run_data(material, checkpoint.config)
    model = checkpoint.model.to(choose_device())
    score = evaluate(model, data.test)
    rest = None if data.first_half is None else evaluate(model, data.first_half)
    yield {
        "checkpoint": arguments.checkpoint,
        "recipe": checkpoint.config.recipe,
        "data": material.size,
        "n": score.n,
        "test_accuracy": score.accuracy if score.graded else None,
        "ci95": list(score.ci95) if score.graded else None,
        "test_loss": score.loss if score.known else None,
        "tested_on": checkpoint.config.tested_on(score.n),
        "validation_accuracy": rest.accuracy if rest and rest.graded else None,
        "n_validation": rest.n if rest else None,
    }
