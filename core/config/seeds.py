"""One seed decides a run: four independent random streams grow from it."""

import hashlib
from typing import Literal

import torch

Stream = Literal["weights", "order", "dropout", "attack"]


def stream(seed: int, name: Stream, device: torch.device | str = "cpu") -> torch.Generator:
    """The run's generator for one purpose.

    Separate streams keep comparisons fair: a network with more weights draws more numbers for its start, yet
    sees the same batches in the same order as its rival of the same seed.
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return torch.Generator(device=device).manual_seed(int.from_bytes(digest[:7], "big"))
