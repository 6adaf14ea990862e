"""Trained networks on disk: weights, the config that rebuilds the network, and where it came from.

One safetensors file holds it all, the last two as JSON in its header (where it came from, with its learning
curves, compressed). Such a file is data only: nothing in it is executed when it is read. Files are written
under a temporary name and renamed, so that a crash leaves the old file or the new one, never half of one.
"""

import base64
import binascii
import json
import zlib
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from core.config.errors import LabError, NotFound
from core.config.run import RunConfig
from core.storage.atomic_write import write_whole
from core.storage.disk import is_file
from core.storage.paths import PROJECT, home

SHIPPED = PROJECT / "checkpoints"
LARGEST = 80 * 2**20  # bytes: room for the largest network that MLPConfig allows


def save_checkpoint(path: Path, weights: dict[str, Tensor], config: RunConfig, provenance: dict[str, Any]) -> Path:
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


def read_weights(content: bytes, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and words of a safetensors file, the one reader for all that come in.

    content: the file's bytes. name: what it is called, for messages. What `torch.compile` ("_orig_mod."),
    `DataParallel` and `AveragedModel` ("module.") write before each tensor's name is left out. Raises
    LabError, with a sentence, for anything else than such a file of real numbers.
    """
    try:
        weights, metadata = load(content), _header(content)
    except (SafetensorError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise LabError(
            f"{name} is not a safetensors file ({str(error)[:80]}). Save weights with safetensors.torch.save_file."
        ) from error
    weights = _plain_names(weights)
    for key, tensor in weights.items():  # batch norm alone counts something in whole numbers
        fraction = tensor.is_floating_point() or tensor.is_complex()
        if not fraction and not key.endswith("num_batches_tracked"):
            raise LabError(f"{name} holds whole numbers ({key[:40]}); the networks here need fractions.")
    if any(tensor.is_complex() for tensor in weights.values()):
        raise LabError(f"{name} holds complex numbers; the networks here compute with real ones.")
    return weights, metadata


def _header(content: bytes) -> dict[str, str]:
    """The words in a safetensors file's header. Raises ValueError where there is none."""
    length = int.from_bytes(content[:8], "little")
    if not 0 < length <= len(content) - 8:
        raise ValueError("it has no header")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return {str(key): str(value) for key, value in metadata.items()}


def _plain_names(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under the names that the network itself gives them."""
    found = {key.replace("_orig_mod.", ""): tensor for key, tensor in weights.items() if key != "n_averaged"}
    while found and all(key.startswith("module.") for key in found):
        found = {key.removeprefix("module."): tensor for key, tensor in found.items()}
    return found


def file_content(path: Path) -> bytes:
    """A checkpoint's bytes. Raises NotFound if there is no such file, LabError if it is far too large."""
    if not is_file(path):
        raise NotFound(f"There is no checkpoint {path.name}.")
    if path.stat().st_size > LARGEST:
        raise LabError(f"{path.name} is larger than {LARGEST // 2**20} MB, more than any network here needs.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise LabError(f"{path.name} cannot be read: {error.strerror}.") from error


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], RunConfig, dict[str, Any]]:
    """Weights (a state_dict), the config that rebuilds their network, and provenance.

    provenance: `recipe`, `data`, `seed`, `epochs`, `test_accuracy` (fraction), `ci95`, `n_test`, `trained`
    (date), `versions`, …. Raises NotFound if there is no such file, LabError if it is not one of our checkpoints.
    """
    weights, metadata = read_weights(file_content(path), path.name)
    try:
        config = RunConfig.from_json(json.loads(metadata["config"]))
        provenance = _unpacked(metadata)
    except (KeyError, ValueError, RecursionError) as error:
        raise LabError(f"{path.name} is not a checkpoint of Digit Lab: {error}.") from error
    return weights, config, provenance


def shipped() -> list[str]:
    """Names of the checkpoints that come with the project, each the id of its recipe."""
    return sorted(path.stem for path in SHIPPED.glob("*.safetensors"))


def shipped_checkpoint(name: str) -> Path:
    """Where a checkpoint that comes with the project lies, by its recipe's id. Raises NotFound."""
    if name not in shipped():
        raise NotFound(f"No checkpoint {name!r} is shipped; there are {', '.join(shipped()) or 'none'}.")
    return SHIPPED / f"{name}.safetensors"


def run_checkpoint(run_id: str) -> Path:
    """Where the weights of a recorded run lie (whether they exist or not)."""
    return home() / "checkpoints" / f"{run_id}.safetensors"


def find_checkpoint(name: str) -> Path:
    """A checkpoint by shipped name, run id, saved name or file path. Raises NotFound with a sentence."""
    saved = home() / "checkpoints" / f"{name}.safetensors"
    plain = name and Path(name).name == name
    for candidate in ([SHIPPED / f"{name}.safetensors", saved] if plain else []) + [Path(name)]:
        if is_file(candidate):
            return candidate
    raise NotFound(
        f"There is no checkpoint {name!r}: name a shipped one ({', '.join(shipped()) or 'none yet'}), "
        "the id of a recorded run, a name given with --save, or a .safetensors file."
    )
