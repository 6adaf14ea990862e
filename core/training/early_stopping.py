"""Early stopping: the weights of the epoch that did best on validation examples, and an end in time.

A network that goes on after it has learned what there is learns the noise. Validation examples, which it never
trains on, tell when; the test examples must not, or they would no longer test anything.
"""

import math

from torch import Tensor

from core.training.callbacks import Callback, Training


class Best(Callback):
    """Keeps a copy of the weights at the lowest validation loss so far, and stops after `patience` epochs.

    row: the number of the best row in `history.epochs`, None before there is one. weights: its state_dict.
    """

    def __init__(self) -> None:
        self.row: int | None = None
        self.weights: dict[str, Tensor] = {}
        self._loss = math.inf

    def on_epoch_end(self, trainer: Training) -> None:
        rows = trainer.history.epochs
        loss = rows[-1].get("validation_loss")
        if loss is not None and loss < self._loss:
            self._loss, self.row = loss, len(rows) - 1
            self.weights = {k: v.detach().cpu().clone() for k, v in trainer.module.state_dict().items()}

        patience = trainer.config.train.patience
        if patience and self.row is not None:
            waited = float(rows[-1]["epoch"] or 0) - float(rows[self.row]["epoch"] or 0)
            if waited >= patience and trainer.epoch < trainer.config.train.epochs:
                trainer.change("epochs", trainer.epoch)  # the run ends here as if no more had been asked for
