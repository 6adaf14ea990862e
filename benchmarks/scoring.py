"""Rows about reading digits: many test images at once, one drawing at a time."""

import numpy as np
import torch

from benchmarks.measure import Row, Setup, Timed, timed
from core.checkpoints import load_shipped
from core.data.drawing import from_canvas
from core.evaluation import evaluate, predict

SLOWEST = "cnn-bn"
DRAWINGS = 50


def _evaluate(setup: Setup) -> tuple[Timed, Timed]:
    model = load_shipped(SLOWEST).model
    test = setup.mnist.test.take(slice(None, 2000)) if setup.quick else setup.mnist.test

    def one_at_a_time() -> None:
        with torch.no_grad():
            for image in test.images:
                model(image[None])

    return timed(lambda: evaluate(model, test)), timed(one_at_a_time)


def _drawing(setup: Setup) -> tuple[Timed, Timed]:
    """From the canvas's pixels to probabilities, DRAWINGS times; the baseline is the network alone."""
    model = load_shipped(SLOWEST).model
    canvas = np.zeros((280, 280, 4), dtype=np.uint8)
    canvas[..., 3] = 255
    canvas[60:220, 130:150, :3] = 255
    drawing = from_canvas(canvas)
    assert drawing is not None
    image = drawing.image[None]

    def whole() -> None:
        for _ in range(DRAWINGS):
            seen = from_canvas(canvas)
            assert seen is not None
            predict(model, seen.image[None])

    def alone() -> None:
        with torch.no_grad():
            for _ in range(DRAWINGS):
                model(image)

    return timed(whole), timed(alone)


ROWS: dict[str, Row] = {
    "evaluate-10k": Row(f"{SLOWEST} on the test images", "the same, one image at a time", 1.0, _evaluate),
    "predict-drawing": Row(
        f"{DRAWINGS} drawings: canvas, 28×28, {SLOWEST}, probabilities",
        "the network's forward alone",
        0.2,
        _drawing,
    ),
}
