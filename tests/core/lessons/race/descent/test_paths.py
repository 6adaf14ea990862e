"""Walks and races against what can be worked out otherwise: by hand, in Python, by finite differences."""

import itertools
import json
import math

import numpy as np
import pytest
import torch

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.lessons.race.descent.chapter import CHAPTER, PRINTED, beside_the_chapter, written
from core.lessons.race.descent.curves import CURVES, VIEW, bottom_value, minima, nearest_minimum, second_derivative
from core.lessons.race.descent.paths import Path, follow, thin
from core.lessons.race.descent.surfaces import RATES, SURFACES, first_rate, grid
from core.lessons.race.descent.walk import DescentConfig, walk
from core.lessons.race.descent.zones import MEANING, PARABOLA, factor, seen, zone


def sgd(lr: float) -> OptimizerConfig:
    return OptimizerConfig("sgd", {"lr": lr})


def test_the_chapters_trace_to_twelve_digits() -> None:
    path = walk(CHAPTER)
    assert [entry.step for entry in beside_the_chapter(path)] == list(range(14, 21))
    assert all(entry.agrees for entry in beside_the_chapter(path))
    assert len(path.points) == 20  # step 20 is within 0.01 of the bottom
    x = 6.0
    for point in path.points[:, 0]:
        assert math.isclose(point, x, rel_tol=1e-14)
        x -= 0.1 * 2 * x


def test_another_trace_does_not_agree() -> None:
    for changed in (DescentConfig(start=7), DescentConfig(optimizer=sgd(0.1 + 1e-13), updates=99)):
        beside = beside_the_chapter(walk(changed))
        assert not all(entry.agrees for entry in beside)
    short = beside_the_chapter(walk(DescentConfig(updates=15)))
    assert [entry.agrees for entry in short] == [True] * 3 + [False] * 4
    assert short[-1].x is None
    assert written(None) == ""
    assert all(len(x.replace("0.", "").lstrip("0")) == 12 for x, _ in PRINTED.values())


def test_the_slowest_rate_makes_all_updates_and_no_more() -> None:
    assert walk(DescentConfig(optimizer=sgd(0.001))).updates == 99


@pytest.mark.parametrize("name", CURVES)
def test_slopes_and_bends_are_the_derivatives(name: str) -> None:
    curve = CURVES[name]
    x = torch.linspace(*VIEW, 173, dtype=torch.float64, requires_grad=True)  # hits no corner
    (slope,) = torch.autograd.grad(curve.f(x).sum(), x)
    torch.testing.assert_close(slope, curve.slope(x))
    h = 1e-5
    torch.testing.assert_close(
        (curve.slope(x + h) - curve.slope(x - h)) / (2 * h), curve.second_derivative(x) + 0 * x, rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", CURVES)
def test_minima_are_the_lowest_around(name: str) -> None:
    assert minima(name)
    for bottom in minima(name):
        here = bottom_value(name, bottom)
        around = CURVES[name].f(bottom + torch.tensor([-0.05, -0.01, 0.01, 0.05], dtype=torch.float64))
        assert (around > here).all()
        assert nearest_minimum(name, bottom + 0.01) == bottom
    assert len(minima("bumpy")) > 4
    assert len(minima("double-well")) == 2


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_downhill_and_uphill(name: str) -> None:
    optimizer = OptimizerConfig(name, {"lr": 0.05})
    down = walk(DescentConfig(optimizer=optimizer))
    up = walk(DescentConfig(optimizer=optimizer, ascent=True))
    assert down.values[-1] < down.values[0]
    assert up.values[-1] > up.values[0]
    if name != "adamw":  # which shrinks x whichever way it goes
        assert down.points[1, 0] - 6 == pytest.approx(-(up.points[1, 0] - 6))


def test_momentum_and_decay_by_hand() -> None:
    settings = {"lr": 0.1, "momentum": 0.9, "decay": 0.5}
    path = walk(DescentConfig(optimizer=OptimizerConfig("sgd", settings), tolerance=0, updates=20))
    x, v = 6.0, 0.0
    for step, point in enumerate(path.points[:, 0]):
        assert point == pytest.approx(x, rel=1e-12)
        v = 0.9 * v + 0.1 / (1 + 0.5 * step) * 2 * x
        x -= v


def test_a_walk_that_overflows_ends_with_numbers() -> None:
    path = walk(DescentConfig(curve="quartic", start=10, optimizer=sgd(1.0)))
    assert path.overflowed
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.values).all()
    assert seen(path, arrived=False) == "diverging"


def test_lengths_belong_to_the_updates() -> None:
    path = follow(SURFACES["ravine"].f, (-4, 1.5), sgd(0.01), 30)
    assert path.points.shape == path.gradients.shape == (31, 2)
    np.testing.assert_allclose(path.step_lengths, 0.01 * path.gradient_lengths)
    gradient = SURFACES["ravine"].gradient(torch.from_numpy(path.points)).numpy()
    np.testing.assert_allclose(path.gradients, gradient)


@pytest.mark.parametrize("name", SURFACES)
def test_gradients_of_the_maps(name: str) -> None:
    surface = SURFACES[name]
    points = torch.rand(200, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 6 - 3
    points.requires_grad_()
    (gradient,) = torch.autograd.grad(surface.f(points).sum(), points)
    torch.testing.assert_close(gradient, surface.gradient(points))
    bottoms = torch.tensor(surface.minima, dtype=torch.float64)
    assert surface.gradient(bottoms).abs().max() < 1e-10
    assert surface.f(bottoms).abs().max() < 1e-15  # the maps are drawn on a log scale from zero
    x, y, heights = grid(name, 31, 21)
    assert heights.shape == (21, 31)
    assert heights[3, 7] == pytest.approx(float(surface.f(torch.tensor([x[7], y[3]]))))
    assert heights.min() >= 0


def test_distance_is_to_the_nearest_minimum() -> None:
    found = SURFACES["himmelblau"].distance(np.array([[3.0, 2.5], [-3.8, -3.3]]))
    assert found[0] == pytest.approx(0.5)
    assert found[1] < 0.05


@pytest.mark.parametrize(("surface", "name"), list(itertools.product(SURFACES, OPTIMIZERS)))
def test_first_rates_lead_downhill(surface: str, name: str) -> None:
    lr = first_rate(surface, name)
    assert lr in RATES
    path = follow(SURFACES[surface].f, SURFACES[surface].start, OptimizerConfig(name, {"lr": lr}), 100)
    assert not path.overflowed
    assert path.values[-1] < path.values[0]
    assert set(OPTIMIZERS[name].map_rates) == set(SURFACES)


@pytest.mark.parametrize(
    ("lr", "word"),
    [
        (0.001, "slow convergence"),
        (0.03, "converging"),
        (0.5, "converging"),
        (0.51, "oscillating"),
        (0.99, "oscillating"),
        (1.0, "sustained oscillation"),
        (1.01, "diverging"),
    ],
)
def test_the_factor_foretells_what_is_seen(lr: float, word: str) -> None:
    path = walk(DescentConfig(optimizer=sgd(lr)))
    assert zone(factor(lr, second_derivative("parabola", 0))) == word
    arrived = abs(path.values[-1] - 2) <= 0.01
    told = seen(path, arrived=arrived)
    assert told == word or (lr == 0.99 and told == "oscillating")
    if path.updates > 1 and lr != 0.5:
        ratios = path.points[1:, 0] / path.points[:-1, 0]
        np.testing.assert_allclose(ratios, factor(lr, 2.0), rtol=1e-9)
    (span,) = [span for span in PARABOLA if span.low < lr <= span.high]
    assert span.zone == word or lr == 1.0
    assert word in MEANING


def test_uphill() -> None:
    path = walk(DescentConfig(ascent=True))
    assert seen(path, arrived=False, ascent=True) == "ascending"
    assert factor(0.1, 2.0, ascent=True) == pytest.approx(1.2)


def test_thinning_keeps_ends_and_zigzags_and_drops_crawls() -> None:
    zigzag = np.stack([np.arange(200) / 100, np.tile([0.0, 1.0], 100)], axis=1)
    assert len(thin(zigzag, (2, 2), 300)) == 200
    crawl = np.stack([np.linspace(0, 1e-3, 500), np.zeros(500)], axis=1)
    assert thin(crawl, (2, 2)).tolist() == [0, 499]
    noise = np.random.default_rng(0).random((5000, 2))
    kept = thin(noise, (1, 1), 250)
    assert len(kept) <= 250
    assert kept[[0, -1]].tolist() == [0, 4999]
    wild = np.cumsum(np.full((900, 2), 50.0), axis=0)
    assert len(thin(wild, (1, 1), 100)) <= 100


def test_configs_refuse_nonsense_and_go_to_json() -> None:
    assert json.loads(json.dumps(CHAPTER.to_json()))["optimizer"]["settings"]["lr"] == 0.1
    for changes in ({"curve": "hill"}, {"start": 11}, {"start": float("nan")}, {"updates": 0}, {"tolerance": -1}):
        with pytest.raises(ConfigError):
            DescentConfig(**changes)
    with pytest.raises(ConfigError):
        follow(CURVES["huber"].f, [1.0], sgd(0.1), 10_000)
    assert isinstance(walk(CHAPTER), Path)
