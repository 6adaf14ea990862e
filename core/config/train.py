"""How a network is trained: the optimizer and everything around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.config.choices import (
    ADVERSARIES,
    KEEPS,
    PRECISIONS,
    REDUCTIONS,
    SCHEDULE_NAMES,
    SPLITS,
    Adversarial,
    Keep,
    Precision,
    Reduction,
    Schedule,
    Split,
)
from core.config.optimizers import OPTIMIZERS
from core.config.validation import is_number, one_of, require, whole

MOST_EPOCHS = 10_000


@dataclass(frozen=True)
class OptimizerConfig:
    """An optimizer by its name in OPTIMIZERS and its settings; what is left out takes the default."""

    name: str = "sgd"
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of(self.name, tuple(OPTIMIZERS), "The optimizer")
        known = OPTIMIZERS[self.name].settings
        for key, value in self.settings.items():
            require(key in known, f"{self.name} has no setting {key!r}; it has {', '.join(known)}.")
            known[key].check(key, value)
        full = {key: float(self.settings.get(key, setting.default)) for key, setting in known.items()}
        object.__setattr__(self, "settings", full)

    def __getitem__(self, key: str) -> float:
        return self.settings[key]


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained.

    epochs: passes over the training examples, 0…10,000 (0 only measures the start).
    batch_size: images a step, 1…10,000; the last batch of an epoch holds what is left.
    reduction: "mean" averages the cross-entropy over a batch, "sum" adds it up (as the course slides write it):
        the gradient, and so the step, is batch_size times larger.
    label_smoothing: share of each image's certainty that is spread over all ten answers, in [0, 0.5]: the
        network is asked for 1 − s + s/10 where the label is and s/10 elsewhere (Szegedy et al. 2016).
    seed: decides initial weights, batch order and dropout, each through a generator of its own.
    validation: share of the training images held out to choose by, in [0, 0.5]; 0 holds out none.
    precision: "fp32", "bf16" (matrix products in 16 bits), or "auto": bf16 where this processor multiplies
        16-bit numbers in hardware and the network is large enough to gain.
    threads: processor threads, or None: one.
    fast: as fast as possible: "auto" and None are then found by timing steps, threads also while it runs. The
        same seed gives the same curve only without it.
    split: "lab" takes the first half of the test images for validation, as the lab report does, and tests on
        the last half alone; "none" leaves them together.
    record_every: steps between two entries of training and validation error in the record; 0 keeps none.
    schedule: how the learning rate moves on the way, a name in core.training.schedules.
    adversarial: train on attacked images in place of the images themselves: "fgsm" with one step from a
        random start (Wong, Rice & Kolter 2020), "pgd" with several (Madry et al. 2018), or "none".
    attack_epsilon: the largest change of a pixel while training, in [0, 1]. attack_steps: of "pgd", 1…100.
    attack_step_size: how far one step of the attack goes; 0 takes ε for "fgsm" and 2 ε / steps for "pgd".
    attack_warmup: share of the training over which ε
        and the step grow from nothing: from the full ε at once some networks never begin to learn.
    keep: which weights a run leaves: those of its "last" epoch, or of the "best" by the validation loss.
    patience: stop after so many epochs without a better validation loss, 0…10,000; 0 never stops early.
    """

    epochs: int = 10
    batch_size: int = 128
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    reduction: Reduction = "mean"
    label_smoothing: float = 0.0
    seed: int = 0
    validation: float = 0.0
    precision: Precision = "auto"
    threads: int | None = None
    fast: bool = False
    split: Split = "none"
    record_every: int = 0
    schedule: Schedule = "constant"
    adversarial: Adversarial = "none"
    attack_epsilon: float = 0.3
    attack_steps: int = 5
    attack_step_size: float = 0.0
    attack_warmup: float = 0.3
    keep: Keep = "last"
    patience: int = 0

    def __post_init__(self) -> None:
        whole(self.epochs, 0, MOST_EPOCHS, "Epochs")
        whole(self.batch_size, 1, 10_000, "The batch size")
        whole(self.seed, 0, 2**31 - 1, "The seed")
        one_of(self.reduction, REDUCTIONS, "The loss")
        require(
            is_number(self.label_smoothing) and 0 <= self.label_smoothing <= 0.5,
            f"Label smoothing must lie between 0 and 0.5; it is {self.label_smoothing!r}.",
        )
        one_of(self.precision, PRECISIONS, "The precision")
        one_of(self.split, SPLITS, "The split")
        one_of(self.schedule, SCHEDULE_NAMES, "The schedule")
        one_of(self.adversarial, ADVERSARIES, "Adversarial training")
        for name, most in (("epsilon", 1), ("step_size", 2), ("warmup", 1)):
            value = getattr(self, f"attack_{name}")
            require(
                is_number(value) and 0 <= value <= most,
                f"attack_{name} must lie between 0 and {most}; it is {value!r}.",
            )
        whole(self.attack_steps, 1, 100, "Steps of the attack while training")
        one_of(self.keep, KEEPS, "What is kept")
        whole(self.patience, 0, MOST_EPOCHS, "Epochs of patience")
        require(
            (self.keep == "last" and not self.patience) or self.validation > 0 or self.split == "lab",
            "The best epoch is chosen on validation examples: hold some out first.",
        )
        whole(self.record_every, 0, 100_000, "Steps between two records")
        require(
            is_number(self.validation) and 0 <= self.validation <= 0.5,
            f"The validation share must lie between 0 and 0.5; it is {self.validation!r}.",
        )
        require(
            self.split == "none" or self.validation == 0,
            "The lab report's split validates on test images: leave the share of training images at 0.",
        )
        if self.threads is not None:
            whole(self.threads, 1, 256, "Threads")
        require(isinstance(self.fast, bool), f"fast is true or false; it is {self.fast!r}.")
