"""A small regression trained at once: what becomes of it at its best epoch and at its last."""

from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from core.config.run import RunConfig
from core.data.points import CURVES
from core.storage.history import Row
from core.training.recording import best_of, kept_row
from core.training.run_data import material_for
from core.training.trainer import Diverged, new_trainer

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)
SEEDS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class SmallFit:
    """rows: one an epoch, as in a history. kept, last: weights of the best epoch and of the last."""

    config: RunConfig
    rows: list[Row]
    kept_row: Row
    kept: dict[str, Tensor]
    last: dict[str, Tensor]


@dataclass(frozen=True)
class Ends:
    """Mean squared errors at the last epoch and at the kept one; None where there is no number."""

    train: float | None
    validation: float | None
    test: float | None
    kept_validation: float | None
    kept_test: float | None
    kept_epoch: float | None


def noisy_sample(own: RunConfig, width: int, seed: int, **changes: object) -> RunConfig:
    """A few noisy points of a curve, half of them to validate with, and one hidden layer of `width` units.

    They lie where the curve has most to show. own: the settings that all else is taken from. seed: draws weights and
    points. changes: other settings by their flat names; `points` counts both halves.
    """
    base = own.with_settings({"validation": 0.5, "keep": "best", "points": 40, "noise": 0.3})
    low, high = CURVES[str(changes.get("target", "sine"))].interval
    changes = {"low": low, "high": high, **changes}
    return base.with_settings({**changes, "hidden": (width,), "seed": seed, "points_seed": seed})


def small_fit(config: RunConfig) -> SmallFit:
    """Train `config` to its end, on one thread and in fp32; a run that diverges ends early."""
    config = config.with_settings({"precision": "fp32", "threads": 1})
    trainer = new_trainer(config, material_for(config), torch.device("cpu"), keep_weights=False)
    with suppress(Diverged):
        trainer.run()
    last = {name: tensor.detach().clone() for name, tensor in trainer.module.state_dict().items()}
    best = best_of(trainer)
    return SmallFit(config, trainer.history.epochs, kept_row(trainer), last if best is None else best.weights, last)


def ends(fit: SmallFit) -> Ends:
    """The numbers of a fit that a sweep keeps."""
    last, kept = fit.rows[-1], fit.kept_row
    return Ends(
        last.get("train_loss"),
        last.get("validation_loss"),
        last.get("test_loss"),
        kept.get("validation_loss"),
        kept.get("test_loss"),
        kept.get("epoch"),
    )
