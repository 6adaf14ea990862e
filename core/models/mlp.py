"""The fully connected network out of layers: torch.nn's, or nn.Modules written by hand."""

import torch
from torch import Generator, Tensor, nn

from core.config.run import FAMILIES, MLPConfig, RegressorConfig
from core.models.activations import ACTIVATION_LAYERS
from core.models.initialization import initial_weights
from core.models.layers import Normalize, SeededDropout
from core.models.precision import Linear


class MLP(nn.Module):
    """784 → hidden… → 10, or 1 → hidden… → 1: linear maps with a bend between them.

    Input (N, 1, 28, 28) or (N, 784) with pixels in [0, 1]; output (N, 10) logits, one a digit.
    With a RegressorConfig (N, 1) to (N, 1).
    Start: `initial_weights(config, generator)`.
    """

    def __init__(self, config: MLPConfig | RegressorConfig, generator: Generator) -> None:
        super().__init__()
        normalize = isinstance(config, MLPConfig) and config.normalize
        dropout = config.dropout if isinstance(config, MLPConfig) else 0.0
        kind = (FAMILIES[config.family].layer if isinstance(config, MLPConfig) else None) or Linear
        self.normalize: nn.Module = Normalize() if normalize else nn.Identity()
        layers: list[nn.Module] = []
        start = initial_weights(config, generator)
        for index, (weight, bias) in enumerate(start):
            layers.append(self.linear(kind, weight, bias))
            if index < len(start) - 1:
                layers.append(ACTIVATION_LAYERS[config.activation]())
                if dropout:
                    layers.append(SeededDropout(dropout))
        self.layers = nn.Sequential(*layers)

    @staticmethod
    def linear(kind: type[nn.Module], weight: Tensor, bias: Tensor) -> nn.Module:
        """One layer x Wᵀ + b of that kind that starts at `weight` (out, in) and `bias` (out,)."""
        # On "meta" no start is drawn that would be thrown away. (Its to_empty() would import SymPy: 0.2 s.)
        with torch.device("meta"):
            layer = kind(weight.shape[1], weight.shape[0])
        layer.weight, layer.bias = (nn.Parameter(start.detach().clone()) for start in (weight, bias))
        return layer

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.layers(self.normalize(x.flatten(1)))
        return logits
