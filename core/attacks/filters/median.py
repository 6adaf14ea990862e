"""The median of each pixel's neighborhood: specks vanish, edges stay.

Xu, Evans & Qi 2018, "Feature squeezing". Each value out is one of the values in, so the gradient reaches one
pixel of each window and the others look as if they did not matter.
"""

from torch import Tensor, nn
from torch.nn import functional

from core.attacks.filters.filter import InputFilter


class Median(nn.Module):
    """Each pixel becomes the median of the k × k window around it, k odd; beyond the edge is black."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        windows = functional.unfold(x, self.side, padding=self.side // 2)  # (N, k·k, H·W)
        return windows.median(dim=1).values.reshape(x.shape)


MEDIAN = InputFilter(
    title="Median filter",
    idea="Each pixel becomes the median of its neighborhood: isolated changes vanish, strokes stay.",
    paper="Xu, Evans & Qi 2018",
    unit="window size (pixels)",
    strengths=(1, 3, 5, 7),
    default=3,
    module=lambda strength, seed: Median(int(strength)),
)
