"""What looks into a convolutional network, against direct computation; and that looking changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import nn
from torch.nn import functional

from core.config.cnn import CNNConfig
from core.config.errors import LabError
from core.lessons.cnn.channel_ablation import KernelPlace, operated, without_each_channel
from core.lessons.cnn.conv_cost import multiplications, sample_size
from core.lessons.cnn.feature_maps import block_of, layer_outputs, map_layers
from core.lessons.cnn.max_activations import max_activations
from core.lessons.cnn.saliency import grad_cam, laid_over_pixels, saliency
from core.models.cnn import CNN

NETS = {
    "lab": CNNConfig(channels=(4, 8), kernels=(5, 5), paddings=(2, 2), hidden=(32,), dropout=0.5),
    "builder": CNNConfig(
        channels=(3, 5),
        kernels=(3, 3),
        strides=(2, 1),
        paddings=(0, 0),
        pools=("none", "average"),
        batch_norm=True,
        hidden=(),
        activation="tanh",
        normalize=True,
    ),
    "frozen": CNNConfig(
        channels=(1,), kernels=(3,), strides=(1,), paddings=(1,), pools=("max",), activation="gelu", frozen=True
    ),
}


def network(config: CNNConfig) -> CNN:
    made = CNN(config, torch.Generator().manual_seed(3))
    for layer in made.layers:  # statistics that are not those of the start
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean = torch.linspace(-0.3, 0.4, layer.num_features)
            layer.running_var = torch.linspace(0.5, 2.0, layer.num_features)
    return made.eval()


def images(count: int) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(7))


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Weights bit for bit, whether they learn, their gradients (none) and the mode stay as they are."""
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    learn = [p.requires_grad for p in model.parameters()]
    yield
    assert list(before) == list(model.state_dict())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert learn == [p.requires_grad for p in model.parameters()]
    assert all(p.grad is None for p in model.parameters())
    assert not model.training


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_layer_outputs_are_the_forward_pass(config: CNNConfig) -> None:
    model, image = network(config), images(1)[0]
    with untouched(model):
        outputs = layer_outputs(model, config, image)
    shapes = {layer.name: layer.shape for layer in config.layers()}
    assert all(tuple(out.values.shape) == shapes[out.name] for out in outputs)
    assert torch.equal(outputs[-1].values, model(image[None])[0].detach())
    assert [out.name for out in outputs if out.is_map] == map_layers(config)
    by_hand = functional.conv2d(
        model.normalize(image[None]),
        model.layers.conv1.weight,
        model.layers.conv1.bias,
        config.strides[0],
        config.paddings[0],
    )
    torch.testing.assert_close(outputs[0].values, by_hand[0].detach())
    for out in outputs:
        assert out.signed or float(out.values.min()) >= 0
    assert not {"flatten", "dropout"} & {out.kind for out in outputs}


def test_pooling_keeps_the_signs_it_receives() -> None:
    signed = {out.name: out.signed for out in layer_outputs(network(NETS["builder"]), NETS["builder"], images(1)[0])}
    assert signed["pool2"]
    signed = {out.name: out.signed for out in layer_outputs(network(NETS["lab"]), NETS["lab"], images(1)[0])}
    assert signed["conv2"]
    assert not signed["act2"]
    assert not signed["pool2"]
    assert (block_of("pool2"), block_of("conv1")) == (2, 1)


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_saliency_by_finite_differences(config: CNNConfig) -> None:
    model, image = network(config), images(1)[0]
    with untouched(model):
        found = saliency(model, image, 6)
    twin, step = network(config).double(), 1e-6
    for row, column in ((0, 0), (14, 13), (27, 5)):
        up, down = image.double().clone(), image.double().clone()
        up[0, row, column] += step
        down[0, row, column] -= step
        slope = (twin(up[None])[0, 6] - twin(down[None])[0, 6]).item() / (2 * step)
        assert float(found[row, column]) == pytest.approx(abs(slope), rel=2e-3, abs=1e-6)
    assert float(found.min()) >= 0
    model.train()
    assert torch.equal(saliency(model, image, 6), found)
    assert model.training


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_grad_cam_by_a_whole_backward_pass(config: CNNConfig) -> None:
    model, twin, image = network(config), network(config).requires_grad_(True), images(1)[0]
    for layer in map_layers(config):
        kept = {}
        for name, output in twin.walk(image[None]):
            if name == layer:
                output.retain_grad()
                kept["maps"] = output
        output[0, 8].backward()
        maps = kept["maps"]
        weights = maps.grad[0].mean(dim=(1, 2))
        found = grad_cam(model, image, 8, layer)
        torch.testing.assert_close(found.weights, weights)
        torch.testing.assert_close(found.heat, (weights[:, None, None] * maps[0]).sum(0).relu().detach())


def test_heat_is_laid_where_the_cells_look() -> None:
    config = NETS["lab"]
    heat = torch.arange(196.0).reshape(14, 14)
    laid = laid_over_pixels(config, "act2", heat)  # each cell covers 2 × 2 pixels, and none is left out
    assert (laid == heat.repeat_interleave(2, 0).repeat_interleave(2, 1).numpy()).all()
    plain = CNNConfig(channels=(1,), kernels=(5,), strides=(1,), paddings=(0,), pools=("none",))
    laid = laid_over_pixels(plain, "act1", torch.ones(24, 24))
    assert (laid[2:26, 2:26] == 1).all()
    assert (laid != laid).sum() == 784 - 24 * 24  # the rim belongs to no cell


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_a_channel_off_is_a_zero_for_the_next_layer(config: CNNConfig) -> None:
    model, some = network(config), images(5)
    last = len(config.channels)
    with untouched(model):
        twin = operated(model, {last: [0]}, {})
    walked = dict(twin.walk(some))
    assert not walked[f"act{last}"][:, 0].any()
    flat = dict(model.walk(some))["flatten"].clone()
    cells = flat.shape[1] // config.channels[-1]
    flat[:, :cells] = 0.0
    names = [name for name, _ in model.layers.named_children()]
    expected = model.layers[names.index("flatten") + 1 :](flat)
    torch.testing.assert_close(twin(some), expected)
    assert (config.channels[-1] == 1) == bool((twin(some)[0] == twin(some)[1]).all())


def test_a_rewritten_kernel_is_the_convolution_with_it() -> None:
    config = NETS["builder"]
    model, some = network(config), images(3)
    kernel = torch.tensor([[0.0, 1, 2], [3, 4, 5], [-6, 7, 8]])
    with untouched(model):
        twin = operated(model, {}, {KernelPlace(2, 4, 1): kernel})
    before, after = (dict(net.walk(some)) for net in (model, twin))
    assert torch.equal(before["act1"], after["act1"])
    assert torch.equal(before["conv2"][:, :4], after["conv2"][:, :4])
    moved = functional.conv2d(before["act1"][:, 1:2], (kernel - model.layers.conv2.weight[4, 1])[None, None])
    torch.testing.assert_close(after["conv2"][:, 4:] - before["conv2"][:, 4:], moved, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_without_each_channel_is_one_operation_after_another(config: CNNConfig) -> None:
    model, some = network(config), images(25)
    labels = model(some).argmax(1)
    for block, count in enumerate(config.channels, start=1):
        with untouched(model):
            whole, single = without_each_channel(model, block, some, labels, chunk=7)
        assert whole == 25
        one_by_one = [operated(model, {block: [channel]}, {})(some).argmax(1) for channel in range(count)]
        assert single == [int((answer == labels).sum()) for answer in one_by_one]


def test_impossible_operations_are_sentences() -> None:
    model = network(NETS["lab"])
    good = torch.zeros(5, 5)
    with pytest.raises(LabError, match="channels 0 to 3"):
        operated(model, {1: [4]}, {})
    with pytest.raises(LabError, match="no layer"):
        operated(model, {3: [0]}, {})
    with pytest.raises(LabError, match="no kernel to 4 from 0"):
        operated(model, {}, {KernelPlace(1, 4, 0): good})
    for bad in (torch.zeros(3, 3), good.clone().fill_(float("nan"))):
        with pytest.raises(LabError, match="needs a number"):
            operated(model, {}, {KernelPlace(1, 0, 0): bad})


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_peaks_are_the_largest_numbers(config: CNNConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    model, some = network(config), images(11)
    monkeypatch.setattr("core.lessons.cnn.max_activations.ROOM", 5000)  # a few images at a time
    layer = f"act{len(config.channels)}"
    with untouched(model):
        found = max_activations(model, layer, some)
    maps = dict(model.walk(some))[layer].detach()
    assert found.values.shape == maps.shape[:2]
    torch.testing.assert_close(found.values, maps.amax(dim=(2, 3)))
    for i in range(11):
        for c in range(maps.shape[1]):
            assert found.values[i, c] == pytest.approx(maps[i, c, found.rows[i, c], found.columns[i, c]].item())
    best = found.strongest(0, 9)
    assert best[0] == found.values[:, 0].argmax()
    assert (found.values[best, 0].diff() <= 0).all()


def test_multiplications_are_counted_layer_by_layer() -> None:
    config = NETS["builder"]  # 28 → conv 3, stride 2: 13 → conv 3: 11 → pool: 5 → 5·25 → 10
    first, second, last = 9 * 3 * 13 * 13, 9 * 3 * 5 * 11 * 11, 125 * 10
    assert multiplications(config) == first + second + last
    assert multiplications(config, "act1") == second + last
    assert multiplications(config, "act2") == last
    assert sample_size(1000, 10_000, 3e5) == 300
    assert sample_size(10**9, 10_000) == 20
    assert sample_size(1, 10_000) == 2000
    assert sample_size(1, 150) == 150
