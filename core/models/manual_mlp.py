"""The network of the slides' bonus task: bare tensors that never ask for a gradient, derived by hand."""

from torch import Tensor

from core.backprop.network import RIGHT, Layer, Rules, backward, forward
from core.backprop.pieces import cross_entropy
from core.config.run import Reduction
from core.models.raw_mlp import RawMLP


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
