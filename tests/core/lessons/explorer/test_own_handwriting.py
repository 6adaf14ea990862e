"""Who misreads which drawing, against counting by hand."""

import torch
from torch import Tensor, nn

from core.data import Digits
from core.lessons.explorer.own_handwriting import OwnPredictions, misclassified, predict_own


class Says(nn.Module):
    """Answers each image with the number in its corner, times ten."""

    def forward(self, images: Tensor) -> Tensor:
        return 4.0 * nn.functional.one_hot((images[:, 0, 0, 0] * 10).round().long(), 10).float()


def drawings(says: list[int], labels: list[int]) -> Digits:
    images = torch.zeros(len(says), 1, 28, 28)
    images[:, 0, 0, 0] = torch.tensor(says) / 10
    return Digits(images, torch.tensor(labels, dtype=torch.int64))


def test_answers_and_score() -> None:
    reading = predict_own(Says(), drawings([1, 2, 3], [1, 2, 8]))
    assert reading.predicted == (1, 2, 3)
    assert (reading.score.n, reading.score.correct) == (3, 2)
    assert abs(reading.confidence[0] - torch.tensor([4.0] + [0.0] * 9).softmax(0)[0].item()) < 1e-6
    assert 0.2 < reading.score.ci95[0] < 2 / 3 < reading.score.ci95[1] < 1


def test_no_drawing_is_no_score() -> None:
    reading = predict_own(Says(), drawings([], []))
    assert reading.predicted == ()
    assert not reading.score.known


def test_misread_drawings_come_with_who_said_what() -> None:
    labels = [7, 7, 3]
    digits = drawings([7, 1, 3], labels)
    good, bad = predict_own(Says(), digits), predict_own(Says(), drawings([7, 1, 5], labels))
    worse = OwnPredictions((7, 2, 5), (0.5, 0.5, 0.5), good.score)
    first, second = misclassified(labels, {"good": good, "bad": bad, "worse": worse})
    assert (first.place, first.label, first.wrong) == (1, 7, 3)
    assert first.predicted_as == {1: ("good", "bad"), 2: ("worse",)}
    assert list(first.predicted_as) == [1, 2]
    assert (second.place, second.predicted_as, second.right) == (2, {5: ("bad", "worse")}, ("good",))
    assert misclassified(labels, {}) == []
