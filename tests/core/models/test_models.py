"""Every family of networks through one contract, and every start through its statistics."""

import copy
import itertools

import pytest
import torch
from torch import nn

from core.config.run import ACTIVATIONS, FAMILIES, INITIALIZATIONS, CNNConfig, MLPConfig
from core.config.seeds import stream
from core.models import as_module, build, linear_layers
from core.models.cnn import CNN, in_quick_order
from core.models.initialization import initial_weights
from core.models.layers import Flatten, MaxPool2d, SeededDropout, give_generator
from core.models.raw_mlp import RawMLP, RawMLPView


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("family", "activation"), list(itertools.product(FAMILIES, ACTIVATIONS)))
def test_family_contract(family: str, activation: str) -> None:
    config = MLPConfig(hidden=(20, 12), activation=activation, family=family, normalize=True)
    images = torch.rand(9, 1, 28, 28)
    module = as_module(build(config, generator(), images))
    assert module(images).shape == (9, 10)
    assert torch.equal(module(images), module(images.flatten(1)))
    assert module(images[:0]).shape == (0, 10)
    shapes = [(tuple(w.shape), tuple(b.shape)) for _, w, b in linear_layers(module)]
    assert shapes == [((20, 784), (20,)), ((12, 20), (12,)), ((10, 12), (10,))]
    assert sum(p.numel() for p in module.parameters()) == 784 * 20 + 20 + 20 * 12 + 12 + 12 * 10 + 10
    twin = as_module(build(config, generator(99), torch.rand(5, 1, 28, 28)))
    twin.load_state_dict(module.state_dict(), strict=True)
    assert torch.equal(twin(images), module(images))


@pytest.mark.parametrize("init", INITIALIZATIONS)
def test_families_start_from_the_same_numbers(init: str) -> None:
    starts = []
    for family in FAMILIES:
        config = MLPConfig(hidden=(30,), init=init, init_output=init, family=family)
        starts.append(linear_layers(as_module(build(config, generator(5)))))
    for other in starts[1:]:
        for (_, w, b), (_, w0, b0) in zip(other, starts[0], strict=True):
            assert torch.equal(w, w0)
            assert torch.equal(b, b0)


@pytest.mark.parametrize(
    ("init", "spread", "bias"),
    [
        ("pytorch", (1 / 784 / 3) ** 0.5, (1 / 784 / 3) ** 0.5),
        ("normal", 1.0, 1.0),
        ("xavier", (2 / (784 + 600)) ** 0.5, 0.0),
        ("he", (2 / 784) ** 0.5, 0.0),
    ],
)
def test_spread_of_each_start(init: str, spread: float, bias: float) -> None:
    weight, b = initial_weights(MLPConfig(hidden=(600,), init=init), generator())[0]
    assert weight.mean().item() == pytest.approx(0, abs=spread / 100)
    assert weight.std().item() == pytest.approx(spread, rel=0.01)
    assert b.std().item() == pytest.approx(bias, rel=0.1)


def test_pytorch_start_is_that_of_nn_linear() -> None:
    torch.manual_seed(0)
    theirs = nn.Linear(784, 2000)
    ours, bias = initial_weights(MLPConfig(hidden=(2000,)), generator())[0]
    for mine, other in ((ours, theirs.weight), (bias, theirs.bias)):
        assert mine.abs().max().item() == pytest.approx(other.abs().max().item(), rel=0.01)
        assert mine.std().item() == pytest.approx(other.std().item(), rel=0.04)


def test_the_view_shares_memory_with_the_raw_tensors() -> None:
    raw = build(MLPConfig(family="raw"), generator())
    assert isinstance(raw, RawMLP)
    assert list(raw.tensors) == ["W_h", "b_h", "W_o", "b_o"]
    view = as_module(raw)
    assert isinstance(view, RawMLPView)
    with torch.no_grad():
        raw.tensors["W_h"].add_(1)
    assert torch.equal(view.get_parameter("W_h"), raw.tensors["W_h"])
    view.load_state_dict({k: v * 0 for k, v in view.state_dict().items()})
    assert raw.tensors["W_h"].abs().sum() == 0
    assert raw.tensors["W_h"].requires_grad


@pytest.mark.parametrize("p", [0.05, 0.25, 0.5, 0.9])
def test_dropout_keeps_the_expected_sum_and_sleeps_in_eval_mode(p: float) -> None:
    layer = SeededDropout(p)
    give_generator(layer, generator())
    x = torch.ones(401, 501)  # no multiple of the four numbers that come from one draw
    out = layer(x)
    assert out.mean().item() == pytest.approx(1, abs=0.03)
    silent = (out == 0).float().flatten()
    assert silent.mean().item() == pytest.approx(p, abs=0.01)
    for distance in (1, 2, 3, 4, 501):  # neighbors, among them those of one draw, know nothing of each other
        both = (silent[distance:] * silent[:-distance]).mean().item()
        assert both == pytest.approx(p * p, abs=0.01), distance
    assert torch.equal(layer.eval()(x), x)
    assert copy.deepcopy(layer).generator is None


def test_streams_of_a_seed_are_independent() -> None:
    draws = {name: torch.rand(4, generator=stream(7, name)).tolist() for name in ("weights", "order", "dropout")}
    assert len({tuple(v) for v in draws.values()}) == 3
    assert torch.rand(4, generator=stream(7, "order")).tolist() == draws["order"]
    assert torch.rand(4, generator=stream(8, "order")).tolist() != draws["order"]


def test_a_gradient_comes_out_of_flatten_laid_out_as_the_maps() -> None:
    """A pixel's channels side by side, and the numbers of nn.Flatten."""
    gradients = []
    for layer in (Flatten(), nn.Flatten()):
        maps = torch.randn(2, 3, 4, 5, generator=generator()).to(memory_format=torch.channels_last)
        maps.requires_grad_()
        below: list[torch.Tensor] = []
        inner = maps * 1
        maps.register_hook(below.append)
        rows = layer(inner)
        assert torch.equal(rows, maps.flatten(1))
        (rows * torch.arange(60.0)).sum().backward()
        gradients.append(maps.grad)
        if isinstance(layer, Flatten):
            assert below[0].is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(*gradients)


@pytest.mark.parametrize("channels", [3, 8])
def test_16_bit_maps_are_pooled_as_by_pytorch(channels: int) -> None:
    found = []
    for pool in (MaxPool2d(2), nn.MaxPool2d(2)):
        maps = torch.randn(5, channels, 9, 8, generator=generator()).bfloat16().requires_grad_()
        largest = pool(maps).float()
        (largest * torch.arange(largest.numel()).view_as(largest)).sum().backward()
        found += [largest.detach(), maps.grad]
    assert torch.equal(found[0], found[2])
    assert torch.equal(found[1], found[3])


@pytest.mark.parametrize("bf16", [False, True])
def test_pooling_before_relu_changes_no_bit(bf16: bool) -> None:
    """Of outputs and gradients, beside the layers in the order in which they are written."""
    config = CNNConfig(channels=(4, 16), batch_norm=True, hidden=(20,))
    images = torch.rand(30, 1, 28, 28, generator=generator())
    found = []
    for quick in (True, False):
        network = CNN(config, generator())
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            outputs = network(images) if quick else dict(network.walk(images))["out"]
        outputs.square().sum().backward()
        found.append([outputs, *(parameter.grad for parameter in network.parameters())])
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_only_a_maximum_goes_before_a_relu() -> None:
    relu, gelu, largest, mean = nn.ReLU(), nn.GELU(), MaxPool2d(2), nn.AvgPool2d(2)
    assert in_quick_order([relu, largest, relu, mean]) == [largest, relu, relu, mean]
    written = [gelu, largest, relu, mean, largest, relu]
    assert in_quick_order(written) == written
