"""Every mistake one can plant is caught by the check that should catch it; the right code passes both."""

from collections.abc import Sequence
from itertools import cycle, pairwise

import pytest
import torch
from torch import Generator, Tensor

from core.backprop.bugs import BUGS, LISTING, Bug, right_velocity
from core.backprop.network import RIGHT, Layer, loss_and_gradients
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.config.run import ACTIVATIONS, Activation
from core.lessons.backprop.gradient_check import Agreement, fresh_network, gradient_check, small_network
from core.lessons.backprop.update_check import EXACT, update_check

HIDDEN = {"linear": (), "one hidden": (12,), "two hidden": (10, 8), "square": (10, 10)}
NETWORKS = [*zip(cycle(HIDDEN), ACTIVATIONS, strict=False), ("one hidden", "relu"), ("two hidden", "relu")]


def batches(count: int, inputs: int = 784, classes: int = 10) -> list[tuple[Tensor, Tensor]]:
    generator = Generator().manual_seed(3)
    return [
        (
            torch.rand(6, inputs, generator=generator, dtype=torch.float64),
            torch.randint(classes, (6,), generator=generator),
        )
        for _ in range(count)
    ]


def steps(layers: list[Layer], activation: Activation, name: str | None) -> list[list[Agreement]]:
    data = batches(4, layers[0].weight.shape[0], len(layers[-1].bias))
    return update_check(layers, activation, data, lr=0.1, momentum=0.9, bug=BUGS[name] if name else None)


def all_right(row: Sequence[Agreement]) -> bool:
    return all(entry.within(EXACT) for entry in row)


@pytest.mark.parametrize(("shape", "activation"), NETWORKS)
def test_the_right_code_passes_both_checks(shape: str, activation: Activation) -> None:
    layers = fresh_network(HIDDEN[shape], activation)
    assert all(found.right for found in gradient_check(layers, activation, *batches(1)[0], sample=200))
    assert all(all_right(row) for row in steps(layers, activation, None))


@pytest.mark.parametrize("name", BUGS)
@pytest.mark.parametrize(("shape", "activation"), NETWORKS)
def test_a_bug_is_caught_where_it_shows(name: str, shape: str, activation: Activation) -> None:
    bug, layers = BUGS[name], fresh_network(HIDDEN[shape], activation)
    found = gradient_check(layers, activation, *batches(1)[0], rules=bug.rules, sample=50)
    wrong = [not check.right for check in found]
    rows = steps(layers, activation, name)
    if not bug.shows(activation, len(layers) - 1):
        assert not any(wrong)
        assert all(all_right(row) for row in rows)
    elif bug.where == "gradient":
        assert any(wrong)
        assert not all_right(rows[0])
        assert wrong[-2:] == [not bug.hidden] * 2  # the last layer lies above every hidden one
        assert all(wrong[:-2])
    else:
        assert not any(wrong)
        assert all_right(rows[0])
        assert not any(entry.within(EXACT) for row in rows[1:] for entry in row)


@pytest.mark.parametrize("name", BUGS)
def test_the_small_network_shows_them_too(name: str) -> None:
    layers = small_network()
    x, labels = batches(1, 4, 3)[0]
    found = gradient_check(layers, "sigmoid", x, labels, rules=BUGS[name].rules)
    assert all(check.right for check in found) == (BUGS[name].where == "update")
    assert not all_right(steps(layers, "sigmoid", name)[1])


def test_momentums_sign_needs_momentum() -> None:
    assert not BUGS["momentum"].shows("relu", 1, momentum=0.0)
    assert BUGS["zero"].shows("relu", 1, momentum=0.0)
    layers = fresh_network((5,), "relu")
    rows = update_check(layers, "relu", batches(3), lr=0.1, momentum=0.0, bug=BUGS["momentum"])
    assert all(all_right(row) for row in rows)


def test_a_forgotten_mean_only_stretches_the_gradient() -> None:
    layers = fresh_network((12,), "tanh")
    for check in gradient_check(layers, "tanh", *batches(1)[0], rules=BUGS["mean"].rules, sample=10):
        assert check.with_autograd.length == pytest.approx(6)
        assert check.with_autograd.angle == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_every_bug_says_what_it_is(bug: Bug) -> None:
    assert all(getattr(bug, part) for part in ("title", "right", "why", "diff"))
    assert bug.wrong != bug.right
    assert bug.why.endswith(".")
    assert LISTING.splitlines().count(bug.right) == 1
    assert bug.right.strip() not in bug.listing


@pytest.mark.parametrize("bug", [None, *BUGS.values()], ids=["right", *BUGS])
@pytest.mark.parametrize("sizes", [(4, 3), (5, 4, 3), (6, 4, 4, 3)])
def test_the_code_shown_is_the_code_that_is_checked(bug: Bug | None, sizes: tuple[int, ...]) -> None:
    draw = Generator().manual_seed(1)
    start = [
        Layer(torch.randn(a, b, generator=draw).double(), torch.randn(b, generator=draw).double())
        for a, b in pairwise(sizes)
    ]
    data, lr, momentum = batches(3, sizes[0], 3), 0.1, 0.9
    layers = [Layer(w.clone(), b.clone()) for w, b in start]
    parameters = [tensor for layer in layers for tensor in layer]
    for tensor in parameters:
        tensor.grad = torch.zeros_like(tensor)
    sigma = MANUAL_ACTIVATIONS["sigmoid"]
    exec(
        bug.listing if bug else LISTING,
        {
            "torch": torch,
            "layers": layers,
            "parameters": parameters,
            "lr": lr,
            "momentum": momentum,
            "v": {tensor: torch.zeros_like(tensor) for tensor in parameters},
            "sigma": sigma.value,
            "derivative": lambda z: sigma.derivative(z, sigma.value(z)),
            "batches": [(x, torch.nn.functional.one_hot(y, 3).double()) for x, y in data],
        },
    )
    expected = [tensor.clone() for layer in start for tensor in layer]
    velocity, kept = ([torch.zeros_like(tensor) for tensor in expected] for _ in range(2))
    for x, y in data:
        pairs = [Layer(*expected[at : at + 2]) for at in range(0, len(expected), 2)]
        found = loss_and_gradients(pairs, "sigmoid", x, y, rules=bug.rules if bug else RIGHT)[1]
        for at, gradient in enumerate(tensor for layer in found for tensor in layer):
            kept[at] = gradient if bug is None or bug.zeroed else kept[at] + gradient
            velocity[at] = (bug.velocity if bug else right_velocity)(velocity[at], kept[at], lr, momentum)
            expected[at] = expected[at] - velocity[at]
    for ours, theirs in zip(parameters, expected, strict=True):
        torch.testing.assert_close(ours, theirs)
