"""What came of an attack, counted anew from the images it returned: nothing is taken on its word."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.config.proportion import Proportion
from core.models.evaluation import logits


@dataclass(frozen=True, eq=False)
class Outcome:
    """Clean and adversarial images with the predictions for both, all on the CPU.

    images, attacked: (N, 1, 28, 28) in [0, 1]. labels: (N,). clean, read: (N,) the classes predicted before
    and after. clean_confidence, confidence: (N,) the probability it gives to that reading. target: the digit aimed at,
    or None.
    """

    images: Tensor
    attacked: Tensor
    labels: Tensor
    clean: Tensor
    read: Tensor
    clean_confidence: Tensor
    confidence: Tensor
    target: int | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right_before(self) -> Tensor:
        """(N,) whether the original was classified correctly."""
        return self.clean == self.labels

    @property
    def right_after(self) -> Tensor:
        """(N,) whether the attacked image is classified correctly."""
        return self.read == self.labels

    @property
    def success(self) -> Tensor:
        """(N,) whether the attack won: right before, and now wrong; or, with a target, now the target.

        Images whose label is the target cannot be won.
        """
        if self.target is None:
            return self.right_before & ~self.right_after
        return self.attackable & (self.read == self.target)

    @property
    def attackable(self) -> Tensor:
        """(N,) whether there is something to win: classified correctly before, and not the target already."""
        return self.right_before if self.target is None else self.right_before & (self.labels != self.target)

    @property
    def success_rate(self) -> float | None:
        """Share of the attackable images that the attack won, in [0, 1]; None where there are none."""
        n = int(self.attackable.sum())
        return int(self.success.sum()) / n if n else None

    @property
    def clean_accuracy(self) -> float:
        """Share of the originals classified correctly, in [0, 1]."""
        return float(self.right_before.double().mean())

    @property
    def adversarial_accuracy(self) -> float:
        """Share of the attacked images classified correctly, in [0, 1]."""
        return float(self.right_after.double().mean())

    @property
    def ci95(self) -> tuple[float, float]:
        """95% interval of the adversarial accuracy (Wilson 1927)."""
        return Proportion(int(self.right_after.sum()), len(self)).interval

    def sizes(self, norm: NormName) -> Tensor:
        """(N,) how large each change is."""
        return NORMS[norm].size(self.attacked - self.images)

    def mean_size(self, norm: NormName) -> float | None:
        """The mean size of the changes that won; None where none did."""
        won = self.success
        return float(self.sizes(norm)[won].double().mean()) if won.any() else None

    def take(self, index: Tensor) -> "Outcome":
        """The same for the images at `index`: (M,) positions or an (N,) mask."""
        return self._like([part[index] for part in self._tensors()])

    def __add__(self, other: "Outcome") -> "Outcome":
        """Both sets of images together, ours first."""
        pairs = zip(self._tensors(), other._tensors(), strict=True)
        return self._like([torch.cat(pair) for pair in pairs])

    def _tensors(self) -> tuple[Tensor, ...]:
        return (self.images, self.attacked, self.labels, self.clean, self.read, self.clean_confidence, self.confidence)

    def _like(self, parts: Sequence[Tensor]) -> "Outcome":
        images, attacked, labels, clean, read, clean_confidence, confidence = parts
        return Outcome(images, attacked, labels, clean, read, clean_confidence, confidence, self.target)


def judge(
    model: nn.Module, images: Tensor, labels: Tensor, attacked: Tensor, config: AttackConfig | None = None
) -> Outcome:
    """Predict clean and adversarial images in evaluation mode, and count.

    images, attacked: (N, 1, 28, 28) in [0, 1]; labels: (N,). config: the attack's, for its target.
    """
    before, after = (logits(model, batch).softmax(1).cpu() for batch in (images, attacked))
    clean_confidence, clean = before.max(1)
    confidence, read = after.max(1)
    return Outcome(
        images.cpu(),
        attacked.cpu(),
        labels.cpu(),
        clean,
        read,
        clean_confidence,
        confidence,
        config.target if config else None,
    )
