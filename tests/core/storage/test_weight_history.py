"""Films of a run: written, read, damaged, and taken."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core.config.cnn import CNNConfig
from core.config.errors import LabError
from core.config.run import RunConfig, TrainConfig
from core.data.digits import Digits
from core.data.examples import RunData
from core.storage.weight_history import Frame, load_weight_history, save_weight_history, weight_history_path
from core.training.trainer import Trainer
from core.training.weight_history_callback import KeepWeights


def weights(seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "layers.conv1.weight": torch.randn(4, 1, 5, 5, generator=generator).to(memory_format=torch.channels_last),
        "layers.conv1.bias": torch.randn(4, generator=generator),
        "layers.norm1.num_batches_tracked": torch.tensor(7),
        "layers.out.weight": torch.randn(10, 60, generator=generator) * torch.logspace(-6, 3, 10).unsqueeze(1),
        "layers.out.bias": torch.randn(10, generator=generator),
    }


def test_there_and_back(tmp_path: Path) -> None:
    weight_history = [Frame(epoch, weights(int(10 * epoch))) for epoch in (0.0, 1.0, 2.5)]
    path = tmp_path / "films" / "run.safetensors"
    save_weight_history(path, weight_history)
    back = load_weight_history(path)
    assert [frame.epoch for frame in back] == [0.0, 1.0, 2.5]
    for before, after in zip(weight_history, back, strict=True):
        assert after.weights.keys() == before.weights.keys()
        for name, tensor in before.weights.items():
            if tensor.dim() == 2:
                off = (after.weights[name] - tensor).abs()
                step = tensor.abs().amax(dim=1, keepdim=True) / 127
                assert bool((off <= 0.501 * step).all())
                assert float(off.max()) > 0
            else:
                assert torch.equal(after.weights[name], tensor)
    assert [file.name for file in path.parent.iterdir()] == ["run.safetensors"]  # nothing half-written


def test_rows_of_zeros_and_no_numbers_survive(tmp_path: Path) -> None:
    odd = {"zero": torch.zeros(3, 4), "gone": torch.tensor([[1.0, float("nan")], [float("inf"), 2.0]])}
    save_weight_history(tmp_path / "odd.safetensors", [Frame(0.0, odd)])
    (back,) = load_weight_history(tmp_path / "odd.safetensors")
    assert torch.equal(back.weights["zero"], odd["zero"])
    torch.testing.assert_close(back.weights["gone"], odd["gone"], equal_nan=True)


def test_a_film_is_smaller_than_what_it_shows(tmp_path: Path) -> None:
    big = {"fc.weight": torch.randn(200, 500)}
    save_weight_history(tmp_path / "big.safetensors", [Frame(float(e), big) for e in range(4)])
    assert (tmp_path / "big.safetensors").stat().st_size < 0.3 * 4 * 200 * 500 * 4


def test_no_file_no_frames(tmp_path: Path) -> None:
    assert load_weight_history(weight_history_path(tmp_path / "nobody.safetensors")) == ()
    assert weight_history_path(tmp_path / "a.safetensors") == tmp_path / "films" / "a.safetensors"


def test_a_damaged_film_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"this is no film")
    with pytest.raises(LabError, match=r"run\.safetensors is not a weight history"):
        load_weight_history(path)
    save_weight_history(path, [Frame(0.0, weights(0)), Frame(1.0, weights(1))])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(LabError, match="not a weight history"):
        load_weight_history(path)


@pytest.mark.parametrize(
    ("epochs", "changes"),
    [
        ("[0, 1, 2]", {}),  # a frame too few
        ("[0]", {}),  # one too many
        ("7", {}),
        ('["then", null]', {}),
        ("[null, 1]", {}),
        ("[0, 1]", {"1/b": torch.zeros(4)}),  # of another network
        ("[0, 1]", {"1/c": torch.zeros(1)}),
        ("[0, 1]", {"first/b": torch.zeros(3)}),
        ("[0, 1]", {"1/W#scale": torch.ones(())}),
        ("[0, 1]", {"1/W#scale": torch.ones(1)}),  # it would spread over all rows
        ("[0, 1]", {"1/W#scale": torch.ones(5)}),
        ("[0, 1]", {"1/W": torch.ones(2, dtype=torch.int8)}),
    ],
)
def test_a_film_that_does_not_fit_together_is_a_sentence(
    epochs: str, changes: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    matrix = {"W": torch.ones(2, 3, dtype=torch.int8), "W#scale": torch.ones(2), "b": torch.zeros(3)}
    tensors = {f"{frame}/{name}": tensor.clone() for frame in (0, 1) for name, tensor in matrix.items()}
    path = tmp_path / "run.safetensors"
    save_file(tensors, path, {"epochs": "[0, 1]"})
    assert len(load_weight_history(path)) == 2
    save_file(tensors | changes, path, {"epochs": epochs})
    with pytest.raises(LabError, match="not a weight history"):
        load_weight_history(path)


def filmed(epochs: int, most: int | None = None, **settings: object) -> tuple[Trainer, KeepWeights]:
    """A tiny network trained on a few made-up images."""
    images = torch.rand(64, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    digits = Digits(images, torch.arange(64) % 10)
    net = CNNConfig(
        channels=(2,), kernels=(3,), strides=(2,), paddings=(0,), pools=("max",), hidden=(), batch_norm=True
    )
    camera = KeepWeights() if most is None else KeepWeights(most)
    config = RunConfig("test", net, TrainConfig(epochs=epochs, batch_size=32))
    trainer = Trainer(config, RunData(digits, digits.take(slice(0, 20))), [camera])
    trainer.run()
    return trainer, camera


def test_a_run_is_filmed_from_its_start_and_after_every_epoch() -> None:
    trainer, camera = filmed(3)
    assert [frame.epoch for frame in camera.weight_history] == [0, 1, 2, 3]
    last, first = camera.weight_history[-1].weights, camera.weight_history[0].weights
    for name, tensor in trainer.module.state_dict().items():
        assert torch.equal(last[name], tensor)
        assert last[name].data_ptr() != tensor.data_ptr()  # a copy, which training on cannot change
    assert not torch.equal(first["layers.conv1.weight"], last["layers.conv1.weight"])
    one, _ = filmed(1)
    assert torch.equal(camera.weight_history[1].weights["layers.conv1.weight"], one.module.layers.conv1.weight.detach())


def test_a_long_film_loses_every_other_frame_but_never_its_ends() -> None:
    _, whole = filmed(1)
    size = sum(t.numel() * t.element_size() for t in whole.weight_history[0].weights.values())
    _, camera = filmed(11, most=5 * size)
    epochs = [frame.epoch for frame in camera.weight_history]
    assert len(epochs) <= 5
    assert epochs[0] == 0
    assert epochs[-1] == 11
    assert epochs == sorted(set(epochs))
