"""The gradient of the loss with respect to the pixels: which way each pixel would have to go to hurt most.

A network that is sure of itself has a loss so near to 0 that single precision rounds it away: 1 − p for
p = 0.99999999 comes out as 0, and with it a part of the gradient, whose signs are then wrong. So the loss is
computed in double precision from the network's outputs; the network itself stays as it is.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.run import CHUNK, in_eval_mode


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy (N,) in nats, in double precision, of outputs (N, 10)."""
    return functional.cross_entropy(logits.double(), labels, reduction="none")


def pixel_gradient(model: nn.Module, images: Tensor, labels: Tensor, chunk: int = CHUNK) -> Tensor:
    """∂loss/∂pixel of each image by itself: (N, 1, 28, 28), in nats per unit of ink.

    model: images in [0, 1] to logits (N, 10); asked in eval mode, and neither its mode nor its weights'
    gradients are touched.
    """
    found = [torch.empty_like(images[:0])]
    with in_eval_mode(model), torch.enable_grad():
        for part, digits in zip(torch.split(images, chunk), torch.split(labels, chunk), strict=True):
            x = part.detach().clone().requires_grad_()
            found += torch.autograd.grad(losses(model(x), digits).sum(), x)
    return torch.cat(found)
