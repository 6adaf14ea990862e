"""What a channel answers to: the images, and the place in each, that make it fire strongest.

Looking at the inputs that excite a unit most is the oldest way to ask what it has learned (Zeiler & Fergus
2014, "Visualizing and understanding convolutional networks", with patches as here).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.models.cnn import CNN

ROOM = 8_000_000  # numbers of a layer's output held at a time


@dataclass(frozen=True, eq=False)
class MaxActivations:
    """For N images and C channels of a layer: the largest number of each map, and where it stands.

    values, rows, columns: (N, C); of equal numbers the first in reading order counts.
    """

    values: Tensor
    rows: Tensor
    columns: Tensor

    def strongest(self, channel: int, count: int = 9) -> Tensor:
        """Places (count,) among the N images, of those whose map of this channel reaches highest first."""
        return self.values[:, channel].argsort(descending=True, stable=True)[:count]


@torch.no_grad()
def max_activations(model: nn.Module, layer: str, images: Tensor) -> MaxActivations:
    """The peaks of all channels of a layer with feature maps, on images (N, 1, 28, 28) in [0, 1]."""
    assert isinstance(model, CNN)
    values, places, wide = [], [], 1
    start, chunk = 0, 1
    while start < len(images):
        output = next(out for name, out in model.walk(images[start : start + chunk]) if name == layer)
        flat = output.flatten(2)
        top, at = flat.max(dim=2)
        values.append(top)
        places.append(at)
        start, wide = start + chunk, output.shape[3]
        chunk = max(1, min(200, ROOM // output[0].numel()))
    where = torch.cat(places)
    return MaxActivations(torch.cat(values), where // wide, where % wide)
