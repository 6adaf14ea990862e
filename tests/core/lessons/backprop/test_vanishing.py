"""Sizes of gradients by layer: against autograd, and the three stories that the lesson tells."""

import math

import pytest
import torch

from core.config.errors import ConfigError
from core.config.run import MLPConfig
from core.config.seeds import stream
from core.data import bundled
from core.data.digits import Mnist
from core.lessons.backprop.vanishing import (
    ACTIVATIONS,
    MADE_FOR,
    band,
    first_layer,
    network,
    over_seeds,
    sizes,
    steepest,
)
from core.lessons.backprop.vanishing import train_for_a_pass as learn
from core.models import as_module, build


@pytest.fixture(scope="module")
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    train, _ = bundled.train_and_test()
    return train.images[:64].flatten(1), train.labels[:64]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("init", ["xavier", "he", "pytorch", "normal"])
def test_sizes_are_autograds(activation: str, init: str, batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    config = MLPConfig((16, 16, 16), activation, init, init)  # type: ignore[arg-type]
    module = as_module(build(config, stream(3, "weights")))
    passed = []
    out = batch[0]
    for layer in module.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.register_forward_hook(lambda _, __, z: passed.append(z.detach()))
    loss = torch.nn.functional.cross_entropy(module(out.view(-1, 1, 28, 28)), batch[1])
    loss.backward()
    right = [p.grad.square().mean().sqrt().item() for p in module.parameters() if p.dim() == 2]  # type: ignore[union-attr]
    found = sizes(network(activation, init, 3, 16, 3), activation, *batch)  # type: ignore[arg-type]
    assert found.gradients == pytest.approx(right, rel=1e-4)
    sigma = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[activation]
    outputs = [*(sigma(z) for z in passed[:-1]), passed[-1]]
    assert found.activations == pytest.approx([z.square().mean().sqrt().item() for z in outputs], rel=1e-4)


def test_sigmoid_vanishes_where_tanh_and_relu_do_not(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    ratio = {}
    for name in ACTIVATIONS:
        found = band([s.gradients for s in over_seeds(*batch, name, MADE_FOR[name], 8, 64)])
        assert len(found.mean) == 9
        assert all(a <= m <= b for a, m, b in zip(found.low, found.mean, found.high, strict=True))
        ratio[name] = found.mean[-1] / found.mean[0]
    assert ratio["sigmoid"] > 10_000
    assert ratio["tanh"] < 10
    assert ratio["relu"] < 10


def test_with_pytorchs_default_tanh_keeps_more_than_relu(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    first = {name: first_layer(*batch, name, "pytorch", (1, 8), 64) for name in ACTIVATIONS}
    assert first["tanh"].mean[1] > 3 * first["relu"].mean[1]
    assert first["relu"].mean[1] > first["sigmoid"].mean[1]


def test_depth_and_layers_tell_the_same_number(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    found = first_layer(*batch, "tanh", "xavier", (1, 4), 16, seeds=(7,))
    alone = over_seeds(*batch, "tanh", "xavier", 4, 16, seeds=(7,))[0]
    assert found.mean[1] == pytest.approx(alone.gradients[0])
    assert found.low == found.high


def test_a_band_is_the_mean_of_logarithms() -> None:
    found = band([(1.0, 1e-4, 0.0), (100.0, 1e-2, 1.0)])
    assert found.mean[:2] == pytest.approx((10.0, 1e-3))
    assert found.low[:2] == (1.0, 1e-4)
    assert found.high == (100.0, 1e-2, 1.0)
    assert math.isnan(found.mean[2])
    assert math.isnan(found.low[2])


def test_the_steepest_slopes() -> None:
    assert [steepest(name) for name in ACTIVATIONS] == pytest.approx([0.25, 1.0, 1.0], abs=1e-6)


def test_what_makes_no_sense_is_refused(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    with pytest.raises(ConfigError, match="at least one seed"):
        over_seeds(*batch, "tanh", "xavier", 2, 8, seeds=())
    with pytest.raises(ConfigError, match="At most 16"):
        over_seeds(*batch, "tanh", "xavier", 20, 8)
    with pytest.raises(ConfigError, match="no image"):
        over_seeds(batch[0][:0], batch[1][:0], "tanh", "xavier", 2, 8)


def test_a_shallow_network_learns_and_a_deep_sigmoid_does_not(mnist: Mnist) -> None:
    progress: list[float] = []
    shallow = learn(mnist.train, mnist.test, [("relu", "he")], depth=1, width=32, images=3000, progress=progress.append)
    deep = learn(mnist.train, mnist.test, [("sigmoid", "xavier")], depth=8, width=32, images=3000)
    assert shallow[0].accuracy is not None
    assert deep[0].accuracy is not None
    assert shallow[0].accuracy > 0.6 > 0.2 > deep[0].accuracy
    low, high = shallow[0].ci95
    assert low < shallow[0].accuracy < high
    assert progress == sorted(progress)
    (burst,) = learn(mnist.train, mnist.test, [("relu", "normal")], depth=8, width=128, images=500, lr=100.0)
    assert burst.diverged
    assert burst.accuracy is None
    assert burst.ci95 == (0.0, 1.0)
