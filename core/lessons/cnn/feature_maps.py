"""What a convolutional network makes of one image, layer by layer: its feature maps.

A feature map says for every place how well the pixels there match one kernel. The maps of a layer are its
channels; the layers behind them turn maps into ten numbers.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.config.cnn import CNNConfig
from core.models.cnn import CNN

UNCHANGED = ("flatten", "dropout")  # kinds of layers that pass on the same numbers when testing
NEVER_NEGATIVE = ("relu", "sigmoid")


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """One layer's output for one image.

    name, kind: as in `CNNConfig.layers`. values: (channels, rows, columns), or (units,) behind "flatten".
    signed: whether the layer can give numbers below zero, so that zero belongs in the middle of the colors.
    """

    name: str
    kind: str
    values: Tensor
    signed: bool

    @property
    def is_map(self) -> bool:
        """Whether it has channels with rows and columns, rather than a row of units."""
        return self.values.dim() == 3


def layer_outputs(model: nn.Module, config: CNNConfig, image: Tensor) -> list[LayerOutput]:
    """Every layer's output for one image (1, 28, 28) in [0, 1], from the input to the logits.

    model: a CNN built from `config`, in eval mode; it is only read. Layers that change nothing when testing
    (flatten, dropout) are left out.
    """
    assert isinstance(model, CNN)
    kinds = {layer.name: layer.kind for layer in config.layers()}
    found: list[LayerOutput] = []
    signed = False
    with torch.no_grad():
        for name, output in model.walk(image[None]):
            kind = kinds[name]
            if kind in UNCHANGED:
                continue
            if not kind.endswith("pool"):  # pooling keeps the signs of what it receives
                signed = kind not in NEVER_NEGATIVE
            found.append(LayerOutput(name, kind, output[0].detach(), signed))
    return found


def map_layers(config: CNNConfig) -> list[str]:
    """Names of the layers whose output has channels with rows and columns, first layer first."""
    return [layer.name for layer in config.layers() if len(layer.shape) == 3]


def block_of(layer: str) -> int:
    """The number, from 1, of the block that a layer with feature maps belongs to: 2 for "pool2"."""
    return int(layer.lstrip("abcdefghijklmnopqrstuvwxyz"))
