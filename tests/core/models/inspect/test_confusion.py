"""Counting mistakes, against counting one by one."""

import pytest
import torch
from torch.nn import functional

from core.models.inspect.confusion import commonest_mistake, confident_mistakes, confusion, per_digit, predicted_as


def test_tables_and_lists_agree_with_counting() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(10, (400,), generator=generator)
    probabilities = torch.rand(400, 10, generator=generator).softmax(1)
    predicted = probabilities.argmax(1)
    table = confusion(labels, predicted)
    assert table.sum() == 400
    for digit, read in ((3, 3), (1, 7), (9, 0)):
        places = predicted_as(probabilities, labels, digit, read)
        assert len(places) == table[digit, read] == ((labels == digit) & (predicted == read)).sum()
        assert (labels[places] == digit).all()
        assert (predicted[places] == read).all()
    scores = per_digit(labels, probabilities)
    assert [score.n for score in scores] == table.sum(dim=1).tolist()
    assert [score.correct for score in scores] == table.diagonal().tolist()
    assert all(low <= s.accuracy <= high for s in scores for low, high in [s.ci95])
    loss = functional.nll_loss(probabilities.log(), labels)
    assert sum(score.n * score.loss for score in scores) / 400 == pytest.approx(float(loss))
    wrong = confident_mistakes(probabilities, labels, 30)
    confidence = probabilities.max(1).values
    assert (predicted[wrong] != labels[wrong]).all()
    assert (confidence[wrong][:-1] >= confidence[wrong][1:]).all()
    assert confidence[wrong[0]] == confidence[predicted != labels].max()
    found = commonest_mistake(table)
    assert found is not None
    assert found[2] == max(int(table[t, p]) for t in range(10) for p in range(10) if t != p)


def test_a_perfect_network_makes_no_mistake() -> None:
    labels = torch.arange(10)
    assert commonest_mistake(confusion(labels, labels)) is None
    assert len(confident_mistakes(torch.eye(10), labels)) == 0
    assert [score.accuracy for score in per_digit(labels, torch.eye(10))] == [1.0] * 10


def test_a_digit_without_images_and_a_certain_error_are_no_failure() -> None:
    scores = per_digit(torch.tensor([1]), torch.eye(10)[:1])
    assert (scores[1].n, scores[1].correct, round(scores[1].loss)) == (1, 0, 87)
    assert scores[0].n == 0
