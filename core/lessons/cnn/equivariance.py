"""What a shift of the picture does to the feature maps: do they move along, or do they become others?

A convolution is equivariant: shift its input and its output is the same, shifted. Pooling and strides keep
every second place only, so behind them the maps move along exactly where the shift is a multiple of the
total stride, and change otherwise. Pixel by pixel a map that has merely moved looks like a new one; moved
back, it is the old one again (Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 9.2-9.3).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.config.cnn import CNNConfig
from core.data.digits import SIDE
from core.lessons.cnn.feature_maps import map_layers
from core.lessons.cnn.receptive_field import Reach, reach
from core.lessons.cnn.transforms import shift


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """A layer's feature maps (C, H, W) of a picture before and after it was changed, and where they look."""

    name: str
    look: Reach
    before: Tensor
    after: Tensor

    @property
    def change(self) -> float:
        """‖after − before‖ / ‖before‖ over all maps; 0 where both are nothing, infinite where before is."""
        return relative_change(self.before, self.after)


@dataclass(frozen=True, eq=False)
class SlidBack:
    """Maps of the shifted picture moved back over those of the picture itself.

    after: (C, H, W), zero where nothing was moved to. compared: (H, W), True at the places whose window lies
    wholly on pixels that both pictures have: there no border can disturb. change: relative change at these.
    """

    after: Tensor
    compared: Tensor
    change: float


def layer_maps(model: nn.Module, config: CNNConfig, before: Tensor, after: Tensor) -> list[LayerMaps]:
    """Every layer's maps of two pictures (1, 28, 28), from the first convolution to the last map.

    model: a core.models.cnn.CNN of this config; it is neither trained nor changed.
    """
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            walked = dict(model.walk(torch.stack([before, after])))  # type: ignore[operator]
    finally:
        model.train(was_training)
    return [
        LayerMaps(name, reach(config, name), walked[name][0].contiguous(), walked[name][1].contiguous())
        for name in map_layers(config)
    ]


def relative_change(before: Tensor, after: Tensor) -> float:
    """‖after − before‖ / ‖before‖ as a fraction, of two tensors of one shape; 0 where both are all zero."""
    size = float(before.double().norm())
    moved = float((after.double() - before.double()).norm())
    return moved / size if size else (0.0 if moved == 0 else math.inf)


def slide_back(maps: LayerMaps, across: int, down: int) -> SlidBack | None:
    """Undo a shift of the picture by (across, down) pixels in the layer's maps.

    None where the shift is no multiple of the layer's stride (there is no half a place to move by), or where
    no place is left whose window lies inside both pictures.
    """
    stride = maps.look.stride
    if across % stride or down % stride:
        return None
    back = shift(maps.after, -across // stride, -down // stride)
    rows = _inside(maps.look, maps.before.shape[-2], down)
    columns = _inside(maps.look, maps.before.shape[-1], across)
    compared = rows[:, None] & columns[None, :]
    if not compared.any():
        return None
    change = relative_change(maps.before[:, compared], back[:, compared])
    return SlidBack(back, compared, change)


def _inside(look: Reach, places: int, by: int) -> Tensor:
    """(places,): whose window lies on pixels that stay in the picture, and whose moved place exists."""
    place = torch.arange(places)
    first = place * look.stride + look.first
    last = first + look.width - 1
    moved = place + by // look.stride
    whole = (first >= max(0, -by)) & (last <= SIDE - 1 - max(0, by))
    return whole & (moved >= 0) & (moved < places)
