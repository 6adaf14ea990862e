"""Receptive fields against brute force: which pixels really change a number of a feature map."""

import pytest
import torch

from core.config.cnn import CNNConfig
from core.config.errors import ConfigError
from core.lessons.cnn.feature_maps import map_layers
from core.lessons.cnn.receptive_field import Window, centers, receptive_field
from core.models.cnn import CNN

NETS = {
    "lab": CNNConfig(channels=(1, 1), kernels=(5, 5), strides=(1, 1), paddings=(2, 2), pools=("max", "max")),
    "strided": CNNConfig(channels=(1, 1), kernels=(4, 3), strides=(2, 3), paddings=(0, 1), pools=("average", "none")),
    "even": CNNConfig(
        channels=(1, 1, 1), kernels=(2, 2, 3), strides=(1, 2, 1), paddings=(1, 0, 2), pools=("none", "max", "max")
    ),
}


def touched(network: CNN) -> dict[str, torch.Tensor]:
    """Layer → (784, rows, columns): whether ink in that pixel alone changes the number there.

    All weights are positive, so that nothing cancels and no maximum hides it.
    """
    lit = torch.cat([torch.eye(784), torch.zeros(1, 784)]).reshape(785, 1, 28, 28)
    with torch.no_grad():
        return {name: out[:784, 0] != out[784:, 0] for name, out in network.walk(lit) if out.dim() == 4}


@pytest.mark.parametrize("config", NETS.values(), ids=NETS)
def test_fields_are_the_pixels_that_matter(config: CNNConfig) -> None:
    network = CNN(config, torch.Generator().manual_seed(1)).eval()
    for name, parameter in network.named_parameters():
        parameter.data = torch.zeros_like(parameter) if "bias" in name else parameter.data.abs() + 0.1
    changes = touched(network)
    for layer in map_layers(config):
        side = changes[layer].shape[1]
        for row, column in {(0, 0), (side // 2, side - 1), (side - 1, side // 3)}:
            found = changes[layer][:, row, column].reshape(28, 28)
            window = receptive_field(config, layer, row, column).inside()
            expected = torch.zeros(28, 28, dtype=torch.bool)
            expected[window.top : window.bottom, window.left : window.right] = True
            assert torch.equal(found, expected), (layer, row, column)


def test_windows_reach_over_the_padding() -> None:
    assert receptive_field(NETS["lab"], "conv1", 0, 27) == Window(-2, 25, 3, 30)
    assert receptive_field(NETS["lab"], "conv1", 0, 27).inside() == Window(0, 25, 3, 28)
    assert receptive_field(NETS["lab"], "act2", 3, 3).height == 14


def test_centers_lie_in_the_middle_of_the_fields() -> None:
    for config in NETS.values():
        for layer in map_layers(config):
            middles, distance = centers(config, layer, 3)
            for place, middle in enumerate(middles):
                window = receptive_field(config, layer, place, place)
                assert middle == (window.top + window.bottom - 1) / 2
            assert middles[1] - middles[0] == distance


def test_linear_layers_have_no_places() -> None:
    with pytest.raises(ConfigError, match="no feature maps"):
        receptive_field(NETS["lab"], "fc1", 0, 0)
    with pytest.raises(ConfigError, match="no feature maps"):
        receptive_field(NETS["lab"], "conv7", 0, 0)
