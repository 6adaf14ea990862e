"""Bends: the parts add up to the network exactly, whichever way they are told, and lie where they should."""

import numpy as np
import pytest
import torch

from core.config.choices import ACTIVATIONS, Activation
from core.config.errors import LabError
from core.config.run import CNNConfig, RegressorConfig
from core.lessons.regression.hidden_unit_sum import coming_from_the_left, hidden_unit_sum
from core.models import build_module
from core.models.inspect.fit import answers

GRID = np.linspace(-6, 6, 121)


def net(activation: Activation = "relu", hidden: tuple[int, ...] = (9,), seed: int = 0) -> torch.nn.Module:
    return build_module(RegressorConfig(hidden=hidden, activation=activation), seed)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(1,), (9,), (5, 7)])
def test_the_parts_add_up_to_the_network(activation: Activation, hidden: tuple[int, ...]) -> None:
    model = net(activation, hidden)
    found = hidden_unit_sum(model, GRID, (-3, 3))
    assert found.parts.shape == (hidden[-1], len(GRID))
    assert np.allclose(found.whole, answers(model, GRID), atol=1e-5)
    turned = coming_from_the_left(found, model, activation)
    assert np.allclose(turned.whole, found.whole, atol=1e-5)
    assert bool(np.isnan(found.places).all()) == (len(hidden) > 1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_coming_from_the_left_a_unit_adds_nothing_before_it_bends(activation: Activation) -> None:
    model = net(activation, (12,), seed=1)
    with torch.no_grad():
        model.layers[0].weight[3] = 0.0  # type: ignore[index, union-attr]  # a unit that does not move
    wide = np.linspace(-500, 50, 2201)
    found = coming_from_the_left(hidden_unit_sum(model, wide, (-3, 3)), model, activation)
    assert np.isnan(found.places[3])
    assert np.abs(found.parts[:, 0]).max() < 1e-4, "far to the left there is only the base"
    assert np.allclose(np.diff(found.base, 2), 0, atol=1e-4), "the base is a straight line"
    for part, place in zip(found.parts, found.places, strict=True):
        if np.isfinite(place) and activation in ("relu", "leaky-relu"):
            assert np.abs(part[wide < place]).max(initial=0) < 1e-4


def test_left_to_right_the_sum_is_the_network_up_to_the_next_kink() -> None:
    model = net("relu", (8,), seed=2)
    found = coming_from_the_left(hidden_unit_sum(model, GRID, (-6, 6)), model, "relu")
    order = found.order("place")
    places = found.places[order]
    assert list(places) == sorted(places)
    for added in range(len(order)):
        before = places[added] > GRID
        assert np.allclose(found.partial(order[:added])[before], found.whole[before], atol=1e-5)


def test_a_kink_is_where_the_slope_changes() -> None:
    model = net("relu", (3,), seed=4)
    found = hidden_unit_sum(model, GRID, (-6, 6))
    fine = np.linspace(-6, 6, 12_001)
    turns = np.abs(np.diff(answers(model, fine), 2))
    seen = fine[1:-1][turns > 0.2 * turns.max()]
    for place in found.places[np.abs(found.places) < 6]:
        assert np.abs(seen - place).min() < 0.01


def test_order_by_size_and_count_inside() -> None:
    model = net("tanh", (6,))
    with torch.no_grad():
        model.layers[0].weight[:, 0] = 1.0  # type: ignore[index, union-attr]
        model.layers[0].bias[:] = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])  # type: ignore[index, union-attr]
    found = hidden_unit_sum(model, GRID, (-2.5, 1.0))
    assert found.places.tolist() == [0, -1, -2, -3, -4, -5]
    assert found.inside().tolist() == [True, True, True, False, False, False]
    sizes = found.sizes[found.order("size")]
    assert list(sizes) == sorted(sizes, reverse=True)


def test_sizes_are_those_of_the_parts_as_they_are_told() -> None:
    model = net("relu", (3,))
    with torch.no_grad():
        model.layers[0].weight[:, 0] = torch.tensor([1.0, -1.0, -1.0])  # type: ignore[index, union-attr]
        model.layers[0].bias[:] = torch.tensor([-4.0, -4.0, 0.0])  # type: ignore[index, union-attr]
    found = hidden_unit_sum(model, GRID, (-3, 3))
    turned = coming_from_the_left(found, model, "relu")
    assert found.sizes[1] == 0, "as it is, the second unit is flat from −4 on"
    assert turned.sizes[1] == pytest.approx(np.ptp(turned.parts[1][np.abs(GRID) <= 3])), "told so, it is not"
    assert turned.sizes[1] > 0.1
    assert turned.sizes[0] == 0


def test_a_straight_line_and_other_networks_have_no_bends() -> None:
    with pytest.raises(LabError, match="straight line"):
        hidden_unit_sum(net(hidden=()), GRID, (-1, 1))
    with pytest.raises(LabError):
        hidden_unit_sum(build_module(CNNConfig()), GRID, (-1, 1))
