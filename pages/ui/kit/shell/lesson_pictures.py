"""A small picture for each lesson on Home, computed from the digits and networks that are there.

All have the same shape, a row of 10 tiles, and see-through gaps, so that they suit either theme.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.images import shade
from core.charts.palette import DIVERGING
from pages.ui.kit.shell.cache import mnist, shipped_model

Bytes = NDArray[np.uint8]

ENLARGE = 4
GAP = 2  # pixels of the images, before enlarging


@st.cache_data(show_spinner=False, max_entries=50)
def lesson_picture(file: str, data: str) -> Bytes | None:
    """The picture of the lesson on page `file`, RGBA, or None if it has none.

    `data` names the digits in use: other digits, another picture.
    """
    from core.models.threads import one_thread  # PyTorch with it: Home's first words do not wait for that

    paint = _PICTURES.get(file)
    with one_thread():  # beside the browser that opens meanwhile, two would wait for each other
        tiles = paint() if paint else None
    return None if tiles is None else _mosaic(tiles)


def _one_of_each() -> Bytes:
    """The ten digits, a handwritten one of each."""
    test = mnist().test
    first = [int(test.of_class(digit)[0]) for digit in range(10)]
    gray = (test.images[first, 0].numpy() * 255).round().astype(np.uint8)
    return np.stack([gray, gray, gray, np.full_like(gray, 255)], axis=-1)


def _templates() -> Bytes | None:
    """What a linear network learned to look for in each of the ten digits: its weights, blue < 0 < orange."""
    from core.storage.checkpoints import shipped

    if "linear-softmax" not in shipped():
        return None
    for weights in shipped_model("linear-softmax").model.parameters():
        if sorted(weights.shape) == [10, 784]:
            rows = weights.detach().numpy()
            rows = rows if rows.shape[0] == 10 else rows.T
            return shade(rows.reshape(10, 28, 28), DIVERGING)
    return None


def _gradients() -> Bytes | None:
    """What ten hidden units are told to change about their 784 weights: gradients by hand, for one 5."""
    import torch

    from core.backprop.network import Layer, loss_and_gradients
    from core.models import linear_layers
    from core.storage.checkpoints import shipped

    if "mlp-manual" not in shipped():
        return None
    layers = [Layer(w.T, b) for _, w, b in linear_layers(shipped_model("mlp-manual").model)]
    train = mnist().train
    some = torch.cat([train.of_class(digit)[:1] for digit in range(10)])
    _, gradients = loss_and_gradients(layers, "sigmoid", train.images[some].flatten(1), train.labels[some])
    first = gradients[0].weight.T
    strongest = first.norm(dim=1).topk(10).indices.sort().values
    return shade(first[strongest].reshape(10, 28, 28).numpy(), DIVERGING)


def _feature_maps() -> Bytes | None:
    """What ten kernels of a convolutional network make of a 4."""
    import torch

    from core.storage.checkpoints import shipped

    if "cnn-bn" not in shipped():
        return None
    model = shipped_model("cnn-bn").model
    image = mnist().test.images[mnist().test.of_class(4)[:1]]
    with torch.no_grad():
        maps = next(output for name, output in model.walk(image) if name == "norm1")[0]  # type: ignore[operator]
    loudest = maps.std(dim=(1, 2)).topk(10).indices.sort().values
    tiles = shade(maps[loudest].numpy(), DIVERGING)
    return np.pad(tiles, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")  # as large as the other lessons'


def _ways_down() -> Bytes | None:
    """The way down from one picture, ten times: what its pixels would change to be read as each digit."""
    import torch
    from torch.nn import functional

    from core.storage.checkpoints import shipped

    if "mlp-deep" not in shipped():
        return None
    model = shipped_model("mlp-deep").model
    images = mnist().test.images[mnist().test.of_class(7)[:1]].repeat(10, 1, 1, 1).requires_grad_()
    loss = functional.cross_entropy(model(images), torch.arange(10), reduction="sum")
    (slopes,) = torch.autograd.grad(loss, images)
    downhill = -slopes[:, 0] / slopes.abs().amax(dim=(1, 2, 3))[:, None, None].clamp_min(1e-12)
    return shade(downhill.numpy(), DIVERGING)


def _attacked() -> Bytes | None:
    """The ten digits of the first lesson after one step uphill: still digits to you, not to the network."""
    import torch

    from core.attacks.config import AttackConfig
    from core.attacks.run import attack
    from core.storage.checkpoints import shipped

    if "cnn-bn" not in shipped():
        return None
    test = mnist().test
    ten = test.take(torch.tensor([int(test.of_class(digit)[0]) for digit in range(10)]))
    made = attack(shipped_model("cnn-bn").model, ten.images, ten.labels, AttackConfig("fgsm", 0.25))
    gray = (made[:, 0].numpy() * 255).round().astype(np.uint8)
    return np.stack([gray, gray, gray, np.full_like(gray, 255)], axis=-1)


def _growing_curve() -> Bytes | None:
    """A curve at ten moments of its learning, blue, and the sine that it learns, orange."""
    from core.models.inspect.fit import curves_of
    from core.storage.checkpoints import SHIPPED, shipped
    from core.storage.weight_history import load_weight_history, weight_history_path

    if "regression-sine" not in shipped():
        return None
    config = shipped_model("regression-sine").config
    weight_history = load_weight_history(weight_history_path(SHIPPED / "regression-sine.safetensors"))
    if len(weight_history) < 10:
        return None
    ten = [weight_history[round(place)] for place in np.linspace(0, len(weight_history) - 1, 10)]
    x = np.linspace(-2 * np.pi, 2 * np.pi, 28)
    tiles = np.zeros((10, 28, 28))
    for tile, (_, curve) in zip(tiles, curves_of(config, ten, x), strict=True):
        _trace(tile, np.sin(x), 0.45)
        _trace(tile, curve, -1.0)
    return shade(tiles, DIVERGING)


def _trace(tile: NDArray[np.float64], y: NDArray[np.float64], ink: float) -> None:
    """Draw y (28,) between −1.5 and 1.5 into a tile (28, 28), without gaps where it is steep."""
    rows = np.clip(np.round((1.5 - y) / 3 * 27), 0, 27).astype(int)
    for column, row in enumerate(rows):
        before = rows[max(0, column - 1)]
        tile[min(before, row) : max(before, row) + 1, column] = ink


def _memories() -> Bytes | None:
    """What 28 units of a recurrent network remember of ten words, after each of their first 7 letters."""
    from core.models.inspect.word_predictions import predict_word
    from core.models.recurrent import Recurrent
    from core.storage.checkpoints import shipped

    if "language-gru" not in shipped():
        return None
    model = shipped_model("language-gru").model
    assert isinstance(model, Recurrent)
    ten = (
        "thought",
        "without",
        "nuestra",
        "corazón",
        "yhdessä",
        "ihmisen",
        "vrouwen",
        "mogelijk",
        "książka",
        "człowiek",
    )
    states = [predict_word(model, word).states for word in ten]
    rows = np.stack([np.pad(state[:7].numpy(), ((0, 7 - min(7, len(state))), (0, 0))) for state in states])
    liveliest = np.argsort(-rows.std(axis=(0, 1)))[:28]
    return shade(rows[:, :, np.sort(liveliest)].repeat(4, axis=1), DIVERGING)


def _told_apart() -> Bytes | None:
    """Ten digits that a linear network misreads and a convolutional one does not."""
    import torch

    from core.storage.checkpoints import shipped

    if not {"linear-softmax", "cnn-bn"} <= set(shipped()):
        return None
    some = mnist().test.take(torch.arange(500))
    for name, right in (("linear-softmax", False), ("cnn-bn", True)):
        with torch.no_grad():
            read = shipped_model(name).model(some.images).argmax(1)
        some = some.take(torch.nonzero((read == some.labels) == right).flatten())
    if len(some) < 10:
        return None
    gray = (some.images[:10, 0].numpy() * 255).round().astype(np.uint8)
    return np.stack([gray, gray, gray, np.full_like(gray, 255)], axis=-1)


_PICTURES: Final[dict[str, Callable[[], Bytes | None]]] = {
    "pages/1_Data_Explorer.py": _one_of_each,
    "pages/2_MLP_Autograd.py": _templates,
    "pages/3_Manual_Backprop.py": _gradients,
    "pages/4_CNN.py": _feature_maps,
    "pages/5_Optimizer_Race.py": _ways_down,
    "pages/6_Adversarial.py": _attacked,
    "pages/7_Regression.py": _growing_curve,
    "pages/8_Language_ID.py": _memories,
    "pages/9_Runs.py": _told_apart,
}


def _mosaic(tiles: Bytes) -> Bytes:
    """Ten RGBA tiles (10, H, W, 4) in a row, enlarged without smoothing."""
    high, wide = tiles.shape[1:3]
    board = np.zeros((high, 10 * wide + 9 * GAP, 4), dtype=np.uint8)
    for index, tile in enumerate(tiles):
        board[:, index * (wide + GAP) : index * (wide + GAP) + wide] = tile
    return board.repeat(ENLARGE, axis=0).repeat(ENLARGE, axis=1)
