"""The loss of one batch and the gradient of every weight: by autograd, or by the network's own formulas."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config.run import Reduction
from core.models.raw_mlp import ManualMLP, RawMLP


def loss_and_gradients(
    network: nn.Module | RawMLP,
    x: Tensor,
    y: Tensor,
    reduction: Reduction = "mean",
    *,
    label_smoothing: float = 0.0,
    bf16: bool = False,
) -> tuple[Tensor, Tensor]:
    """(loss, outputs) of inputs x and labels y; each parameter's `.grad` then holds its gradient.

    Labels that are classes (N,) make the loss a cross-entropy; numbers (N, 1) a squared error.
    Gradients are added to what `.grad` held before.
    label_smoothing: share of the certainty spread over all classes, in [0, 1); a ManualMLP knows none.
    bf16: matrix products in 16 bits.
    """
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16):
        if isinstance(network, ManualMLP):
            return network.loss_and_gradients(x, y, reduction)
        outputs = network(x)
        if y.is_floating_point():
            loss = functional.mse_loss(outputs, y, reduction=reduction)
        else:
            loss = functional.cross_entropy(outputs, y, reduction=reduction, label_smoothing=label_smoothing)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach(), outputs.detach()
