"""Networks that people bring along: safetensors files, with our header or with bare weights.

Such a file is data only: nothing in it is executed. A file that Digit Lab wrote says what network it holds;
bare weights are recognized where names and shapes are those of a recipe's network.
"""

import json

from torch import Tensor, nn

from core.config.errors import LabError
from core.config.escaping import clean
from core.config.run import KINDS, CNNConfig, MLPConfig, ModelConfig, RunConfig
from core.models import build_module
from core.models.trained_network import TrainedNetwork, rebuild
from core.recipes.texts import RECIPES, train_recipes
from core.storage.checkpoints import LARGEST, file_content, find_checkpoint, read_weights

READERS = (MLPConfig, CNNConfig)  # of digits


def read_upload(content: bytes, name: str, file_id: str = "") -> TrainedNetwork:
    """The network of digits in an uploaded file, in eval mode on the CPU.

    content: the file's bytes. name: what it is called, for people. file_id: tells it from others of that name.
    Raises LabError, with a sentence, if it is too large, no safetensors file, or holds no network of digits that is
    known here.
    """
    if len(content) > LARGEST:
        raise LabError(f"{name} has {len(content) / 2**20:.0f} MB; at most {LARGEST // 2**20} MB are taken here.")
    config, model = _network(content, name, READERS)
    if not isinstance(config.model, READERS):
        raise LabError(f"{name} holds a network that reads no images of digits; bring one that does.")
    return TrainedNetwork(model, config, "upload", file_id or name, title=f"Uploaded: {clean(name)}")


def open_checkpoint(name: str) -> TrainedNetwork:
    """The network that the command line names, ours or bare weights of one, ready to be scored.

    name: as `find_checkpoint` takes it. Raises LabError, with a sentence, where there is nothing to score:
    weights that are not finite answer anything alike.
    """
    path = find_checkpoint(name)
    config, model = _network(file_content(path), path.name, tuple(KINDS.values()))
    return TrainedNetwork(model, config, "file", path.stem, title=path.name)


def _network(content: bytes, name: str, kinds: tuple[type[ModelConfig], ...]) -> tuple[RunConfig, nn.Module]:
    """What builds the network of a file, and the network; bare weights are looked up among recipes of these kinds."""
    weights, metadata = read_weights(content, name)
    if not all(bool(tensor.float().isfinite().all()) for tensor in weights.values()):
        raise LabError(f"{name} holds weights that are not finite numbers: that network's training diverged.")
    if "config" not in metadata:
        config = _recognized(weights, name, kinds)
        return config, rebuild(config, weights)
    try:
        config = RunConfig.from_json(json.loads(metadata["config"]))
    except (ValueError, RecursionError) as error:
        raise LabError(f"{name} has a header that Digit Lab does not understand: {error}") from error
    return config, rebuild(config, weights)


def _recognized(weights: dict[str, Tensor], name: str, kinds: tuple[type[ModelConfig], ...]) -> RunConfig:
    """The recipe whose network has tensors of these names and shapes."""
    shapes = {key: tuple(tensor.shape) for key, tensor in weights.items()}
    known = {key: RECIPES[key].config for key in train_recipes(kinds)}
    for config in known.values():
        model = build_module(config.model)
        if {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()} == shapes:
            return config
    raise LabError(
        f"{name} holds weights of a network that is not known here: Digit Lab did not write the file, and "
        f"names and shapes are not those of {', '.join(known)}."
    )
