"""Which training images look mislabeled: those that the trained network finds hardest to believe.

A network learns what many images agree on before it learns single exceptions by heart (Arpit et al. 2017), so
that an image with a wrong label keeps a high loss. Where the wrong labels are known, because we made them, it
can be counted how many of them stand on top of the list.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.data.digits import Digits
from core.models.evaluation import logits


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Training images in order of suspicion, hardest to believe first.

    places: (N,) among the training images. losses: (N,) cross-entropy of the given label in nats.
    given, read, true: (N,) the label it was trained with, what the network reads, and the label before
    anything was flipped. flipped: (N,) whether the given label is one of those we made wrong.
    """

    places: Tensor
    losses: Tensor
    given: Tensor
    read: Tensor
    true: Tensor
    flipped: Tensor

    @property
    def found(self) -> Tensor:
        """(N,) how many flipped labels stand among the first 1, 2, … N."""
        return self.flipped.long().cumsum(0)

    def among_first(self, count: int) -> tuple[int, int]:
        """Flipped labels among the first `count`, and how many there are in all."""
        return int(self.flipped[:count].sum()), int(self.flipped.sum())


def suspects(model: nn.Module, learned: Digits, true: Tensor, places: Tensor) -> LabelErrors:
    """Rank training images by their loss under the trained network.

    learned: the training digits as the network got them. true: (N,) their labels before anything was flipped.
    places: which of them it was trained on.
    """
    out = logits(model, learned.images, places).cpu()
    given = learned.labels[places]
    losses = functional.cross_entropy(out, given, reduction="none").nan_to_num(torch.inf)
    order = losses.argsort(descending=True, stable=True)
    chosen = places[order]
    return LabelErrors(
        places=chosen,
        losses=losses[order],
        given=given[order],
        read=out.argmax(1)[order],
        true=true[chosen],
        flipped=given[order] != true[chosen],
    )
