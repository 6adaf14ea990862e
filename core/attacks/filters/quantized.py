"""Few gray levels: each pixel goes to the nearest of k values.

Xu, Evans & Qi 2018, "Feature squeezing". Rounding is a staircase: its gradient is zero almost everywhere, so
the gradient that an attack asks for is zero in every pixel. That hides the way, it does not close it.
"""

from torch import Tensor, nn

from core.attacks.filters.filter import InputFilter


class Quantized(nn.Module):
    """round(x·(k − 1)) / (k − 1): pixels in [0, 1] to the nearest of k evenly spaced levels, k ≥ 2."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels

    def forward(self, x: Tensor) -> Tensor:
        steps = self.levels - 1
        return (x * steps).round() / steps


QUANTIZED = InputFilter(
    title="Gray-level quantization",
    idea="Each pixel is rounded to one of a few gray levels: small changes vanish, and so does the gradient.",
    paper="Xu, Evans & Qi 2018",
    unit="gray levels",
    strengths=(32, 16, 8, 6, 5, 4, 3, 2),
    default=4,
    module=lambda strength, seed: Quantized(int(strength)),
)
