"""Layers that torch.nn has not, or not as fast: normalization by the data, dropout with its own generator."""

import math
from copy import copy
from functools import partial
from typing import Self

import torch
from torch import Generator, Tensor, nn


class Normalize(nn.Module):
    """(x − mean) / std with two numbers measured on the training images.

    It is the model's first layer, so that pixels stay in [0, 1] everywhere outside the model. Before `fit`
    it changes nothing (mean 0, std 1). The numbers are buffers and travel with the checkpoint.
    """

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("std", torch.ones(()))

    def fit(self, images: Tensor, index: Tensor | None = None) -> None:
        """Take mean and standard deviation over all pixels of `images` (N, …), values in [0, 1].

        index: places of the images that count; all of them if None.
        """
        rows = images.flatten(1)  # sums within an image in float32, over images in float64: exact and quick
        sums, norms = rows.sum(dim=1).double(), torch.linalg.vector_norm(rows, dim=1).double()
        if index is not None:
            sums, norms = sums[index], norms[index]
        count = max(1, len(sums) * rows.shape[1])
        mean = sums.sum() / count
        square = norms.square().sum() / count
        self.mean.copy_(mean)
        self.std.copy_((square - mean.square()).clamp_min(1e-12).sqrt())

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class Flatten(nn.Flatten):
    """Feature maps (N, C, H, W) as rows (N, C·H·W), as nn.Flatten makes them.

    The gradient comes back through it as rows too; here it is laid out again as the maps are, a pixel's
    channels side by side. Left as it comes, each element-wise step of the backward pass below would have to
    step through two layouts at once, which is ten times slower.
    """

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad:
            as_maps = partial(Tensor.contiguous, memory_format=torch.channels_last)
            x.register_hook(as_maps)  # type: ignore[no-untyped-call]
        return super().forward(x)


class MaxPool2d(nn.MaxPool2d):
    """The largest of each window, as nn.MaxPool2d gives it.

    Of 16-bit maps with few channels PyTorch takes it one number at a time; by way of 32 bits it is twice as
    fast, and the same number.
    """

    def forward(self, x: Tensor) -> Tensor:
        few = x.dtype is torch.bfloat16 and x.shape[1] < 8
        largest: Tensor = super().forward(x.float() if few else x)
        return largest


LEVELS = 2**16  # a dropout's probabilities: it draws 16 bits for each number


class SeededDropout(nn.Module):
    """Dropout that draws from the run's generator instead of the process-wide one.

    While training each value is set to 0 with probability p, in [0, 1) and taken to the nearest 1/65,536, and
    the others grow by 1/(1 − p), so that the expected sum stays; in eval mode nothing happens (Srivastava et
    al. 2014). nn.Dropout does the same, but a neighbor's run in the same process would change its draws, and
    on AMD's processors it draws at a tenth of the speed, and other numbers than on Intel's. Without a
    generator (a copy made for probing) it draws from PyTorch's default one.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.generator: Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        dropped = round(self.p * LEVELS)
        keep = self._draws(x).ge_(dropped - LEVELS // 2)  # 1 or 0: truth values would take ten times as long
        return (x * keep.to(x.dtype)).mul_(LEVELS / (LEVELS - dropped))

    def _draws(self, x: Tensor) -> Tensor:
        """Whole numbers of x's shape, each of the LEVELS from -LEVELS/2 on equally likely, as int16."""
        if x.device.type != "cpu":
            lowest, above = -LEVELS // 2, LEVELS // 2
            return torch.randint(lowest, above, x.shape, dtype=torch.int16, generator=self.generator, device=x.device)
        fours = torch.empty(math.ceil(x.numel() / 4), dtype=torch.int64)
        fours.random_(-(2**63), None, generator=self.generator)  # 64 bits each: four draws in one
        return fours.view(torch.int16)[: x.numel()].view(x.shape)

    def extra_repr(self) -> str:
        return f"p={self.p}"

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """A copy without the generator: the run that owns it goes on undisturbed."""
        twin = copy(self)
        twin.generator = None
        return twin


def give_generator(model: nn.Module, generator: Generator) -> None:
    """Let every SeededDropout in `model` draw from `generator` (on the model's device)."""
    for layer in model.modules():
        if isinstance(layer, SeededDropout):
            layer.generator = generator
