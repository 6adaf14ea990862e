"""Networks of digits that people bring along: safetensors files, with our header or with bare weights.

Such a file is data only: nothing in it is executed. A file that Digit Lab wrote says what network it holds;
bare weights are recognised where names and shapes are those of a recipe's network.
"""

import json

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from core.checkpoints import Checkpoint, header_of, rebuild
from core.config import CNNConfig, MLPConfig, RunConfig
from core.errors import LabError
from core.models import build_module
from core.recipes import RECIPES, train_recipes

READERS = (MLPConfig, CNNConfig)  # of digits
LARGEST = 16 * 2**20  # bytes: several times the largest network of any recipe


def read_upload(content: bytes, name: str) -> Checkpoint:
    """The network in an uploaded file, in eval mode on the CPU.

    content: the file's bytes. name: what it is called, for messages. Raises LabError, with a sentence, if it
    is too large, no safetensors file, or holds no network of digits that is known here.
    """
    if len(content) > LARGEST:
        raise LabError(
            f"{name} has {len(content) / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are taken here."
        )
    try:
        weights = load(content)
        metadata = header_of(content)
    except (SafetensorError, ValueError, KeyError, AttributeError) as error:
        raise LabError(
            f"{name} is no safetensors file ({str(error)[:80]}). "
            "Save weights with safetensors.torch.save_file."
        ) from error
    for key, tensor in weights.items():  # batch norm alone counts something in whole numbers
        fraction = tensor.is_floating_point() or tensor.is_complex()
        if not fraction and not key.endswith("num_batches_tracked"):
            raise LabError(f"{name} holds whole numbers ({key[:40]}); the networks here need fractions.")
    if any(tensor.is_complex() for tensor in weights.values()):
        raise LabError(f"{name} holds complex numbers; the networks here compute with real ones.")
    if not all(bool(tensor.float().isfinite().all()) for tensor in weights.values()):
        raise LabError(f"{name} holds weights that are no numbers: that network's training diverged.")
    if "config" in metadata:
        try:
            config = RunConfig.from_json(json.loads(metadata["config"]))
        except (ValueError, RecursionError) as error:
            raise LabError(f"{name} has a header that Digit Lab does not understand: {error}") from error
        if not isinstance(config.model, READERS):
            raise LabError(f"{name} holds a network that reads no images of digits; bring one that does.")
        return Checkpoint(rebuild(config, weights), config, {})
    config = _recognised(weights, name)
    return Checkpoint(rebuild(config, weights), config, {})


def _recognised(weights: dict[str, Tensor], name: str) -> RunConfig:
    """The recipe whose network has tensors of these names and shapes."""
    shapes = {key: tuple(tensor.shape) for key, tensor in weights.items()}
    known = {key: RECIPES[key].config for key in train_recipes(READERS)}
    for config in known.values():
        model = build_module(config.model)
        if {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()} == shapes:
            return config
    raise LabError(
        f"{name} holds weights of a network that is not known here: Digit Lab did not write the file, and "
        f"names and shapes are not those of {', '.join(known)}."
    )
