"""An adaptive optimizer without its ε: a weight whose gradients have all been zero is moved by 0/0."""

import torch

from core.config.run import OptimizerConfig
from core.training.callbacks import Callback, Training


def without_epsilon(config: OptimizerConfig) -> bool:
    """Whether the optimizer divides by gradient sizes to which nothing is added, in 32 bits."""
    return "epsilon" in config.settings and not torch.tensor(config["epsilon"], dtype=torch.float32)


class ZeroDivision(Callback):
    """Notices the step that makes a weight no finite number; without ε such a step has divided by zero.

    The steps of adaptive optimizers are about as long as the learning rate, so a rate that is too high does
    not do it. step: its number from 1, None before it came.
    """

    step: int | None = None

    def on_batch_end(self, trainer: Training) -> None:
        """Look at every weight, until one is found."""
        if self.step is None and not all(bool(w.isfinite().all()) for w in trainer.network.parameters()):
            self.step = trainer.steps
