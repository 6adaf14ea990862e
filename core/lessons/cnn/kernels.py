"""A network's convolutions: their kernels, what they make of a picture, how far training moved them."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.models.cnn import CNN


def convolutions(model: nn.Module) -> dict[str, nn.Conv2d]:
    """Every convolution by its own name ("conv1"), from the pixels on."""
    return {name.rpartition(".")[2]: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}


def kernels(weights: Mapping[str, Tensor], layer: str) -> Tensor:
    """That convolution's kernels in a state_dict, one row an input channel: (inputs, outputs, k, k).

    Raises KeyError if the state_dict has no such convolution.
    """
    for name, tensor in weights.items():
        if tensor.dim() == 4 and name.split(".")[-2:] == [layer, "weight"]:
            return tensor.detach().transpose(0, 1).contiguous()
    raise KeyError(layer)


def moved(now: Tensor, start: Tensor) -> float:
    """How far weights went, in sizes of their start: ‖now − start‖ / ‖start‖, a fraction from 0 up.

    Both of one shape. Not a number where they started at zero.
    """
    size = float(start.norm())
    return float((now - start).norm()) / size if size else float("nan")


def maps(model: nn.Module, image: Tensor) -> dict[str, Tensor]:
    """What every convolution gives for an image (1, H, W), before any activation: (channels, h, w) each."""
    assert isinstance(model, CNN)
    with torch.no_grad():  # and no hooks: other sessions look at the same network
        return {name: out[0] for name, out in model.walk(image[None]) if name.startswith("conv")}


def in_bytes(weights: Mapping[str, Tensor]) -> bool:
    """Whether the matrices of a state_dict are kept in 8 bits: each row a multiple of its largest / 127."""
    matrices = [tensor for tensor in weights.values() if tensor.dim() == 2]
    return bool(matrices) and all(_whole(matrix) for matrix in matrices)


def _whole(matrix: Tensor) -> bool:
    steps = matrix / (matrix.abs().amax(dim=1, keepdim=True) / 127).clamp_min(1e-12)
    return bool(((steps - steps.round()).abs() < 1e-3).all())
