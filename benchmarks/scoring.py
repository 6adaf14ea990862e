"""Rows about reading digits: many test images at once, one drawing at a time."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import nn

from benchmarks.measure import Limit, Row, Setup, Timed, Took, timed
from core.config.run import CNNConfig, MLPConfig
from core.data.drawing import from_canvas
from core.models.evaluation import evaluate, predict
from core.models.trained_network import load_shipped
from core.storage.checkpoints import shipped

NETWORK = "cnn-bn"
DRAWINGS = 50


def _evaluate(setup: Setup) -> tuple[Timed, Timed]:
    model = load_shipped(NETWORK).model
    test = setup.mnist.test.take(slice(None, 2000)) if setup.quick else setup.mnist.test

    def one_at_a_time() -> None:
        with torch.no_grad():
            for image in test.images:
                model(image[None])

    return timed(lambda: evaluate(model, test)), timed(one_at_a_time)


def readers() -> dict[str, nn.Module]:
    """The shipped networks that read digits, by name."""
    found = {name: load_shipped(name) for name in shipped()}
    return {name: one.model for name, one in found.items() if isinstance(one.config.model, MLPConfig | CNNConfig)}


def stroke() -> np.ndarray:
    """A canvas (280, 280, 4) of bytes with one stroke on it, as the page hands it over."""
    canvas = np.zeros((280, 280, 4), dtype=np.uint8)
    canvas[..., 3] = 255
    canvas[60:220, 130:150, :3] = 255
    return canvas


def each(work: Callable[[], object]) -> np.ndarray:
    """Seconds of each of DRAWINGS calls."""
    seconds = []
    for _ in range(DRAWINGS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return np.array(seconds)


def _drawing(setup: Setup) -> tuple[Timed, Timed]:
    """One drawing after the other through every network; the slowest one's counts, each one's p95 is told."""
    models, canvas = readers(), stroke()
    drawing = from_canvas(canvas)
    assert drawing is not None
    image = drawing.image[None]

    def read(model: nn.Module) -> None:
        seen = from_canvas(canvas)
        assert seen is not None
        predict(model, seen.image[None])

    def whole() -> Took:
        seconds = {name: each(partial(read, model)) for name, model in models.items()}
        p95 = {name: float(np.percentile(one, 95)) * 1000 for name, one in seconds.items()}
        details = {f"p95_ms_{name.replace('-', '_')}": one for name, one in p95.items()}
        slowest = max(float(np.median(one)) for one in seconds.values())
        return Took(slowest, torch.get_num_threads(), {"p95_ms": max(p95.values()), **details})

    def alone() -> Took:
        with torch.no_grad():
            seconds = [np.median(each(partial(model, image))) for model in models.values()]
        return Took(float(max(seconds)), torch.get_num_threads())

    return whole, alone


ROWS: dict[str, Row] = {
    "evaluate-10k": Row(f"{NETWORK} on the test images", "the same, one image at a time", 1.0, _evaluate),
    "predict-drawing": Row(
        "one drawing: canvas, 28×28, probabilities, by the slowest of the shipped networks",
        "the forward pass alone of the slowest of them",
        None,
        _drawing,
        limit=Limit("p95_ms", 15.0),
    ),
}
