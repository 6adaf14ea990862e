"""The same network out of an nn.Module written by hand: what nn.Linear does, in six lines.

The slides' task 2 goes this way: first `MyLinear`, then nn.Linear, then modules inside modules.
"""

from torch import Tensor, nn

from core.models.mlp import MLP


class MyLinear(nn.Module):
    """x Wᵀ + b. `weight` (out, in) and `bias` (out,) are nn.Parameters, so PyTorch finds them by itself."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias

    def extra_repr(self) -> str:
        return f"{self.weight.shape[1]} → {self.weight.shape[0]}"


class MyMLP(MLP):
    """An MLP whose linear layers are MyLinear: modules nested in a module."""

    @staticmethod
    def linear(weight: Tensor, bias: Tensor) -> nn.Module:
        return MyLinear(weight, bias)
