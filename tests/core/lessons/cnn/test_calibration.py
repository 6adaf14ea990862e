"""Calibration: bins against brute force, ECE of a calibrated source, temperatures found again."""

import math

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from core.config.errors import ConfigError
from core.lessons.cnn.calibration import (
    COLDEST,
    confidence,
    ece,
    ece_interval,
    fit_temperature,
    negative_log_likelihood,
    reliability,
)


def drawn(n: int, temperature: float = 1.0, spread: float = 2.0, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Logits (n, 10), and labels drawn from the softmax of logits / temperature: calibrated at that T."""
    generator = Generator().manual_seed(seed)
    logits = spread * torch.randn(n, 10, generator=generator)
    labels = torch.multinomial((logits / temperature).softmax(1), 1, generator=generator).flatten()
    return logits, labels


def sure_and_right(logits: Tensor, labels: Tensor, temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    return confidence(logits, temperature), logits.argmax(1) == labels


@pytest.mark.parametrize("bins", [1, 15])
def test_bins_against_brute_force(bins: int) -> None:
    confidence, right = sure_and_right(*drawn(500))
    found = reliability(confidence, right, bins)
    total = 0.0
    for k, part in enumerate(found):
        inside = (confidence > k / bins) & (confidence <= (k + 1) / bins)
        assert part.count == int(inside.sum())
        assert part.correct == int(right[inside].sum())
        if part.count:
            assert part.confidence == pytest.approx(float(confidence[inside].mean()))
            assert part.ci95[0] <= part.accuracy <= part.ci95[1]
            total += part.count / len(confidence) * abs(part.accuracy - part.confidence)
        else:
            assert math.isnan(part.accuracy)
            assert math.isnan(part.confidence)
    assert sum(part.count for part in found) == len(confidence)
    assert ece(found) == pytest.approx(total)


def test_the_ends_of_the_scale() -> None:
    confidence = torch.tensor([0.0, 1.0, 0.2, 1 / 15], dtype=torch.float64)
    found = reliability(confidence, torch.tensor([False, True, True, False]))
    assert found[0].count == 2
    assert found[-1].count == 1
    assert found[2].count == 1, "bins are closed at the right"


def test_a_known_calibration_error() -> None:
    confidence = torch.full((100,), 0.9, dtype=torch.float64)
    right = torch.arange(100) < 70
    assert ece(reliability(confidence, right)) == pytest.approx(0.2)
    assert math.isnan(ece(reliability(confidence[:0], right[:0])))


def test_a_calibrated_source_has_little_error_and_a_sure_one_much() -> None:
    logits, labels = drawn(50_000)
    assert ece(reliability(*sure_and_right(logits, labels))) < 0.01
    assert ece(reliability(*sure_and_right(3 * logits, labels))) > 0.1


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature: float) -> None:
    logits, labels = drawn(30_000, temperature, spread=3.0)
    found = fit_temperature(logits, labels)
    assert found == pytest.approx(temperature, rel=0.05)
    fresh, truth = drawn(30_000, temperature, spread=3.0, seed=1)
    before, after = (reliability(*sure_and_right(fresh, truth, t)) for t in (1.0, found))
    assert ece(after) < 0.015
    if temperature != 1:
        assert ece(after) < ece(before) / 3
        assert negative_log_likelihood(fresh, truth, found) < negative_log_likelihood(fresh, truth)


def test_the_temperature_is_where_the_likelihood_is_best() -> None:
    logits, labels = drawn(300, 1.7)
    found = fit_temperature(logits, labels)
    least = negative_log_likelihood(logits, labels, found)
    for near in np.geomspace(0.06, 19, 60):
        assert least <= negative_log_likelihood(logits, labels, float(near)) + 1e-9


def test_a_temperature_changes_no_answer_and_the_order_of_none() -> None:
    logits, labels = drawn(1000)
    before, after = logits.softmax(1), (logits / 3.7).softmax(1)
    assert torch.equal(before.argsort(1), after.argsort(1))
    assert (confidence(logits, 3.7) <= confidence(logits)).all()
    right, still = sure_and_right(logits, labels)[1], sure_and_right(logits, labels, 3.7)[1]
    assert torch.equal(right, still)


def test_all_right_asks_for_the_coldest_and_nothing_for_a_sentence() -> None:
    logits = 5 * torch.eye(10)
    assert fit_temperature(logits, torch.arange(10)) == COLDEST
    with pytest.raises(ConfigError, match="validation images"):
        fit_temperature(logits[:0], torch.empty(0, dtype=torch.int64))


def test_huge_logits_stay_finite() -> None:
    logits = torch.tensor([[3e5, 0.0, 0.0], [0.0, 3e5, 0.0]])
    assert math.isfinite(negative_log_likelihood(logits, torch.tensor([1, 1])))
    assert torch.equal(confidence(logits), torch.ones(2, dtype=torch.float64))


def test_the_interval_holds_the_error_of_the_source() -> None:
    """Of a source that is 10 points too sure, 20 samples: nearly all intervals hold the 10 points."""
    held = 0
    for seed in range(20):
        generator = Generator().manual_seed(seed)
        confidence = 0.5 + 0.4 * torch.rand(800, generator=generator, dtype=torch.float64)
        right = torch.rand(800, generator=generator, dtype=torch.float64) < confidence - 0.1
        low, high = ece_interval(confidence, right, resamples=200)
        assert 0 <= low <= high
        held += low <= 0.1 <= high
    assert held >= 17
    assert ece_interval(confidence, right) == ece_interval(confidence, right), "seeded"
    assert ece_interval(confidence[:0], right[:0]) == (0.0, 1.0)
