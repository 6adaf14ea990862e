"""The network on bare tensors, no nn.Module anywhere: with autograd (slides, task 1) or derived by hand (bonus)."""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Generator, Tensor, nn

from core.backprop.network import RIGHT, Layer, Rules, backward, forward
from core.backprop.pieces import cross_entropy
from core.config.run import MLPConfig, Reduction
from core.models.activations import ACTIVATION_FUNCTIONS
from core.models.initialization import initial_weights
from core.models.layers import Normalize
from core.models.precision import affine


def tensor_names(layers: int) -> list[tuple[str, str]]:
    """Names of (weight, bias) per layer: the slides' W_h, b_h, W_o, b_o, or W_1 … W_n for other depths."""
    if layers == 2:
        return [("W_h", "b_h"), ("W_o", "b_o")]
    return [(f"W_{i}", f"b_{i}") for i in range(1, layers + 1)]


class RawMLP:
    """z_h = x W_h + b_h, a_h = σ(z_h), z_o = a_h W_o + b_o, on plain tensors.

    tensors: name → leaf tensor, which requires a gradient where AUTOGRAD says so; weights are (in, out), as
    on the course slides' task page, biases (out,).
    Call it with (N, 1, 28, 28) or (N, 784) pixels in [0, 1] to get (N, 10) logits.
    """

    AUTOGRAD = True

    def __init__(self, config: MLPConfig, generator: Generator) -> None:
        self.activation_name = config.activation
        self.activation = ACTIVATION_FUNCTIONS[config.activation]
        self.normalize: nn.Module = Normalize() if config.normalize else nn.Identity()
        self.tensors: dict[str, Tensor] = {}
        start = initial_weights(config, generator)
        self.names = tensor_names(len(start))
        for (w_name, b_name), (weight, bias) in zip(self.names, start, strict=True):
            self.tensors[w_name] = weight.T.contiguous().requires_grad_(self.AUTOGRAD)
            self.tensors[b_name] = bias.requires_grad_(self.AUTOGRAD)

    def __call__(self, x: Tensor) -> Tensor:
        return through(self, x, self.tensors)

    def parameters(self) -> list[Tensor]:
        """The leaf tensors, in the order in which they were made."""
        return list(self.tensors.values())

    def to(self, device: torch.device) -> Self:
        """Move the tensors to `device`, as new leaves."""
        for name, tensor in self.tensors.items():
            self.tensors[name] = tensor.detach().to(device).requires_grad_(self.AUTOGRAD)
        self.normalize.to(device)
        return self


class RawMLPView(nn.Module):
    """A RawMLP seen as an nn.Module, for everything that reads a network: evaluation, probes, attacks.

    Its parameters share memory with the raw tensors: what training changes there is seen here at once, and
    loading weights here loads them there.
    """

    def __init__(self, raw: RawMLP) -> None:
        super().__init__()
        self.names = raw.names
        self.activation = raw.activation
        self.normalize = raw.normalize
        for name, tensor in raw.tensors.items():
            self.register_parameter(name, nn.Parameter(tensor.detach()))  # detach() shares the memory

    def forward(self, x: Tensor) -> Tensor:
        return through(self, x, dict(self.named_parameters()))


def through(net: RawMLP | RawMLPView, x: Tensor, tensors: Mapping[str, Tensor]) -> Tensor:
    """Pixels (N, 784) through every layer to logits (N, 10), with the weights in `tensors`."""
    x = net.normalize(x.flatten(1))
    last = len(net.names) - 1
    for index, (weight, bias) in enumerate(net.names):
        x = affine(x, tensors[weight], tensors[bias])  # x W + b
        if index < last:
            x = net.activation(x)
    return x


# The network of the slides' bonus task: bare tensors that never ask for a gradient, derived by hand.


class ManualMLP(RawMLP):
    """A RawMLP without autograd: no tensor of it requires a gradient, nobody calls backward().

    `loss_and_gradients` fills `.grad` by the formulas of `core.backprop`; any optimizer can step from there.
    rules: the backward pass, replaced only to plant a mistake in it.
    """

    AUTOGRAD = False
    rules: Rules = RIGHT

    def layers(self) -> list[Layer]:
        """Weights (in, out) and biases (out,), first layer first; not copies."""
        return [Layer(self.tensors[weight], self.tensors[bias]) for weight, bias in self.names]

    def loss_and_gradients(self, x: Tensor, labels: Tensor, reduction: Reduction) -> tuple[Tensor, Tensor]:
        """(cross-entropy, outputs) of pixels x (N, 784), labels (N,); adds each gradient to `.grad`."""
        layers = self.layers()
        tape = forward(layers, self.activation_name, self.normalize(x.flatten(1)))
        outputs = tape.outputs.to(layers[0].weight.dtype)  # 16 bits are too few to exponentiate
        loss, delta = (self.rules.loss or cross_entropy)(outputs, labels, reduction)
        for layer, found in zip(layers, backward(layers, self.activation_name, tape, delta, self.rules), strict=True):
            for tensor, gradient in zip(layer, found, strict=True):
                gradient = gradient.to(tensor.dtype)
                tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
        return loss, outputs
