"""Trained networks on disk: weights, the config that rebuilds the network, and where it came from.

One safetensors file holds it all, the last two as JSON in its header (where it came from, with its learning
curves, compressed). Such a file is data only: nothing in it is executed when it is read. Files are written
under a temporary name and renamed, so that a crash leaves the old file or the new one, never half of one.
"""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from core.atomic_write import write_whole
from core.config import RunConfig
from core.errors import LabError, NotFound
from core.home import PROJECT, home
from core.models import build_module

SHIPPED = PROJECT / "checkpoints"
LARGEST = 80 * 2**20  # bytes: room for the largest network that MLPConfig allows


@dataclass(frozen=True)
class Checkpoint:
    """A network read back: `model` in eval mode on the CPU, its `config` and its `provenance`.

    provenance: `recipe`, `data`, `seed`, `epochs`, `test_accuracy` (fraction), `ci95`, `n_test`, `trained`
    (date), `versions`, ….
    """

    model: nn.Module
    config: RunConfig
    provenance: dict[str, Any]


def save_checkpoint(
    path: Path, weights: dict[str, Tensor], config: RunConfig, provenance: dict[str, Any]
) -> Path:
    """Write a checkpoint; `weights` is a state_dict, of any shapes. The folder is made if missing."""
    metadata = {"config": json.dumps(config.to_json()), "provenance.zlib": _packed(provenance)}
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    write_whole(path, save(tensors, metadata))
    return path


def _packed(provenance: dict[str, Any]) -> str:
    """JSON, compressed and as text: learning curves of twenty epochs take as much room as a small network."""
    return base64.b64encode(zlib.compress(json.dumps(provenance).encode(), 9)).decode()


def _unpacked(metadata: dict[str, str]) -> dict[str, Any]:
    """What `_packed` packed, or the plain JSON of older files. Raises ValueError if it is neither."""
    packed = metadata.get("provenance.zlib")
    if packed is None:
        plain: dict[str, Any] = json.loads(metadata.get("provenance", "{}"))
        return plain
    unzip = zlib.decompressobj()
    try:
        text = unzip.decompress(base64.b64decode(packed), LARGEST)  # a bomb stays small
    except (zlib.error, binascii.Error) as error:
        raise ValueError(f"its provenance is damaged ({error})") from error
    found: dict[str, Any] = json.loads(text)
    return found


def header_of(content: bytes) -> dict[str, str]:
    """The words in a safetensors file's header. Raises ValueError where there is none."""
    length = int.from_bytes(content[:8], "little")
    if not 0 < length <= len(content) - 8:
        raise ValueError("it has no header")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return {str(key): str(value) for key, value in metadata.items()}


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint and rebuild its network, strictly: every weight must fit.

    Raises NotFound if there is no such file, LabError if it is not one of our checkpoints.
    """
    if not path.is_file():
        raise NotFound(f"There is no checkpoint {path.name}.")
    if path.stat().st_size > LARGEST:
        raise LabError(f"{path.name} is larger than {LARGEST // 2**20} MB, more than any network here needs.")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            config = RunConfig.from_json(json.loads(metadata["config"]))
            provenance = _unpacked(metadata)
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, KeyError, ValueError, OSError, RecursionError) as error:
        raise LabError(f"{path.name} is not a checkpoint of Digit Lab: {error}.") from error
    return Checkpoint(rebuild(config, weights), config, provenance)


def rebuild(config: RunConfig, weights: dict[str, Tensor]) -> nn.Module:
    """The network of `config` with these weights (a state_dict), in eval mode on the CPU.

    Raises LabError if a weight is missing, left over or of the wrong shape.
    """
    model = build_module(config.model)
    try:
        model.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        told = " ".join(str(error).split())  # PyTorch gives each weight a line
        told = told if len(told) < 300 else f"{told[:300]}…"
        raise LabError(f"These weights do not fit the network {config.recipe}: {told}") from error
    return model.eval()


def shipped() -> list[str]:
    """Names of the checkpoints that come with the project, each the id of its recipe."""
    return sorted(path.stem for path in SHIPPED.glob("*.safetensors"))


def load_shipped(name: str) -> Checkpoint:
    """A checkpoint that comes with the project, by its recipe's id."""
    if name not in shipped():
        raise NotFound(f"No checkpoint {name!r} is shipped; there are {', '.join(shipped()) or 'none'}.")
    return load_checkpoint(SHIPPED / f"{name}.safetensors")


def run_checkpoint(run_id: str) -> Path:
    """Where the weights of a recorded run lie (whether they exist or not)."""
    return home() / "checkpoints" / f"{run_id}.safetensors"


def find_checkpoint(name: str) -> Path:
    """A checkpoint by shipped name, run id, saved name or file path. Raises NotFound with a sentence."""
    saved = home() / "checkpoints" / f"{name}.safetensors"
    plain = name and Path(name).name == name
    for candidate in ([SHIPPED / f"{name}.safetensors", saved] if plain else []) + [Path(name)]:
        if candidate.is_file():
            return candidate
    raise NotFound(
        f"There is no checkpoint {name!r}: name a shipped one ({', '.join(shipped()) or 'none yet'}), "
        "the id of a recorded run, a name given with --save, or a .safetensors file."
    )
