"""Which hidden units made the prediction: a unit's activation times the derivative of a class's logit."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models import linear_layers
from core.models.inspect.layer_signals import Signals, activation_function


def unit_contributions(model: nn.Module, flow: Signals, digit: int) -> Tensor:
    """(N, units) for the first hidden layer: output × ∂logit[digit]/∂output, in logits.

    With one hidden layer these and the output bias add up to the logit exactly; with more they are its
    first-order share. Raises ValueError for a network without hidden layers.
    """
    if not flow.after:
        raise ValueError("A network without hidden layers has no hidden units.")
    activation, later = activation_function(model), linear_layers(model)[1:]
    output = flow.after[0].clone().requires_grad_()
    x = output
    for index, (_, weight, bias) in enumerate(later):
        x = functional.linear(x if index == 0 else activation(x), weight, bias)
    (worth,) = torch.autograd.grad(x[:, digit].sum(), output)
    return flow.after[0] * worth
