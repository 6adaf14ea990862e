"""The loss of one batch and the gradient of every weight: by autograd, or by the network's own formulas."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config import Reduction
from core.models.manual_mlp import ManualMLP
from core.models.raw_mlp import RawMLP


def loss_and_gradients(
    network: nn.Module | RawMLP, x: Tensor, y: Tensor, reduction: Reduction = "mean", *, bf16: bool = False
) -> tuple[Tensor, Tensor]:
    """(loss, outputs (N, 10)) of images x and labels (N,); each parameter's `.grad` then holds its gradient.

    The loss is the cross-entropy. Gradients are added to what `.grad` held before.
    bf16: matrix products in 16 bits.
    """
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16):
        if isinstance(network, ManualMLP):
            return network.loss_and_gradients(x, y, reduction)
        outputs = network(x)
        loss = functional.cross_entropy(outputs, y, reduction=reduction)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach(), outputs.detach()
