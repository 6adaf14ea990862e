"""Noise on the image before it is read: the network answers a little differently every time.

The gradient is that of one draw and the answer that of another. An attacker who looks many times, as PGD with
its many steps does, averages the noise away (Athalye, Carlini & Wagner 2018, "expectation over
transformation").
"""

import torch
from torch import Tensor, nn

from core.attacks.filters.filter import InputFilter


class Noisy(nn.Module):
    """x plus normal noise of standard deviation `deviation` (pixels run from 0 to 1), new at every reading.

    The numbers come from a generator of its own that starts at `seed`. The sum is not cut to [0, 1]: cutting
    would stop the gradient at every black pixel that the noise darkens.
    """

    def __init__(self, deviation: float, seed: int = 0) -> None:
        super().__init__()
        self.deviation = deviation
        self.generator = torch.Generator().manual_seed(seed)

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.randn(x.shape, generator=self.generator)
        return x + self.deviation * noise.to(x.device, x.dtype)


NOISY = InputFilter(
    title="Input noise",
    idea="Fresh random noise is added before every prediction, to drown out a small perturbation.",
    paper="a common idea; Athalye, Carlini & Wagner 2018 on why it fails",
    unit="standard deviation of the noise (pixel range 0 to 1)",
    strengths=(0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5),
    default=0.2,
    module=Noisy,
    random=True,
)
