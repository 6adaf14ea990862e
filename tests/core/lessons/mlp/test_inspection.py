"""Signals, gradients, edits and steps against autograd and brute force, for every family of network."""

from collections.abc import Iterator

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from core.config.run import INITIALIZATIONS, MLPConfig
from core.data.digits import Digits
from core.lessons.mlp import one_gradient_step, saturation, weight_editing
from core.lessons.mlp.unit_contributions import unit_contributions
from core.models import as_module, build, linear_layers
from core.models.evaluation import logits as model_logits
from core.models.inspect.layer_signals import activation_function, derivative, gradients, signals

NETWORKS = {
    "raw": MLPConfig(hidden=(12,), family="raw"),
    "raw deep, normalized": MLPConfig(hidden=(9, 7, 5), activation="tanh", family="raw", normalize=True),
    "module with dropout": MLPConfig(hidden=(12, 8), activation="relu", dropout=0.5, normalize=True),
    "my-linear": MLPConfig(hidden=(10, 6), activation="gelu", family="my-linear"),
    "linear": MLPConfig(hidden=()),
    "one unit": MLPConfig(hidden=(1, 4), activation="leaky-relu"),
}


@pytest.fixture(scope="module")
def batch() -> Digits:
    generator = Generator().manual_seed(4)
    return Digits(torch.rand(50, 1, 28, 28, generator=generator), torch.randint(10, (50,), generator=generator))


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def model(request: pytest.FixtureRequest, batch: Digits) -> Iterator[nn.Module]:
    """A network that must be the same after the test, weights, gradients and mode."""
    network = as_module(build(request.param, Generator().manual_seed(1), batch.images)).eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    yield network
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name]), f"a probe changed {name}"
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not network.training


def test_signals_are_what_the_network_computes(model: nn.Module, batch: Digits) -> None:
    found = signals(model, batch.images)
    torch.testing.assert_close(found.logits, model_logits(model, batch.images))
    widths = [weight.shape[0] for _, weight, _ in linear_layers(model)]
    assert [layer.shape[1] for layer in found.before] == widths
    assert [layer.shape[1] for layer in found.after] == widths[:-1]
    activation = activation_function(model)
    for before, after in zip(found.before, found.after, strict=False):
        torch.testing.assert_close(after, activation(before))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradients_agree_with_small_differences(model: nn.Module, batch: Digits, reduction: str) -> None:
    found = gradients(model, batch.images, batch.labels, reduction)  # type: ignore[arg-type]
    loss = functional.cross_entropy(model_logits(model, batch.images), batch.labels, reduction=reduction)
    assert found.loss == pytest.approx(float(loss), rel=1e-5)
    for layer, (_, weight, bias) in enumerate(linear_layers(model)):
        assert found.weights[layer].shape == weight.shape
        assert found.biases[layer].shape == bias.shape
        place = one_gradient_step.steepest(found, layer)
        at, h = float(weight[place.to, place.source]), 1e-2
        up, down = one_gradient_step.along(model, batch, place, [at + h, at - h], reduction)  # type: ignore[arg-type]
        steep = float(found.weights[layer][place.to, place.source])
        assert float(up - down) / (2 * h) == pytest.approx(steep, rel=0.05, abs=2e-4)


def test_slope_is_the_derivative() -> None:
    at = torch.linspace(-5, 5, 11)
    sigma = torch.sigmoid(at)
    torch.testing.assert_close(derivative(torch.sigmoid, at), sigma * (1 - sigma))
    torch.testing.assert_close(derivative(torch.relu, at), (at > 0).float())


def edits_for(model: nn.Module) -> list[list[weight_editing.Edit]]:
    """One edit of each kind in each layer, then all of them together."""
    widths = [weight.shape[0] for _, weight, _ in linear_layers(model)]
    weights = [weight_editing.WeightEdit(i, width - 1, 0, 2.5) for i, width in enumerate(widths)]
    units = [weight_editing.AblatedUnit(i, width - 1) for i, width in enumerate(widths[:-1])]
    last = weight_editing.WeightEdit(0, widths[0] - 1, 0, -1.0)  # the same weight again: the later counts
    single: list[list[weight_editing.Edit]] = [[edit] for edit in [*weights, *units]]
    return [[], *single, [*units, *weights, last], [weights[0], weights[-1]]]


def test_edits_answer_like_an_edited_network(model: nn.Module, batch: Digits) -> None:
    prepared = weight_editing.Prepared(model, batch.images)
    for edits in edits_for(model):
        twin = weight_editing.edited_copy(model, edits)
        torch.testing.assert_close(prepared.edited(edits), model_logits(twin, batch.images), rtol=1e-4, atol=1e-5)
    assert torch.equal(prepared.edited([]), prepared.logits)


def test_a_silenced_unit_passes_on_nothing(model: nn.Module, batch: Digits) -> None:
    found = signals(model, batch.images)
    if not found.after:
        return
    _, weight, bias = linear_layers(model)[1]
    silent = found.after[0].clone()
    silent[:, 0] = 0
    twin = weight_editing.edited_copy(model, [weight_editing.AblatedUnit(0, 0)])
    torch.testing.assert_close(
        signals(twin, batch.images).before[1], functional.linear(silent, weight, bias), rtol=1e-4, atol=1e-5
    )


def test_a_step_is_the_formula_and_what_sgd_does(model: nn.Module, batch: Digits) -> None:
    found = gradients(model, batch.images, batch.labels, "mean")
    for layer in range(len(linear_layers(model))):
        place = one_gradient_step.steepest(found, layer)
        step = one_gradient_step.take_step(model, batch, found, place, 0.1, "mean")
        assert step.after == pytest.approx(step.before - 0.1 * step.gradient)
        edit = weight_editing.WeightEdit(layer, place.to, place.source, step.after)
        alone = model_logits(weight_editing.edited_copy(model, [edit]), batch.images)
        assert step.alone == pytest.approx(float(functional.cross_entropy(alone, batch.labels)), rel=1e-5)
        twin = weight_editing.edited_copy(model, [])
        optimizer = torch.optim.SGD(twin.parameters(), lr=0.1)
        functional.cross_entropy(twin(batch.images), batch.labels).backward()
        optimizer.step()
        together = model_logits(twin, batch.images)
        assert step.together == pytest.approx(float(functional.cross_entropy(together, batch.labels)), rel=1e-4)
        weights, losses = one_gradient_step.curve(model, batch, place, step, "mean")
        assert weights.shape == losses.shape == (61,)
        assert float(losses[30]) == pytest.approx(step.loss, rel=1e-4)


def test_spread_by_its_definition() -> None:
    before = torch.tensor([[5.0, -1.0, 0.0], [-6.0, -2.0, 3.0]])
    found = saturation.spread(before, torch.sigmoid, "sigmoid")
    assert found.std == pytest.approx(float(before.std()))
    assert found.saturated == pytest.approx(2 / 6)
    assert found.dead == pytest.approx(1 / 3)
    sigma = torch.sigmoid(before)
    assert found.derivative == pytest.approx(float((sigma * (1 - sigma)).mean()))
    assert saturation.spread(before, torch.relu, "relu").saturated is None


def test_a_normal_start_saturates_the_sigmoids(batch: Digits) -> None:
    config = MLPConfig(hidden=(100,), family="raw")
    found = {(s.hidden, s.output): s for s in saturation.compare_initializations(config, batch, seed=0)}
    normal, usual = found["normal", "normal"].spread, found["pytorch", "pytorch"].spread
    assert normal.std > 10 * usual.std
    assert normal.derivative < usual.derivative / 2
    assert normal.saturated is not None
    assert normal.saturated > 0.5
    assert usual.saturated == 0
    first = as_module(build(config, Generator().manual_seed(0)))
    step = gradients(first, batch.images, batch.labels)
    relative_gradient = step.weights[0].norm() / linear_layers(first)[0][1].norm()
    assert found["pytorch", "pytorch"].relative_gradient == pytest.approx(float(relative_gradient), rel=1e-4)
    assert {start.hidden for start in found.values()} == set(INITIALIZATIONS)
    assert saturation.compare_initializations(MLPConfig(hidden=()), batch, seed=0) == []


def test_histograms_share_their_bins_and_hide_no_tail() -> None:
    start, now = torch.randn(5000, generator=Generator().manual_seed(0)), torch.zeros(40)
    now[0] = 1000.0
    found = saturation.histograms(now, start, bins=30)
    assert found.edges.shape == (31,)
    assert float(found.initial.sum()) == pytest.approx(1, abs=0.01)
    assert float(found.trained.sum()) <= 1 + 1e-6
    same: Tensor = torch.ones(10)
    assert float(saturation.histograms(same, same).trained.sum()) == pytest.approx(1)
    wild = torch.tensor([1.0, 2.0, torch.inf, torch.nan])
    assert float(saturation.histograms(wild, same).trained.sum()) == pytest.approx(0.5)
    assert float(saturation.histograms(wild[2:], wild[3:]).trained.sum()) == 0


def test_pushes_add_up_to_the_logit(batch: Digits) -> None:
    model = as_module(build(NETWORKS["raw"], Generator().manual_seed(1)))
    flow = signals(model, batch.images)
    bias = linear_layers(model)[-1][2]
    torch.testing.assert_close(unit_contributions(model, flow, 3).sum(1) + bias[3], flow.logits[:, 3])


def test_pushes_go_through_every_layer(model: nn.Module, batch: Digits) -> None:
    flow = signals(model, batch.images)
    if not flow.after:
        with pytest.raises(ValueError, match="hidden"):
            unit_contributions(model, flow, 0)
        return
    assert unit_contributions(model, flow, 7).shape == flow.after[0].shape
