"""Is a race fair? Looked up in the trainers themselves: what every lane starts from, and what it is shown.

A fingerprint is the beginning of a SHA-256: two that are equal mean equal numbers, bit for bit.
"""

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from core.config.race import RaceConfig
from core.data.digits import Mnist
from core.training.trainer import new_trainer

LENGTH = 12  # hexadecimal digits shown: two different starts agree in them once in 10¹⁴ times


@dataclass(frozen=True)
class LaneStart:
    """What a lane has before its first step.

    weights: fingerprint of all weights and biases. order: of the images of the first epoch, in their order.
    first: places (B,) of the first batch's images among the training images. images: how many make an epoch;
    none where the race has no epochs.
    """

    lane: str
    weights: str
    order: str
    first: tuple[int, ...]
    images: int


def fingerprint(*tensors: Tensor) -> str:
    """The first digits of the SHA-256 of the tensors' bytes, in that order."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:LENGTH]


def lane_starts(config: RaceConfig, mnist: Mnist, seed: int) -> list[LaneStart]:
    """Every lane of one seed, from a trainer made as the race makes its own."""
    found = []
    for lane in config.lanes:
        trainer = new_trainer(config.run(lane, seed), mnist, torch.device("cpu"))
        weights = fingerprint(*trainer.module.state_dict().values())
        steps = trainer.advance()
        batch = config.base.train.batch_size
        next(steps, None)  # the order of an epoch is drawn when it begins, if there is one
        order = trainer.order.clone()
        steps.close()
        found.append(LaneStart(lane.name, weights, fingerprint(order), tuple(order[:batch].tolist()), len(order)))
    return found


def same_start(starts: list[LaneStart]) -> bool:
    """Whether all lanes have the same weights and the same order."""
    return len({(start.weights, start.order) for start in starts}) <= 1
