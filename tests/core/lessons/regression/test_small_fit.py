"""Small fits: the same seed the same numbers, what is kept is the best, a run that diverges says so."""

import pytest
import torch

from core.config.run import CurveConfig
from core.data.points import CURVES, curve_points
from core.lessons.regression.small_fit import ends, noisy_sample, small_fit
from core.models.evaluation import evaluate
from core.models.trained_network import rebuild
from core.recipes.texts import RECIPES

SINE = RECIPES["regression-sine"].config


def test_kept_and_last_are_what_their_rows_say() -> None:
    fit = small_fit(noisy_sample(SINE, 16, 4, epochs=300))
    found = ends(fit)
    validation = [row["validation_loss"] for row in fit.rows]
    assert found.kept_validation == min(validation)  # type: ignore[type-var]
    assert found.kept_epoch == validation.index(found.kept_validation) < 300
    assert isinstance(fit.config.data, CurveConfig)
    test = curve_points(fit.config.data).test
    for weights, loss in ((fit.kept, found.kept_test), (fit.last, found.test)):
        assert evaluate(rebuild(fit.config, weights), test).loss == pytest.approx(loss)
    assert ends(small_fit(noisy_sample(SINE, 16, 4, epochs=300))) == found


def test_half_of_the_points_validate_and_a_seed_draws_them() -> None:
    config = noisy_sample(SINE, 4, 7, target="square", points=20)
    assert (config.data.points, config.train.validation, config.data.points_seed) == (20, 0.5, 7)
    assert (config.data.low, config.data.high) == CURVES["square"].interval
    assert config.model.hidden == (4,)  # type: ignore[union-attr]


def test_a_run_that_diverges_ends_with_what_it_has() -> None:
    fit = small_fit(noisy_sample(SINE, 8, 0, epochs=20, optimizer="sgd", lr=100, activation="relu"))
    found = ends(fit)
    assert found.train is None
    assert found.kept_validation is not None
    assert all(isinstance(tensor, torch.Tensor) for tensor in fit.kept.values())
