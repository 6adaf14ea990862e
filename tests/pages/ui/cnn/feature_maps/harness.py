"""The tab "Feature maps" in Streamlit's own harness, over networks of one's choice."""

from copy import deepcopy

from streamlit.testing.v1 import AppTest

from core.config.cnn import CNNConfig
from core.config.run import RunConfig, TrainConfig
from core.data import Mnist
from core.data.examples import RunData
from core.models import as_module
from core.models.trained_network import TrainedNetwork
from core.training.trainer import initial_network
from pages.ui.cnn.feature_maps import feature_maps
from pages.ui.cnn.layer_words import tag
from tests.pages.harness import open_part

CONFIGS = {
    "builder": CNNConfig(
        channels=(3, 70),
        kernels=(3, 3),
        strides=(2, 1),
        paddings=(0, 1),
        pools=("none", "average"),
        batch_norm=True,
        hidden=(),
        activation="tanh",
        normalize=True,
    ),
    "frozen": CNNConfig(
        channels=(1,), kernels=(4,), strides=(1,), paddings=(2,), pools=("max",), hidden=(12,), dropout=0.3, frozen=True
    ),
}


def built(config: CNNConfig, mnist: Mnist, key: str) -> TrainedNetwork:
    run = RunConfig("test", config, TrainConfig())
    start = as_module(initial_network(run, RunData(mnist.train, mnist.test))).eval()
    return TrainedNetwork(deepcopy(start), run, "file", f"{key}-{tag(config)}", title="a test", start=start)


def part(name: str, trained: TrainedNetwork, mnist: Mnist, **state: object) -> AppTest:
    return open_part(feature_maps, trained, mnist, state={"cnn_maps_part": name, **state})


def config_of(trained: TrainedNetwork) -> CNNConfig:
    assert isinstance(trained.config.model, CNNConfig)
    return trained.config.model
