"""Saliency: how much each pixel, changed a little, would move one digit's logit."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config.cnn import SIDE, CNNConfig
from core.lessons.cnn.receptive_field import centers
from core.models.cnn import CNN


def saliency(model: nn.Module, image: Tensor, digit: int) -> Tensor:
    """|∂logit/∂pixel| for every pixel: (28, 28), in logits per unit of ink, never negative.

    image: (1, 28, 28) in [0, 1]. digit: whose logit, 0 … 9. The first step of the story that a gradient tells
    of a network (Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks"). The gradient is
    asked for with respect to the input only: no gradient stays behind in the model's weights.
    """
    model = model if not model.training else deepcopy(model).eval()
    with torch.enable_grad():
        x = image[None].detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(model(x)[0, digit], x)
    return gradient[0, 0].abs()


# Grad-CAM: which places of a layer's feature maps speak for a digit.
#
# Each channel gets one weight, how much its map as a whole would move the digit's logit; the maps are summed
# with these weights, and what speaks against the digit is cut off (Selvaraju et al. 2017, "Grad-CAM: Visual
# explanations from deep networks via gradient-based localization").


@dataclass(frozen=True, eq=False)
class GradCam:
    """heat: (rows, columns) of the layer's maps, never negative: relu(Σ weight · map).

    weights: (channels,), the mean over all places of ∂logit/∂map. logit: the digit's logit.
    """

    heat: Tensor
    weights: Tensor
    logit: float


def grad_cam(model: nn.Module, image: Tensor, digit: int, layer: str) -> GradCam:
    """Grad-CAM of one image (1, 28, 28) in [0, 1] for the logit of `digit`, at a layer with feature maps.

    layer: "act2", "pool2", …: a name of the CNN's layers before "flatten". Gradients are asked for with
    respect to the maps only; the model's weights keep none.
    """
    assert isinstance(model, CNN)
    model = model if not model.training else deepcopy(model).eval()
    names = [name for name, _ in model.layers.named_children()]
    cut = names.index(layer) + 1
    with torch.no_grad():
        maps = model.layers[:cut](model.normalize(image[None]))
    with torch.enable_grad():
        maps = maps.detach().requires_grad_()
        logit = model.layers[cut:](maps)[0, digit]
        (gradient,) = torch.autograd.grad(logit, maps)
    weights = gradient[0].mean(dim=(1, 2))
    heat = (weights[:, None, None] * maps[0].detach()).sum(dim=0).relu()
    return GradCam(heat, weights, logit.item())


def laid_over_pixels(config: CNNConfig, layer: str, heat: Tensor) -> NDArray[np.float64]:
    """heat (rows, columns) of a layer's maps on the pixels: (28, 28), NaN where no cell looks.

    Each pixel takes the number of the cell whose receptive field has its middle nearest; nothing is smoothed.
    Pixels farther from every middle than half the distance of two (the rim, in a network without padding)
    belong to no cell.
    """
    cells = heat.numpy().astype(np.float64)
    rows, near_row = _nearest(*centers(config, layer, cells.shape[0]))
    columns, near_column = _nearest(*centers(config, layer, cells.shape[1]))
    laid = cells[np.ix_(rows, columns)]
    laid[~np.logical_and.outer(near_row, near_column)] = np.nan
    return laid


def _nearest(middles: list[float], distance: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each of the 28 pixels of a side: the nearest cell, and whether it is near enough."""
    gaps = np.abs(np.arange(SIDE)[:, None] - np.array(middles)[None, :])
    return gaps.argmin(axis=1), gaps.min(axis=1) <= distance / 2
