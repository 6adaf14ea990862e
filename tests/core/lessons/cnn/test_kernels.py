"""Kernels as they lie in a state_dict, maps of every convolution, and how far weights have moved."""

from collections.abc import Iterator

import pytest
import torch

from core.config.cnn import CNNConfig
from core.lessons.cnn.kernels import convolutions, in_bytes, kernels, maps, moved
from core.models.cnn import CNN


@pytest.fixture
def network() -> CNN:
    config = CNNConfig(channels=(3, 5), kernels=(5, 3), paddings=(2, 0), strides=(1, 2), batch_norm=True)
    return CNN(config, torch.Generator().manual_seed(0)).eval()


def test_a_row_an_input_a_column_an_output(network: CNN) -> None:
    weights = network.state_dict()
    grid = kernels(weights, "conv2")
    assert grid.shape == (3, 5, 3, 3)
    assert torch.equal(grid[2, 4], weights["layers.conv2.weight"][4, 2])
    assert list(convolutions(network)) == ["conv1", "conv2"]
    with pytest.raises(KeyError):
        kernels(weights, "conv3")


def test_maps_are_what_the_layers_give(network: CNN) -> None:
    image = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(2))
    walked = dict(network.walk(image[None]))
    found = maps(network, image)
    assert list(found) == ["conv1", "conv2"]
    for name, values in found.items():
        torch.testing.assert_close(values, walked[name][0])


def test_nobody_else_is_heard(network: CNN) -> None:
    """Networks are shared: another session may use one while its maps are taken."""
    walk = network.walk

    def disturbed(x: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
        for name, output in walk(x):
            network(torch.zeros(1, 1, 28, 28))
            yield name, output

    image = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(2))
    wanted = maps(network, image)
    network.walk = disturbed  # type: ignore[method-assign]
    for name, values in maps(network, image).items():
        torch.testing.assert_close(values, wanted[name])


def test_how_far() -> None:
    start = torch.tensor([3.0, 4.0])
    assert moved(start, start) == 0
    assert moved(torch.tensor([3.0, 9.0]), start) == pytest.approx(1.0)
    assert moved(start, torch.zeros(2)) != moved(start, torch.zeros(2))  # no number


def test_eight_bits_are_recognized() -> None:
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(6, 50, generator=generator)
    scale = matrix.abs().amax(dim=1, keepdim=True) / 127
    rounded = (matrix / scale).round() * scale
    kernel = torch.randn(2, 2, 3, 3, generator=generator)
    assert in_bytes({"w": rounded, "k": kernel})
    assert not in_bytes({"w": matrix, "k": kernel})
    assert not in_bytes({"w": rounded, "other": matrix})
    assert not in_bytes({"k": kernel})
