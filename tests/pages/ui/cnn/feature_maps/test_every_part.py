"""All parts of "Feature maps": a diverged network gets a sentence, and the code shown runs."""

from typing import Any

import pytest
import torch
from torch import nn

from core.config.cnn import CNNConfig
from core.data import Mnist
from core.export.network import cnn_code
from core.models.layers import Normalize
from pages.ui.cnn import maps, max_activations, network_editing, saliency
from tests.pages.ui.cnn.feature_maps.harness import CONFIGS, built, part

pytestmark = pytest.mark.usefixtures("bundled_only")
PARTS = ("Maps", "Ablation", "Maximally activating images", "Saliency")


@pytest.mark.parametrize(("name", "value"), [*((name, "nan") for name in PARTS), ("Maps", "inf")])
def test_a_diverged_network_gets_a_sentence(name: str, value: str, mnist: Mnist) -> None:
    network = built(CONFIGS["frozen"], mnist, f"diverged-{value}")
    with torch.no_grad():
        network.model.layers.out.bias.fill_(float(value))
    app = part(name, network, mnist)
    assert "are NaN or infinite" in app.warning[0].value
    assert not app.metric


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_code_runs(config: CNNConfig, mnist: Mnist, capsys: pytest.CaptureFixture[str]) -> None:
    layer = f"act{len(config.channels)}"
    names: dict[str, Any] = {
        "torch": torch,
        "nn": nn,
        "image": mnist.test.images[4],
        "images": mnist.test.images[:20],
        "Normalize": lambda mean, std: Normalize(),
        "mean": 0.1,
        "std": 0.3,
    }
    exec(maps.code(config), names)
    assert "Conv2d" in capsys.readouterr().out
    exec(cnn_code(config), names)
    names["network"].eval()
    names["x"] = mnist.test.images[4].reshape(1, 784)
    before = names["network"](names["x"])
    exec(network_editing.code(config), names)
    hooked = [type(la).__name__ for la in names["edited"] if la._forward_hooks]
    assert len(hooked) == 1
    assert hooked[0] in ("ReLU", "Tanh")
    assert torch.equal(names["network"](names["x"]), before)
    exec(max_activations.code(config, layer, 0), names)
    assert "rows" in capsys.readouterr().out
    exec(saliency.code(config, layer, 3), names)
    assert names["saliency"].shape == (28, 28)
    shape = next(la.shape for la in config.layers() if la.name == layer)
    assert tuple(names["heat"].shape) == (1, *shape[1:])
