"""Files that people bring: every network of digits that we know is read, anything else is a sentence."""

import json
import random
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from core.__main__ import main
from core.config.errors import LabError
from core.config.mlp import LARGEST_NETWORK
from core.config.run import KINDS, CNNConfig, MLPConfig
from core.models import build_module
from core.models.trained_network import load_shipped
from core.recipes.texts import RECIPES, train_recipes
from core.recipes.uploads import open_checkpoint, read_upload
from core.storage.checkpoints import LARGEST, SHIPPED, save_checkpoint

DIGITS = train_recipes((MLPConfig, CNNConfig))
OTHERS = [name for name, one in RECIPES.items() if one.kind == "train" and name not in DIGITS]
X = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def weights(name: str) -> dict[str, Tensor]:
    """An untrained network of the recipe."""
    model = build_module(RECIPES[name].config.model, seed=3)
    return {key: tensor.contiguous() for key, tensor in model.state_dict().items()}


def header(text: bytes) -> bytes:
    """A safetensors file that is all header."""
    return len(text).to_bytes(8, "little") + text


SMALL = weights("linear-softmax")
CONFIG = json.dumps(RECIPES["linear-softmax"].config.to_json())


@pytest.mark.parametrize("name", DIGITS)
def test_bare_weights_are_recognized(name: str) -> None:
    found = read_upload(save(weights(name)), "mine.safetensors")
    expected = build_module(RECIPES[name].config.model, seed=3).eval()
    assert torch.equal(found.model(X), expected(X))
    assert not found.model.training
    assert isinstance(found.config.model, MLPConfig | CNNConfig)


@pytest.mark.parametrize("name", ["linear-softmax", "cnn-bn", "mlp-manual"])
def test_our_own_files_are_read(name: str) -> None:
    content = (SHIPPED / f"{name}.safetensors").read_bytes()
    found, ours = read_upload(content, "mine.safetensors"), load_shipped(name)
    assert found.config == ours.config
    assert torch.equal(found.model(X), ours.model(X))


def test_half_precision_weights_are_taken() -> None:
    found = read_upload(save({key: tensor.half() for key, tensor in SMALL.items()}), "half")
    assert found.model(X).dtype == torch.float32


@pytest.mark.parametrize("name", OTHERS)
def test_networks_of_other_things_are_refused(name: str) -> None:
    config = json.dumps(RECIPES[name].config.to_json())
    with pytest.raises(LabError, match="reads no images of digits"):
        read_upload(save(weights(name), {"config": config}), "f")
    with pytest.raises(LabError, match="not known here"):
        read_upload(save(weights(name)), "f")


PREFIXES = {
    "compiled": lambda key: f"_orig_mod.{key}",
    "data-parallel": lambda key: f"module.{key}",
    "compiled, then data-parallel": lambda key: f"module._orig_mod.{key}",
    "data-parallel, then compiled": lambda key: f"_orig_mod.module.{key}",
    "a part compiled": lambda key: re.sub(r"^([^.]*)\.", r"\1._orig_mod.", key),
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", ["linear-softmax", "cnn-bn"])
def test_what_pytorch_puts_before_names_is_left_out(name: str, prefix: str, tmp_path: Path) -> None:
    ours = weights(name)
    content = save({PREFIXES[prefix](key): tensor for key, tensor in ours.items()})
    path = tmp_path / "mine.safetensors"
    path.write_bytes(content)
    expected = build_module(RECIPES[name].config.model, seed=3).eval()(X)
    assert torch.equal(read_upload(content, "mine").model(X), expected)
    assert torch.equal(open_checkpoint(str(path)).model(X), expected)


def test_averaged_weights_are_taken() -> None:
    averaged = torch.optim.swa_utils.AveragedModel(build_module(RECIPES["linear-softmax"].config.model, seed=3))
    found = read_upload(save(averaged.state_dict()), "mine")
    assert torch.equal(found.model(X), build_module(RECIPES["linear-softmax"].config.model, seed=3).eval()(X))


@pytest.mark.parametrize("name", train_recipes(tuple(KINDS.values())))
def test_the_command_line_takes_bare_weights_of_every_recipe(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bare.safetensors"
    ours = weights(name)
    path.write_bytes(save(ours))
    found = open_checkpoint(str(path))
    assert isinstance(found.config.model, type(RECIPES[name].config.model))
    assert all(torch.equal(tensor, ours[key]) for key, tensor in found.model.state_dict().items())


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
@pytest.mark.parametrize("ours", [True, False])
def test_weights_that_are_not_finite_are_not_scored(
    bad: float, ours: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "diverged.safetensors"
    lost = {key: tensor.clone() for key, tensor in SMALL.items()}
    lost[next(iter(lost))].view(-1)[5] = bad
    if ours:
        save_checkpoint(path, lost, RECIPES["linear-softmax"].config, {})
    else:
        path.write_bytes(save(lost))
    for verb in ("evaluate", "attack"):
        assert main([verb, str(path), "--data", "small"]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert "diverged.safetensors holds weights that are not finite numbers" in shown.err


def test_the_largest_network_of_ones_own_comes_in_again(tmp_path: Path) -> None:
    config = RECIPES["mlp-deep"].config.with_settings({"hidden": (4096, 2800)})
    path = tmp_path / "large.safetensors"
    save_checkpoint(path, build_module(config.model).state_dict(), config, {"history": ["x" * 1000] * 1000})
    assert path.stat().st_size > 55 * 2**20
    assert read_upload(path.read_bytes(), "large").config == config
    assert 4 * LARGEST_NETWORK + 2**20 < LARGEST


FOREIGN = "is not a safetensors file"
HEADER = "has a header that Digit Lab does not understand"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", FOREIGN),
        (b"\0" * 8, FOREIGN),
        (b"hello world, I am a text", FOREIGN),
        (b"PK\x03\x04" + b"x" * 500, FOREIGN),
        (save(SMALL)[:-10], FOREIGN),
        (save(SMALL)[:60], FOREIGN),
        (header(b"[]"), FOREIGN),
        (header(b'{"__metadata__":null}'), FOREIGN),
        (header(b'{"__metadata__":{"a":1}}'), FOREIGN),
        (header(b'{"__metadata__":{"a":"\xff"}}'), FOREIGN),
        (save({}), "not known here"),
        (save({"weight": torch.ones(3, 3)}), "not known here"),
        (save({**SMALL, "more": torch.ones(3)}), "not known here"),
        (save({key: tensor * torch.nan for key, tensor in SMALL.items()}), "not finite numbers"),
        (save({key: tensor.double() * 1e300 for key, tensor in SMALL.items()}), "not finite numbers"),
        (save({key: tensor.to(torch.complex64) for key, tensor in SMALL.items()}), "complex numbers"),
        (save(SMALL, {"config": "no JSON"}), HEADER),
        (save(SMALL, {"config": "[]"}), HEADER),
        (save(SMALL, {"config": "null"}), HEADER),
        (save(SMALL, {"config": "{}"}), HEADER),
        (save(SMALL, {"config": "[" * 100_000}), HEADER),
        (save(SMALL, {"config": "1" * 5000}), HEADER),
        (save(weights("mlp-module"), {"config": CONFIG}), "do not fit the network linear-softmax"),
        (save({**SMALL, "more": torch.ones(3)}, {"config": CONFIG}), "do not fit"),
        (bytes(LARGEST + 1), "at most 80 MB"),
    ],
)
def test_anything_else_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence) as raised:
        read_upload(content, "mine.safetensors")
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 500


def test_damaged_files_never_fail_otherwise() -> None:
    """Bytes of a good file overwritten at random: what is still a network is read, the rest is a sentence."""
    dice = random.Random(0)
    good = save(SMALL, {"config": CONFIG})
    start = int.from_bytes(good[:8], "little")
    refused = 0
    for _ in range(300):
        damaged = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(start)] = dice.choice([dice.randrange(256), *b'"{9n,'])
        try:
            read_upload(bytes(damaged), "f")
        except LabError:
            refused += 1
    assert refused > 200
