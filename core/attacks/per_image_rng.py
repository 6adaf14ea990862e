"""Random numbers for attacks: each image's own, whoever else is in the batch.

An image that draws from a stream of its own gets the same numbers alone, in a batch of a thousand, or in the
second half of an attack that was stopped and went on. So a result does not depend on how the work was cut.
"""

import hashlib

import torch
from torch import Tensor


class PerImageRNG:
    """Streams of random numbers for the images at some places.

    seed: of the attack. places: (N,) which images these are, in the set that is attacked. restart: number of
    the try, from 0. device, dtype: of what is drawn.
    """

    def __init__(
        self,
        seed: int,
        places: Tensor,
        restart: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.seed, self.restart, self.device, self.dtype = seed, restart, device, dtype
        self.places: list[int] = places.tolist()

    def uniform(self, purpose: str, *shape: int) -> Tensor:
        """(N, *shape) numbers from U(0, 1); the same purpose always gives the same."""
        return self._rows(purpose, shape, torch.rand)

    def normal(self, purpose: str, *shape: int) -> Tensor:
        """(N, *shape) numbers from N(0, 1)."""
        return self._rows(purpose, shape, torch.randn)

    def _rows(self, purpose: str, shape: tuple[int, ...], draw: object) -> Tensor:
        generator = torch.Generator()
        rows = torch.empty(len(self.places), *shape)
        for row, place in zip(rows, self.places, strict=True):
            name = f"{self.seed}/{self.restart}/{purpose}/{place}".encode()
            generator.manual_seed(int.from_bytes(hashlib.blake2b(name, digest_size=7).digest(), "big"))
            row.copy_(draw(shape, generator=generator))  # type: ignore[operator]
        return rows.to(self.device, self.dtype)
