"""FGSM step by step, the rise of the loss and eval mode, against autograd in double precision."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.config import AttackConfig
from core.attacks.run import attack
from core.config.errors import ConfigError
from core.data import Mnist, load
from core.lessons.adversarial.fgsm_walk import eval_mode, walk_fgsm
from core.lessons.adversarial.loss_rise import loss_rise, shares_of_rise
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.trained_network import load_shipped

EPSILONS = (0.0, 0.001, 0.05, 0.2)


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load("small")


@pytest.fixture(scope="module")
def model() -> nn.Module:
    return load_shipped("cnn-lab").model.eval()


@pytest.fixture
def image(mnist: Mnist) -> Tensor:
    return mnist.test.images[18]


@pytest.fixture
def label(mnist: Mnist) -> int:
    return int(mnist.test.labels[18])


def in_double(model: nn.Module, image: Tensor, label: int) -> tuple[float, Tensor]:
    """Loss and gradient, everything in double precision."""
    x = image[None].double().requires_grad_()
    loss = functional.cross_entropy(deepcopy(model).double()(x), torch.tensor([label]))
    (gradient,) = torch.autograd.grad(loss, x)
    return loss.item(), gradient[0]


def test_every_step_is_what_it_says(model: nn.Module, image: Tensor, label: int) -> None:
    walk = walk_fgsm(model, image, label, 0.2)
    loss, gradient = in_double(model, image, label)
    assert walk.loss == pytest.approx(loss, rel=1e-4)
    torch.testing.assert_close(walk.gradient.double(), gradient[0], rtol=1e-3, atol=1e-6)
    assert torch.equal(walk.sign, walk.gradient.sign())
    assert torch.equal(walk.attacked, (image[0] + 0.2 * walk.sign).clamp(0, 1))
    assert walk.cut == int(((walk.stepped < 0) | (walk.stepped > 1)).sum()) > 0
    assert float(walk.change.abs().max()) == pytest.approx(0.2)
    assert walk.twice == pytest.approx(2 * float(walk.gradient.abs().sum()), rel=1e-4)
    assert float(walk.probabilities.sum()) == pytest.approx(1)
    assert walk.loss == pytest.approx(-float(walk.probabilities[label].log()), rel=1e-5)
    assert walk.loss_after == pytest.approx(-float(walk.probabilities_after[label].log()), rel=1e-5)
    assert walk.loss_after > walk.loss
    assert walk.read == label != walk.read_after


def test_it_is_the_attack_of_that_name(model: nn.Module, image: Tensor, label: int) -> None:
    ours = walk_fgsm(model, image, label, 0.1).attacked
    theirs = attack(model, image[None], torch.tensor([label]), AttackConfig("fgsm", 0.1))[0, 0]
    assert float((ours != theirs).float().mean()) < 0.01  # signs of gradients that are nearly zero


def test_nothing_is_touched_and_nonsense_is_refused(image: Tensor, label: int) -> None:
    net = load_shipped("cnn-bn").model.train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    picture = image.clone()
    with torch.no_grad():  # gradients are found all the same
        walk_fgsm(net, image, label, 0.1)
        loss_rise(net, image, label, [0.1], draws=3)
        mode = eval_mode(net, image, label)
    assert net.training
    assert all(parameter.grad is None for parameter in net.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())
    assert torch.equal(image, picture)
    assert mode.norms
    with pytest.raises(ConfigError, match="between 0 and 1"):
        walk_fgsm(net, image, label, 1.5)


def test_no_step_leaves_the_picture(model: nn.Module, image: Tensor, label: int) -> None:
    walk = walk_fgsm(model, image, label, 0.0)
    assert torch.equal(walk.attacked, image[0])
    assert walk.cut == 0
    assert walk.loss_after == walk.loss


def test_a_very_sure_network_keeps_its_gradient() -> None:
    """In single precision the loss is exactly 0 here, and its gradient has lost the label's share."""
    images, labels = torch.full((1, 1, 28, 28), 0.5), torch.tensor([0])
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    with torch.no_grad():
        net[1].weight.zero_()
        net[1].bias.zero_()
        net[1].bias[0] = 30.0
        net[1].weight[0, :392] = 1.0
        net[1].weight[1, 392:] = 1.0
    found = pixel_gradient(net, images, labels)
    loss, exact = in_double(net, images[0], 0)
    assert loss > 0
    torch.testing.assert_close(found[0].double(), exact, rtol=1e-4, atol=0)
    assert (found[0, 0, :14] < 0).all()
    assert (found[0, 0, 14:] > 0).all()


def test_gradients_do_not_depend_on_chunks(model: nn.Module, mnist: Mnist) -> None:
    some = mnist.test.take(slice(0, 7))
    whole = pixel_gradient(model, some.images, some.labels)
    torch.testing.assert_close(pixel_gradient(model, some.images, some.labels, chunk=3), whole)
    assert pixel_gradient(model, some.images[:0], some.labels[:0]).shape == (0, 1, 28, 28)


def test_promised_and_actual_rises(model: nn.Module, image: Tensor, label: int) -> None:
    rise = loss_rise(model, image, label, EPSILONS, draws=40)
    loss, gradient = in_double(model, image, label)
    l1 = float(gradient.abs().sum())
    assert rise.predicted == pytest.approx([epsilon * l1 for epsilon in EPSILONS], rel=1e-3)
    assert (rise.l1, rise.l2) == pytest.approx((l1, float(gradient.norm())), rel=1e-3)
    assert rise.largest == pytest.approx(float(gradient.abs().max()), rel=1e-3)
    for k, epsilon in enumerate(EPSILONS):
        walk = walk_fgsm(model, image, label, epsilon)
        assert rise.actual[k] == pytest.approx(walk.loss_after - walk.loss, abs=1e-5)
        estimate = float((walk.gradient.double() * walk.change.double()).sum())
        assert rise.clipped[k] == pytest.approx(estimate, rel=1e-4, abs=1e-9)
        assert rise.clipped[k] <= rise.predicted[k] + 1e-9
    assert (rise.actual[0], rise.mean[0]) == pytest.approx((0, 0), abs=1e-6)
    assert rise.actual[1] == pytest.approx(rise.clipped[1], rel=0.15)  # a tiny step is as promised
    assert rise.loss == pytest.approx(loss, rel=1e-4)


def test_random_signs_by_hand(model: nn.Module, image: Tensor, label: int) -> None:
    rise = loss_rise(model, image, label, [0.2], draws=25, seed=7)
    coins = torch.rand((25, 1, 28, 28), generator=torch.Generator().manual_seed(7)) < 0.5
    found = []
    for coin in coins:
        changed = (image + 0.2 * torch.where(coin, -1.0, 1.0)).clamp(0, 1)
        with torch.no_grad():
            logits = model(changed[None]).double()
        found.append(float(functional.cross_entropy(logits, torch.tensor([label]))) - rise.loss)
    assert rise.mean[0] == pytest.approx(np.mean(found), abs=1e-5)
    assert [rise.low[0], rise.high[0]] == pytest.approx(np.quantile(found, [0.025, 0.975]), abs=1e-5)
    half = 1.96 * np.std(found, ddof=1) / 5
    assert (rise.mean_high[0] - rise.mean_low[0]) / 2 == pytest.approx(half, rel=1e-3)
    assert rise.wins[0] == np.mean([one >= rise.actual[0] for one in found]) == 0
    assert loss_rise(model, image, label, [], draws=2).actual == ()
    with pytest.raises(ConfigError, match="whole number"):
        loss_rise(model, image, label, [0.1], draws=1)


def test_shares_of_the_promised_rise() -> None:
    gradient = torch.tensor([[-3.0, 1.0], [0.0, 4.0]])
    assert shares_of_rise(gradient).tolist() == pytest.approx([0.5, 0.875, 1.0, 1.0])
    assert shares_of_rise(torch.zeros(2, 2)).tolist() == [0, 0, 0, 0]


def test_eval_mode_leaves_gradients_on(image: Tensor, label: int) -> None:
    for name, norms, dropouts in (("cnn-bn", True, False), ("cnn-lab", False, True), ("mlp-deep", False, False)):
        net = load_shipped(name).model.eval()
        state = torch.random.get_rng_state()
        mode = eval_mode(net, image, label)
        assert torch.equal(torch.random.get_rng_state(), state)
        assert not net.training
        assert (bool(mode.norms), bool(mode.dropouts)) == (norms, dropouts)
        assert (mode.moved > 1e-3) == (norms or dropouts)
        gradient = pixel_gradient(net, image[None], torch.tensor([label]))
        assert mode.l1 == pytest.approx(float(gradient.abs().sum()), rel=1e-4) != 0
        assert not mode.under_no_grad
