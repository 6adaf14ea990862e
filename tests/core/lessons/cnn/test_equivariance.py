"""Maps that move along with the picture: windows, slid-back maps, and where they cannot be slid back."""

import math

import pytest
import torch
from torch import Generator, Tensor

from core.config.cnn import CNNConfig
from core.data import load
from core.lessons.cnn.equivariance import layer_maps, relative_change, slide_back
from core.lessons.cnn.feature_maps import map_layers
from core.lessons.cnn.receptive_field import reach
from core.lessons.cnn.transforms import shift
from core.models.cnn import CNN

CONFIGS = {
    "padded, normalized": CNNConfig(
        channels=(3, 4),
        kernels=(5, 3),
        strides=(1, 1),
        paddings=(2, 1),
        pools=("max", "average"),
        batch_norm=True,
        normalize=True,
    ),
    "strided": CNNConfig(
        channels=(2, 3), kernels=(3, 2), strides=(2, 1), paddings=(0, 0), pools=("none", "max"), hidden=()
    ),
    "one": CNNConfig(channels=(1,), kernels=(11,), strides=(3,), paddings=(10,), pools=("none",)),
}


def network(config: CNNConfig) -> CNN:
    return CNN(config, Generator().manual_seed(0)).eval()


@pytest.fixture(scope="module")
def image() -> Tensor:
    return load("small").test.images[4]


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_windows_hold_all_pixels_that_a_place_depends_on(config: CNNConfig) -> None:
    """Against autograd: the gradient of one place reaches pixels of its window and no others."""
    model = network(config)
    picture = torch.rand(1, 1, 28, 28, generator=Generator().manual_seed(1))
    for name in map_layers(config):
        look = reach(config, name)
        x = picture.clone().requires_grad_()
        maps = dict(model.walk(x))[name][0]
        row, column = maps.shape[1] // 2, maps.shape[2] // 3
        maps[:, row, column].square().sum().backward()
        touched = torch.nonzero(x.grad[0, 0])
        for place, axis in ((row, 0), (column, 1)):
            first, end = look.of(place)
            if len(touched):
                assert touched[:, axis].min() >= first
                assert touched[:, axis].max() < end


@pytest.mark.parametrize("by", [(-3, 0), (2, 0), (0, 4), (-4, -4), (5, 3), (0, 0)])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_slid_back_maps_are_the_same_wherever_the_shift_is_a_multiple(
    config: CNNConfig, by: tuple[int, int], image: Tensor
) -> None:
    """Also for noise up to the edge, where ink is lost and padding is near."""
    for picture in (image, torch.rand(1, 28, 28, generator=Generator().manual_seed(2))):
        for layer in layer_maps(network(config), config, picture, shift(picture, *by)):
            found = slide_back(layer, *by)
            whole = all(step % layer.look.stride == 0 for step in by)
            assert found is None or whole
            if found is not None:
                assert found.change < 1e-6, layer.name
                assert found.compared.any()


def test_conv1_is_exactly_equivariant_and_pooling_only_at_multiples(image: Tensor) -> None:
    config = CNNConfig(channels=(4, 8), kernels=(5, 5), strides=(1, 1), paddings=(2, 2), pools=("max", "max"))
    for by in (-3, -4):
        maps = {layer.name: layer for layer in layer_maps(network(config), config, image, shift(image, by, 0))}
        conv1 = slide_back(maps["conv1"], by, 0)
        assert conv1.change == 0
        assert maps["conv1"].change > 0.1
        assert (slide_back(maps["pool1"], by, 0) is None) == (by % 2 != 0)
        assert (slide_back(maps["pool2"], by, 0) is None) == (by % 4 != 0)


def test_the_number_of_places_compared(image: Tensor) -> None:
    """A 5×5 kernel with padding 2: places 2…25 see 28 pixels; 3 fewer columns after a shift by 3."""
    config = CNNConfig(channels=(2,), kernels=(5,), strides=(1,), paddings=(2,), pools=("none",))
    (conv1, _) = layer_maps(network(config), config, image, shift(image, -3, 0))
    found = slide_back(conv1, -3, 0)
    assert int(found.compared.sum()) == 24 * 21


def test_a_window_larger_than_what_is_left(image: Tensor) -> None:
    config = CNNConfig(channels=(2,) * 3, kernels=(11,) * 3, strides=(1,) * 3, paddings=(5,) * 3, pools=("none",) * 3)
    maps = layer_maps(network(config), config, image, shift(image, 4, 0))
    assert slide_back(maps[-1], 4, 0) is None


def test_relative_change() -> None:
    before = torch.tensor([3.0, 4.0])
    assert relative_change(before, torch.tensor([3.0, 9.0])) == pytest.approx(1.0)
    assert relative_change(before, before) == 0
    assert relative_change(torch.zeros(2), torch.zeros(2)) == 0
    assert relative_change(torch.zeros(2), before) == math.inf


def test_looking_leaves_the_mode_alone(image: Tensor) -> None:
    model = network(CONFIGS["padded, normalized"]).train()
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    layer_maps(model, CONFIGS["padded, normalized"], image, image)
    assert model.training
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.state_dict().items())
