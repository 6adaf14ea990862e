"""The convolutional network's config: its shapes against torch's, its refusals, its way through JSON."""

import json
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.cli.train import parse_settings
from core.config.choices import ACTIVATIONS, INITIALIZATIONS, POOLS
from core.config.errors import ConfigError
from core.config.run import CNNConfig, RunConfig
from core.models import build
from core.models.cnn import CNN
from core.recipes.texts import RECIPES, train_recipes


@st.composite
def any_settings(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever the builder's controls can say, possible or not."""
    blocks = draw(st.integers(1, 6))

    def each(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(low, high), min_size=blocks, max_size=blocks)))

    return {
        "channels": each(1, 6),
        "kernels": each(1, 11),
        "strides": each(1, 4),
        "paddings": each(0, 10),
        "pools": tuple(draw(st.lists(st.sampled_from(POOLS), min_size=blocks, max_size=blocks))),
        "batch_norm": draw(st.booleans()),
        "hidden": tuple(draw(st.lists(st.integers(1, 12), max_size=4))),
        "dropout": draw(st.sampled_from([0.0, 0.25, 0.9])),
        "activation": draw(st.sampled_from(ACTIVATIONS)),
        "init": draw(st.sampled_from(INITIALIZATIONS)),
        "normalize": draw(st.booleans()),
        "frozen": draw(st.booleans()),
    }


def possible(values: dict[str, Any]) -> CNNConfig | None:
    try:
        return CNNConfig(**values)
    except ConfigError:
        return None


QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@QUICK
@given(any_settings())
def test_shapes_and_weights_are_torchs(values: dict[str, Any]) -> None:
    config = possible(values)
    assume(config is not None)
    assert config is not None
    images = torch.rand(2, 1, 28, 28)
    network = build(config, torch.Generator().manual_seed(0), images)
    assert isinstance(network, CNN)
    network.eval()
    said = {layer.name: layer for layer in config.layers()}
    with torch.no_grad():
        walked = dict(network.walk(images))
    assert list(walked) == list(said)
    children = dict(network.layers.named_children())
    for name, output in walked.items():
        assert tuple(output.shape[1:]) == said[name].shape, name
        assert sum(p.numel() for p in children[name].parameters()) == said[name].parameters, name
    with torch.no_grad():
        assert network(images).shape == (2, 10)
    learning = {name for name, p in network.named_parameters() if p.requires_grad}
    assert any(name.startswith("layers.conv") for name in learning) is not config.frozen


@QUICK
@given(any_settings())
def test_what_is_refused_cannot_be_built_and_the_layer_is_named(values: dict[str, Any]) -> None:
    """Torch itself, asked layer by layer, stumbles exactly where the sentence says."""
    try:
        CNNConfig(**values)
        sentence = ""
    except ConfigError as error:
        sentence = str(error)
    x, failed = torch.zeros(1, 1, 28, 28), ""
    for index, channels in enumerate(values["channels"]):
        conv = torch.nn.Conv2d(
            x.shape[1], channels, values["kernels"][index], values["strides"][index], values["paddings"][index]
        )
        try:
            x = conv(x)
        except RuntimeError:
            failed = f"Convolution {index + 1} "
            break
        if values["pools"][index] != "none":
            try:
                x = torch.nn.functional.max_pool2d(x, 2)
            except RuntimeError:
                failed = f"Pooling {index + 1} "
                break
    assert sentence.startswith(failed) if failed else not sentence, (sentence, failed)


@QUICK
@given(any_settings())
def test_there_and_back_through_json_and_through_flat_settings(values: dict[str, Any]) -> None:
    config = possible(values)
    assume(config is not None)
    run = RECIPES["cnn-lab"].config.with_settings(values)
    assert run.model == config
    assert RunConfig.from_json(json.loads(json.dumps(run.to_json()))) == run
    assert RECIPES["cnn-bn"].config.with_settings(run.settings()).model == config


def test_the_texts_networks_have_the_texts_shapes() -> None:
    course = {layer.name: layer.shape for layer in RECIPES["cnn-bn"].config.cnn.layers()}
    assert [course[name] for name in ("conv1", "conv2", "pool2", "conv3", "pool3")] == [
        (16, 26, 26),
        (32, 24, 24),
        (32, 12, 12),
        (64, 10, 10),
        (64, 5, 5),
    ]
    lab = {layer.name: layer.shape for layer in RECIPES["cnn-lab"].config.cnn.layers()}
    assert [lab[name] for name in ("conv1", "pool1", "conv2", "pool2", "flatten", "fc1")] == [
        (4, 28, 28),
        (4, 14, 14),
        (8, 14, 14),
        (8, 7, 7),
        (392,),
        (512,),
    ]


@pytest.mark.parametrize("recipe", train_recipes(CNNConfig))
def test_the_command_line_sets_lists(recipe: str) -> None:
    config = RECIPES[recipe].config
    words = ["channels=4,8", "kernels=5,3", "strides=1,2", "paddings=2,0", "pools=max,none", "hidden="]
    changed = config.with_settings(parse_settings(config, [*words, "batch_norm=true", "frozen=true"])).cnn
    assert (changed.channels, changed.kernels, changed.strides) == ((4, 8), (5, 3), (1, 2))
    assert (changed.paddings, changed.pools, changed.hidden) == ((2, 0), ("max", "none"), ())
    assert changed.batch_norm
    assert changed.frozen


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channels": ()}, "1 to 6 blocks"),
        ({"channels": (4,)}, "2 kernels"),
        ({"channels": (0, 4)}, "Channels of convolution 1"),
        ({"kernels": (5, 12)}, "kernel side of convolution 2"),
        ({"strides": (1, 9)}, "stride of convolution 2"),
        ({"paddings": (-1, 0)}, "padding of convolution 1"),
        ({"pools": ("max", "median")}, "Pooling 2 must be one of"),
        ({"hidden": (4096, 4096)}, "Take fewer channels"),
        ({"hidden": (5,) * 5}, "At most 4"),
        ({"dropout": 1.0}, "Dropout must lie"),
        ({"frozen": 1}, "true or false"),
        ({"kernels": [5, 5]}, None),
    ],
)
def test_nonsense_gets_a_sentence(changes: dict[str, Any], sentence: str | None) -> None:
    config = RECIPES["cnn-lab"].config
    if sentence is None:  # a list is as good as a tuple where settings come from outside
        assert config.with_settings(changes) == config
        return
    with pytest.raises(ConfigError, match=sentence):
        config.with_settings(changes)
