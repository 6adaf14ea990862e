"""Points on curves: where they lie, that noise is noise, and that seeds and splits keep apart."""

import math

import pytest
import torch

from core.config.choices import TARGETS
from core.config.run import CurveConfig
from core.data.points import CURVES, TEST_POINTS, curve_points, noise_floor, true_curve
from core.data.splits import validation_places


def test_every_target_has_a_curve_or_is_placed() -> None:
    assert set(TARGETS) == {*CURVES, "placed"}


@pytest.mark.parametrize("name", CURVES)
def test_without_noise_points_lie_on_the_curve_and_in_the_interval(name: str) -> None:
    config = CurveConfig(target=name, low=-1.5, high=4.0, points=300)  # type: ignore[arg-type]
    found = curve_points(config)
    assert (len(found.train), len(found.test), found.size) == (300, TEST_POINTS, "points")
    for part in (found.train, found.test):
        assert part.inputs.shape == part.labels.shape == (len(part), 1)
        assert part.inputs.dtype == part.labels.dtype == torch.float32
        assert -1.5 <= float(part.inputs.min()) < -1.0
        assert 3.5 < float(part.inputs.max()) <= 4.0
        assert torch.equal(part.labels, true_curve(config, part.inputs))
    assert noise_floor(config) == 0


def test_the_curves_are_what_their_formulas_say() -> None:
    x = torch.tensor([-2.0, 0.0, 0.5])
    expected = {
        "sine": [math.sin(-2), 0.0, math.sin(0.5)],
        "square": [4.0, 0.0, 0.25],
        "absolute": [2.0, 0.0, 0.5],
        "step": [0.0, 0.0, 1.0],
        "line": [-1.0, 0.0, 0.25],
    }
    assert expected.keys() == CURVES.keys()
    for name, values in expected.items():
        assert CURVES[name].of(x).tolist() == pytest.approx(values)


def test_noise_has_the_variance_of_the_floor_and_more_points_leave_the_test_alone() -> None:
    few, many = (CurveConfig(noise=0.3, points=n, points_seed=5) for n in (20, 5000))
    found = curve_points(many)
    off = found.train.labels - torch.sin(found.train.inputs)
    assert float(off.square().mean()) == pytest.approx(noise_floor(many), rel=0.08)
    assert noise_floor(many) == pytest.approx(0.09)
    assert torch.equal(curve_points(few).test.labels, found.test.labels)
    assert not torch.equal(curve_points(CurveConfig(points_seed=6)).test.inputs, found.test.inputs)
    assert torch.equal(curve_points(many).train.labels, found.train.labels)


def test_placed_points_are_divided_in_their_order() -> None:
    placed = tuple((float(n), float(n * n)) for n in range(12))
    found = curve_points(CurveConfig(target="placed", placed=placed))
    assert found.test.inputs.flatten().tolist() == [4.0, 9.0]
    assert found.test.labels.flatten().tolist() == [16.0, 81.0]
    assert found.train.inputs.flatten().tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 10, 11]
    assert true_curve(CurveConfig(target="placed", placed=placed), torch.zeros(1)) is None


def test_some_points_are_held_out_to_validate_with() -> None:
    train = curve_points(CurveConfig(points=250)).train
    kept, held_out = validation_places(train, 0.2, seed=3)
    assert (len(kept), len(held_out)) == (200, 50)
    assert not set(kept.tolist()) & set(held_out.tolist())
