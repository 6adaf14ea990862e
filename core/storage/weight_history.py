"""A network after every epoch, in one file: what the epoch slider winds back and forth through.

Convolutions and everything small are kept as they were. The large matrices of linear layers are kept in eight
bits a weight, each row with a scale of its own: a quarter of the size, and an accuracy that differs by a
fraction of a tenth of a point. Where the last frame is the checkpoint itself, the film on disk ends before
it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from core.config.errors import LabError
from core.storage.atomic_write import write_whole
from core.storage.disk import is_file

SCALE = "#scale"  # ends the name of a matrix's scales
SMALL = 512  # weights: matrices of fewer are kept as they are


@dataclass(frozen=True)
class Frame:
    """A network at one moment: passes so far, and its state_dict on the CPU."""

    epoch: float
    weights: dict[str, Tensor]


WeightHistory = tuple[Frame, ...]


def weight_history_path(checkpoint: Path) -> Path:
    """Where the weight history of a checkpoint lies (whether it has one or not)."""
    return checkpoint.parent / "films" / checkpoint.name


def save_weight_history(path: Path, frames: Sequence[Frame]) -> None:
    """Write the frames; the file appears whole or not at all."""
    tensors: dict[str, Tensor] = {}
    for index, frame in enumerate(frames):
        for name, tensor in frame.weights.items():
            tensors |= _packed(f"{index}/{name}", tensor.detach().cpu().contiguous())
    metadata = {"epochs": json.dumps([frame.epoch for frame in frames])}
    write_whole(path, save(tensors, metadata))


def load_weight_history(path: Path, last: Frame | None = None) -> WeightHistory:
    """The frames of a weight history, first to last; none if there is no such file. LabError if it is damaged.

    last: the network as the checkpoint has it; it ends the history, unless that goes as far itself.
    """
    if not is_file(path):
        return ()
    frames: dict[int, dict[str, Tensor]] = {}
    try:
        with safe_open(path, framework="pt") as file:
            epochs = json.loads((file.metadata() or {})["epochs"])
            for key in file.keys():  # noqa: SIM118 - not a dict
                if key.endswith(SCALE):
                    continue
                number, _, name = key.partition("/")
                tensor = file.get_tensor(key)
                if tensor.dtype == torch.int8:
                    tensor = _unpacked(tensor, file.get_tensor(key + SCALE))
                frames.setdefault(int(number), {})[name] = tensor
        found = tuple(Frame(float(epoch), frames[index]) for index, epoch in enumerate(epochs))
        if len(frames) != len(found) or len({_shapes(frame) for frame in found}) > 1:
            raise ValueError("its frames are not those of one network")
    except (SafetensorError, KeyError, IndexError, TypeError, ValueError, RuntimeError, OSError) as error:
        raise LabError(f"{path.name} is not a weight history: {error}.") from error
    return (*found, last) if last is not None and found and found[-1].epoch < last.epoch else found


def as_kept(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state_dict as a film on disk gives it back: matrices rounded to eight bits, the rest as it is.

    The names and shapes stay the same.
    """
    found = {}
    for name, tensor in weights.items():
        packed = _packed(name, tensor.detach())
        scale = packed.get(name + SCALE)
        found[name] = packed[name] if scale is None else packed[name].float() * scale[:, None]
    return found


def _unpacked(rows: Tensor, scale: Tensor) -> Tensor:
    """A matrix from its rows in eight bits and their scales. Raises ValueError if these do not fit."""
    if rows.dim() != 2 or scale.shape != rows.shape[:1]:
        raise ValueError("a matrix and its scales do not fit")
    return rows.float() * scale[:, None]


def _shapes(frame: Frame) -> frozenset[tuple[str, torch.Size]]:
    return frozenset((name, tensor.shape) for name, tensor in frame.weights.items())


def _packed(key: str, tensor: Tensor) -> dict[str, Tensor]:
    if tensor.dim() != 2 or tensor.numel() < SMALL or not bool(tensor.isfinite().all()):
        return {key: tensor}
    scale = (tensor.abs().amax(dim=1) / 127).clamp_min(1e-12)
    return {key: (tensor / scale[:, None]).round().to(torch.int8), key + SCALE: scale}
