"""Two formulas of momentum: each is its own, and they part where the rate changes."""

import pytest
import torch

from core.config.errors import ConfigError
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data.digits import Mnist
from core.data.examples import RunData
from core.lessons.backprop import two_momenta
from core.training.sgd_by_hand import HandSGD
from core.training.trainer import Trainer


@pytest.mark.parametrize("change", [None, 5])
def test_each_momentum_is_its_own_formula(change: int | None) -> None:
    """Ten steps with given gradients against two plain loops; they agree while η stands still."""
    gradients = torch.randn(10, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rates = [0.1 if change is None or step < change else 0.02 for step in range(10)]
    by_hand, by_torch = (torch.ones(4, dtype=torch.float64) for _ in range(2))
    hand, other = HandSGD([by_hand], lr=0.1, momentum=0.9), torch.optim.SGD([by_torch], lr=0.1, momentum=0.9)
    blog, textbook = (torch.ones(4, dtype=torch.float64) for _ in range(2))
    v, u = (torch.zeros(4, dtype=torch.float64) for _ in range(2))
    for gradient, rate in zip(gradients, rates, strict=True):
        for tensor, optimizer in ((by_hand, hand), (by_torch, other)):
            optimizer.param_groups[0]["lr"] = rate
            tensor.grad = gradient.clone()
            optimizer.step()
        v = 0.9 * v + rate * gradient
        blog = blog - v
        u = 0.9 * u + gradient
        textbook = textbook - rate * u
        torch.testing.assert_close(by_hand, blog)
        torch.testing.assert_close(by_torch, textbook)
    same = torch.allclose(by_hand, by_torch, rtol=0, atol=1e-12)
    assert same is (change is None)


def test_two_momenta_part_when_the_rate_changes(mnist: Mnist) -> None:
    found = two_momenta.compare(mnist.train, change_at=10, steps=20)
    assert max(found.difference[:10]) < 1e-13
    assert min(found.difference[10:]) > 1e-6
    assert found.difference[-1] < found.moved
    assert found.blog[:10] == pytest.approx(found.torch[:10], abs=1e-12)
    assert found == two_momenta.compare(mnist.train, change_at=10, steps=20)
    for never in ({"change_at": 20}, {"momentum": 0.0}, {"new_lr": 0.1}):
        still = two_momenta.compare(mnist.train, **{"change_at": 10, "steps": 20, **never})  # type: ignore[arg-type]
        assert max(still.difference) < 1e-13
    with pytest.raises(ConfigError, match="Momentum"):
        two_momenta.compare(mnist.train, momentum=1.0)
    with pytest.raises(ConfigError, match="step of the change"):
        two_momenta.compare(mnist.train, change_at=61)


def test_two_momenta_are_the_trainers_own_steps(mnist: Mnist) -> None:
    """The first losses are those of the shared trainer with torch's SGD, up to float32."""
    found = two_momenta.compare(mnist.train, steps=5, change_at=5)
    train = TrainConfig(batch_size=64, optimizer=OptimizerConfig("sgd", {"lr": 0.1, "momentum": 0.9}))
    trainer = Trainer(
        RunConfig("mlp-manual", MLPConfig((30,), family="manual"), train), RunData(mnist.train, mnist.test)
    )
    order = torch.randperm(len(mnist.train), generator=trainer.order_stream)
    for batch in order.split(64)[:5]:
        trainer.step(batch)
    trainer.flush()
    assert found.torch == pytest.approx(trainer.history.loss, abs=1e-5)
