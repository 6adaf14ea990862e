"""What cannot be attacked is refused in a sentence."""

import pytest
import torch
from torch import Tensor, nn

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.config.errors import LabError


class Wrong(nn.Module):
    """A network of other digits or other images."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.layer = nn.Linear(inputs, outputs).double()

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x.flatten(1))


@pytest.mark.parametrize(
    ("model", "images", "labels", "sentence"),
    [
        (Wrong(784, 7), torch.rand(2, 1, 28, 28), torch.zeros(2), "must give 10 numbers"),
        (Wrong(1024, 10), torch.rand(2, 1, 28, 28), torch.zeros(2), "does not take images of 28×28"),
        (Wrong(784, 10), torch.rand(2, 28, 28), torch.zeros(2), "have the shape"),
        (Wrong(784, 10), torch.rand(2, 3, 28, 28), torch.zeros(2), "have the shape"),
        (Wrong(784, 10), torch.rand(2, 1, 28, 28), torch.zeros(3), "needs one label"),
        (Wrong(784, 10), torch.rand(2, 1, 28, 28) + 0.5, torch.zeros(2), "between 0 and 1"),
        (Wrong(784, 10), torch.rand(2, 1, 28, 28) - 0.5, torch.zeros(2), "between 0 and 1"),
        (Wrong(784, 10), torch.full((2, 1, 28, 28), torch.nan), torch.zeros(2), "between 0 and 1"),
    ],
)
def test_what_cannot_be_attacked_is_a_sentence(model: nn.Module, images: Tensor, labels: Tensor, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        attack(model, images.double(), labels.long(), AttackConfig("fgsm"))
