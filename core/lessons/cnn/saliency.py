"""Saliency: how much each pixel, changed a little, would move one digit's logit."""

from copy import deepcopy

import torch
from torch import Tensor, nn


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
