"""A fit beside its points: divided as the trainer divides them, judged by its own numbers."""

import numpy as np
import pytest
import torch

from core.config.errors import ConfigError
from core.config.run import CurveConfig, RunConfig
from core.data.points import curve_points
from core.models import build_module
from core.models.inspect.fit import BEYOND, GRID, answers, curves_of, residuals, sample_of
from core.models.inspect.overfitting import course_words, judge, kept_row
from core.models.trained_network import load_shipped, rebuild
from core.recipes.texts import RECIPES
from core.storage.weight_history import Frame
from core.training.run_data import material_for, run_data

RECIPE = RECIPES["regression-sine"].config


@pytest.mark.parametrize("changes", [{}, {"seed": 3, "points": 40}, {"validation": 0.0, "keep": "last"}])
def test_points_are_divided_as_the_trainer_divides_them(changes: dict[str, object]) -> None:
    config = RECIPE.with_settings(changes)
    found, data = sample_of(config), run_data(material_for(config), config)
    trained = data.train.inputs[data.places].flatten().double().numpy()
    assert np.array_equal(found.train.x, trained)
    if data.validation_places is None:
        assert len(found.validation.x) == 0
        assert "validation" not in found.parts
    else:
        held_out = data.train.labels[data.validation_places].flatten().double().numpy()
        assert np.array_equal(found.validation.y, held_out)
    assert np.array_equal(found.test.x, data.test.inputs.flatten().double().numpy())
    assert found.variance == pytest.approx(float(np.var(found.train.y)))


def test_the_grid_reaches_beyond_the_points() -> None:
    found = sample_of(RECIPE)
    width = found.high - found.low
    assert len(found.grid) == GRID
    assert found.grid[0] == pytest.approx(found.low - BEYOND * width)
    assert found.truth is not None
    assert np.allclose(found.truth, np.sin(found.grid), atol=1e-6)
    placed = tuple((float(x), 2.0) for x in range(-1, 5))
    own = sample_of(RECIPE.with_settings({"target": "placed", "placed": placed}))
    assert (own.low, own.high, own.truth) == (-1.0, 4.0, None)
    alike = sample_of(RECIPE.with_settings({"target": "placed", "placed": ((1.0, 0.0),) * 5}))
    assert alike.low < 1.0 < alike.high


def test_who_learns_no_curve_has_no_points() -> None:
    with pytest.raises(ConfigError, match="does not learn a curve"):
        sample_of(RECIPES["mlp-module"].config)


def test_answers_and_residuals_are_the_networks() -> None:
    came = load_shipped("regression-sine")
    assert isinstance(came.config.data, CurveConfig)
    pairs = sample_of(came.config).test
    assert np.square(residuals(came.model, pairs)).mean() == pytest.approx(came.provenance["test_loss"], rel=1e-3)
    points = curve_points(came.config.data).test
    assert np.allclose(answers(came.model, pairs.x), came.model(points.inputs).detach().flatten(), atol=1e-6)


def test_a_film_gives_one_curve_a_frame() -> None:
    frames = [Frame(float(n), build_module(RECIPE.model, seed=n).state_dict()) for n in (1, 2)]
    grid = np.linspace(-1, 1, 7)
    (first, a), (second, b) = curves_of(RECIPE, frames, grid)
    assert (first, second) == (1.0, 2.0)
    assert np.allclose(b, answers(rebuild(RECIPE, frames[1].weights), grid))
    assert not np.allclose(a, b)
    assert curves_of(RECIPE, [], grid) == []


@pytest.mark.parametrize(
    ("losses", "kind"),
    [
        ((0.3, 0.31, 0.5, 0.0), "underfitting"),
        ((0.001, 0.3, 0.5, 0.09), "overfitting"),
        ((0.08, 0.1, 0.5, 0.09), "good"),
        ((1e-5, 9e-6, 0.5, 0.0), "good"),
        ((1e-8, 1e-5, 0.5, 0.0), "good"),
        ((None, 0.1, 0.5, 0.0), "unknown"),
        ((0.1, None, 0.5, 0.0), "unknown"),
        ((0.0, 0.2, 0.5, 0.0), "overfitting"),
    ],
)
def test_the_verdict_follows_the_numbers(losses: tuple[float, float, float, float], kind: str) -> None:
    train, validation, variance, floor = losses
    said = judge([], {"epoch": 1, "train_loss": train, "validation_loss": validation}, variance, floor)
    assert said.kind == kind
    assert ("0.3" in said.reason) == (kind == "underfitting" or validation == 0.3)


def rows(validation: list[float], train: list[float]) -> list[dict[str, float | int | None]]:
    return [
        {"epoch": n, "train_loss": t, "validation_loss": v}
        for n, (v, t) in enumerate(zip(validation, train, strict=True))
    ]


FALLING = [1 / (n + 1) for n in range(40)]
RISING = [*(1.0 - n / 10 for n in range(9)), *(0.2 + n / 50 for n in range(31))]


def test_a_run_whose_validation_rises_while_training_falls_overfits_whatever_is_kept() -> None:
    """Also where the kept epoch misses the points it trained on: by itself that would be underfitting."""
    seen = rows(RISING, FALLING)
    kept = kept_row(seen, "best")
    assert kept["epoch"] == 8
    assert float(kept["train_loss"]) > 0.02 * 0.5
    stopped = judge(seen, kept, 0.5, 0.0)
    assert stopped.kind == "stopped in time"
    assert "epoch 8 the validation loss rose" in stopped.reason
    assert "(middle of the last 4 epochs)" in stopped.reason, "no single epoch"
    assert "nderfit" not in stopped.title + stopped.reason
    last = judge(seen, kept_row(seen, "last"), 0.5, 0.0)
    assert last.kind == "overfitting"
    assert "fits the noise" in last.reason
    assert course_words(seen) == "", "the verdict has said it"
    assert judge(seen[:10], seen[9], 0.5, 0.0).kind == "underfitting", "too short for a course"


def test_when_validation_was_lowest_is_told_without_a_second_verdict() -> None:
    flat = [*(1.0 - n / 10 for n in range(9)), *[0.21] * 31]
    swinging = [1 / (n + 1) * (50 if n == 37 else 1) for n in range(40)]
    for validation, train, words in (
        (FALLING, FALLING, "near the end"),
        (flat, FALLING, "hardly rose"),
        (swinging, FALLING, "oscillates"),
        (RISING, RISING, "and so did the training loss"),
    ):
        verdict = course_words(rows(validation, train))
        assert words in verdict
        assert not any(word in verdict.lower() for word in ("underfitting", "good fit", "fits the noise"))
    assert course_words(rows([0.1] * 5, [0.1] * 5)) == ""
    assert course_words([{"epoch": n, "train_loss": 0.1} for n in range(30)]) == ""


def test_the_networks_mode_is_put_back() -> None:
    model = build_module(RECIPE.model).train()
    answers(model, np.zeros(3))
    assert model.training
    assert isinstance(RunConfig.from_json(RECIPE.to_json()), RunConfig)
    assert torch.is_grad_enabled()
