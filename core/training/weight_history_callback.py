"""What a run keeps on the way, so that one can wind back through it."""

import copy
import math
from functools import lru_cache

import torch
from torch import Tensor

from core.models.cnn import CNN
from core.models.layers import SeededDropout
from core.storage.weight_history import Frame, WeightHistory
from core.training.callbacks import Callback, Training

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SAMPLE = 5_000  # values that quantiles are taken of: enough for a curve


class KeepWeights(Callback):
    """Keeps the weights at the start and after every epoch, as `weight_history`.

    A film of more than `most` bytes loses every other frame between its first and its last.
    growth: a frame stays only where its epoch is at least `growth` times that of the frame before: 1 keeps
    all; 1.06 keeps 90 of 1,000 epochs, most of them early, where most happens. The newest is always there.
    """

    def __init__(self, most: int = 150 * 2**20, growth: float = 1.0) -> None:
        self.most, self.growth = most, growth
        self.weight_history: WeightHistory = ()

    def on_epoch_end(self, trainer: Training) -> None:
        state = {k: v.detach().cpu().clone() for k, v in trainer.module.state_dict().items()}
        epoch = trainer.epoch + trainer.position / trainer.n
        kept = [frame for frame in self.weight_history if frame.epoch < epoch]
        if len(kept) > 2 and kept[-1].epoch < self.growth * kept[-2].epoch:
            kept.pop()
        size = sum(tensor.numel() * tensor.element_size() for tensor in state.values())
        if (len(kept) + 1) * size > self.most and len(kept) > 2:
            kept = [*kept[:-1][::2], kept[-1]]
        self.weight_history = (*kept, Frame(epoch, state))


class PreActivations(Callback):
    """Records every few steps what each activation receives: quantiles over channels, places and images.

    They are taken on a copy of the network in training mode, with dropout asleep, on the same training images
    each time: batch norm then normalizes as it does in training, and the run's own statistics stay untouched.
    """

    def __init__(self, every: int = 50, images: int = 32) -> None:
        self.every, self.images = every, images

    def on_train_begin(self, trainer: Training) -> None:
        if not trainer.history.spreads:
            self._look(trainer)

    def on_batch_end(self, trainer: Training) -> None:
        if trainer.steps % self.every == 0:
            self._look(trainer)

    def _look(self, trainer: Training) -> None:
        images = trainer.inputs[trainer.places[: self.images].to(trainer.device)]
        row: dict[str, object] = {"step": trainer.steps}
        for name, values in received(trainer.module, images).items():
            numbers = torch.quantile(sample(values), _quantiles(values))
            row[name] = [float(f"{value:.4g}") if math.isfinite(value) else None for value in numbers.tolist()]
        trainer.history.spreads.append(row)


def sample(values: Tensor) -> Tensor:
    """SAMPLE of the values, the same places each time for as many values; all of them where there are fewer.

    values: any shape; returns (n,).
    Drawn at random: every 16th of maps 28 wide would see few of their columns, and always the same.
    """
    flat = values.flatten()
    return flat if len(flat) <= SAMPLE else flat[_places(len(flat)).to(values.device)]


@lru_cache(maxsize=32)
def _places(size: int) -> Tensor:
    drawn = torch.randperm(size, generator=torch.Generator().manual_seed(0))[:SAMPLE]
    return drawn.sort().values  # a copy: the whole permutation is let go


def _quantiles(values: Tensor) -> Tensor:
    return torch.tensor(QUANTILES, device=values.device)


def received(module: torch.nn.Module, images: Tensor) -> dict[str, Tensor]:
    """What each activation layer of a CNN receives for images (N, 1, 28, 28), by its name, as in training.

    Maps are (N, C, H, W), what linear layers give is (N, units).
    """
    assert isinstance(module, CNN)
    twin = copy.deepcopy(module).train()
    for layer in twin.modules():
        if isinstance(layer, SeededDropout):
            layer.eval()
    found: dict[str, Tensor] = {}
    before: Tensor | None = None
    with torch.no_grad():
        for name, output in twin.walk(images):
            if "act" in name and before is not None:
                found[name] = before.float()
            before = output
    return found
