"""Training by hand is training: the same losses as autograd's, through the same loop, jobs and records."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.checkpoints import load_checkpoint, run_checkpoint
from core.config import Activation, MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.data import bundled
from core.data.digits import Digits, Mnist
from core.errors import ConfigError
from core.models.raw_mlp import RawMLP
from core.probes.agreement import agreement
from core.recipes import RECIPES
from core.runs import RunStore
from core.training import two_momenta
from core.training.callbacks import Callback, Replay
from core.training.does_it_learn import compare as learn
from core.training.gradient import loss_and_gradients
from core.training.hand_sgd import HandSGD
from core.training.history import History
from core.training.pair import Pair, gap, twins, weights_apart
from core.training.registry import JobRegistry
from core.training.snapshot import Snapshot
from core.training.trainer import RunData, Trainer


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    train, test = bundled.train_and_test()
    return Mnist("bundled", "small", train, test)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRegistry]:
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    registry = JobRegistry(RunStore(), at_once=2)
    yield registry
    registry.close()


def until(pair: Pair, holds: Callable[[Snapshot, Snapshot], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds(pair.by_hand.snapshot, pair.by_autograd.snapshot):
            return
        time.sleep(0.01)
    raise AssertionError("never came true")


def start(registry: JobRegistry, mnist: Mnist, **changes: object) -> Pair:
    config = RECIPES["mlp-manual"].config.with_settings({"epochs": 200, "hidden": (20,), **changes})
    by_hand, by_autograd = twins(config)
    return Pair(registry.submit(by_hand, mnist), registry.submit(by_autograd, mnist))


def deep(hidden: tuple[int, ...], activation: Activation, *, lr: float, momentum: float) -> RunConfig:
    optimizer = OptimizerConfig("sgd-by-hand", {"lr": lr, "momentum": momentum})
    model = MLPConfig(hidden, activation, normalize=True, family="manual")
    return RunConfig("mlp-manual", model, TrainConfig(batch_size=32, optimizer=optimizer))


def double(config: RunConfig, data: Digits, dtype: torch.dtype = torch.float64) -> Trainer:
    """A trainer whose weights and images are of that floating type."""
    trainer = Trainer(config, RunData(data, data))
    assert isinstance(trainer.network, RawMLP)
    for tensor in trainer.network.parameters():
        tensor.data = tensor.data.to(dtype)
    trainer.inputs = trainer.inputs.to(dtype)
    return trainer


def losses(config: RunConfig, data: Digits, steps: int, dtype: torch.dtype) -> list[float | None]:
    """The losses of the first steps, in that floating type, through the trainer's own `step`."""
    trainer = double(config, data, dtype)
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(1))
    for batch in order.split(config.train.batch_size)[:steps]:
        trainer.step(batch)
    trainer.flush()
    return trainer.history.loss


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(
    ("hidden", "activation"), [((100,), "sigmoid"), ((30, 20, 10), "tanh"), ((30, 20, 10), "relu")]
)
def test_in_float64_a_hundred_losses_are_autograds(
    hidden: tuple[int, ...], activation: Activation, momentum: float, mnist: Mnist
) -> None:
    """At a rate where training is calm: where it is not, any two runs part (see the control below)."""
    config = deep(hidden, activation, lr=0.03, momentum=momentum)
    ours, theirs = (losses(twin, mnist.train, 100, torch.float64) for twin in twins(config))
    assert len(ours) == 100
    assert ours[-1] != ours[0]
    assert ours == pytest.approx(theirs, rel=0, abs=1e-12)  # the claim is 1e-9; measured 1e-15


def test_where_training_is_unruly_autograd_parts_from_itself_as_far(mnist: Mnist) -> None:
    """Tanh at rate 0.1 with momentum 0.9 makes small differences grow a hundred-million-fold in 100 steps.

    So by hand and by autograd part there. That this is the training and not the formulas shows in two ways:
    at the very same weights both gradients agree at every step, and autograd started one rounding away parts
    from itself as well.
    """
    by_hand, by_autograd = twins(deep((30, 20, 10), "tanh", lr=0.1, momentum=0.9))
    runs = {
        "autograd": double(by_autograd, mnist.train),
        "by hand": double(by_hand, mnist.train),
        "nudged": double(by_autograd, mnist.train),
    }
    runs["nudged"].network.parameters()[0].data[300, 0] *= 1 + 2**-52  # type: ignore[index]
    right, probe = runs["autograd"], double(by_hand, mnist.train)
    seen: dict[str, list[Tensor]] = {}

    def remember(trainer: Trainer) -> None:
        seen["autograd"] = [p.grad.clone() for p in trainer.network.parameters() if p.grad is not None]

    watch = Callback()
    watch.after_backward = remember  # type: ignore[method-assign]
    right.callbacks.append(watch)
    order = torch.randperm(len(mnist.train), generator=torch.Generator().manual_seed(1))
    for batch in order.split(32)[:100]:
        for ours, theirs in zip(probe.network.parameters(), right.network.parameters(), strict=True):
            ours.data.copy_(theirs.detach())
            ours.grad = None
        loss_and_gradients(probe.network, probe.inputs[batch], probe.labels[batch])
        for trainer in runs.values():
            trainer.step(batch)
        for ours, gradient in zip(probe.network.parameters(), seen["autograd"], strict=True):
            assert ours.grad is not None
            assert agreement(ours.grad, gradient).within(1e-13)
    apart = {
        name: two_momenta.largest_difference(
            list(trainer.network.parameters()), list(right.network.parameters())
        )
        for name, trainer in runs.items()
    }
    assert apart["nudged"] > 1e-12  # from 1e-17
    assert apart["by hand"] < 1000 * apart["nudged"]


def test_in_float32_the_slides_network_stays_within_rounding(mnist: Mnist) -> None:
    ours, theirs = (
        losses(twin, mnist.train, 30, torch.float32) for twin in twins(RECIPES["mlp-manual"].config)
    )
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_a_run_by_hand_never_asks_autograd(mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("somebody called backward()")

    monkeypatch.setattr(torch.Tensor, "backward", forbidden)
    monkeypatch.setattr(torch.autograd, "backward", forbidden)
    monkeypatch.setattr(torch.autograd, "grad", forbidden)
    by_hand, by_autograd = twins(RECIPES["mlp-manual"].config.with_settings({"epochs": 1}))
    trainer = Trainer(by_hand, RunData(mnist.train, mnist.test))
    history = trainer.run()
    assert len(history.loss) == 32
    assert isinstance(trainer.network, RawMLP)
    assert not any(tensor.requires_grad for tensor in trainer.network.tensors.values())
    with pytest.raises(AssertionError, match="somebody called"):
        Trainer(by_autograd, RunData(mnist.train, mnist.test)).run()


def test_twins_differ_in_the_way_to_the_gradient_alone() -> None:
    config = RECIPES["mlp-manual"].config.with_settings(
        {"family": "module", "dropout": 0.5, "precision": "auto", "lr": 0.3}
    )
    ours, theirs = twins(config)
    assert (ours.mlp.family, theirs.mlp.family) == ("manual", "raw")
    assert replace(ours.mlp, family="raw") == theirs.mlp
    assert ours.train == theirs.train
    assert (ours.train.precision, ours.train.threads, ours.train.optimizer["lr"]) == ("fp32", 1, 0.3)
    assert (ours.recipe, theirs.recipe) == ("mlp-manual", "mlp-autograd")


def test_a_pair_runs_ends_and_is_recorded(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist, epochs=2, momentum=0.5)
    ends = [job.wait(60) for job in pair.jobs]
    assert [end.status for end in ends] == ["finished", "finished"]
    found = gap(ends[0].history.loss, ends[1].history.loss)
    assert len(found.size) == 64
    assert found.largest is not None
    assert found.largest[0] < 1e-5
    apart = weights_apart(ends[0].weights, ends[1].weights)
    assert apart is not None
    assert apart[0] < 1e-5
    record = registry.store.get(pair.by_hand.job_id)
    assert (record.recipe, record.epochs) == ("mlp-manual", 2)
    assert record.config.mlp.family == "manual"
    saved = load_checkpoint(run_checkpoint(pair.by_hand.job_id))
    weights = ends[0].weights
    assert weights is not None
    for name, tensor in saved.model.state_dict().items():
        torch.testing.assert_close(tensor, weights[name])
    pair.add_epoch()
    assert [job.wait(60).epoch for job in pair.jobs] == [3, 3]


def test_a_paused_pair_meets_at_one_step_and_goes_on(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist)
    until(pair, lambda a, b: a.steps > 10 and b.steps > 10)
    pair.by_autograd.pause()  # one falls behind
    until(pair, lambda a, b: b.status == "paused" and a.steps > b.steps + 5)
    assert pair.snapshot.active
    pair.meet()  # the other still runs: nothing to do
    pair.pause()
    until(pair, lambda a, b: a.status == b.status == "paused")
    ahead = pair.by_hand.snapshot.steps
    for _ in range(3):  # asking often asks for no more than once
        pair.meet()
    until(pair, lambda a, b: a.steps == b.steps)
    time.sleep(0.2)
    assert pair.level
    assert pair.by_hand.snapshot.steps == ahead
    until(pair, lambda a, b: a.weights_step == b.weights_step == ahead)
    pair.step()
    until(pair, lambda a, b: a.steps == b.steps == ahead + 1)
    pair.resume()
    until(pair, lambda a, b: a.steps > ahead + 3 and b.steps > ahead + 3)
    pair.stop()
    assert [job.wait(20).status for job in pair.jobs] == ["stopped", "stopped"]
    assert pair.snapshot.status == "stopped"


def test_a_pair_is_active_until_both_have_ended(registry: JobRegistry, mnist: Mnist) -> None:
    pair = start(registry, mnist)
    until(pair, lambda a, b: a.steps > 0 and b.steps > 0)
    pair.by_hand.stop()
    assert pair.by_hand.wait(20).status == "stopped"
    assert pair.snapshot.status == "running"
    pair.pause()
    until(pair, lambda a, b: b.status == "paused")
    assert pair.snapshot.status == "paused"
    pair.stop()
    pair.by_autograd.wait(20)
    assert not pair.snapshot.active


def test_what_was_changed_on_the_way_is_replayed(registry: JobRegistry, mnist: Mnist) -> None:
    config = twins(RECIPES["mlp-manual"].config.with_settings({"epochs": 200, "hidden": (20,)}))[0]
    job = registry.submit(config, mnist)
    while job.snapshot.steps < 20:
        time.sleep(0.01)
    job.pause()
    while job.snapshot.status != "paused":
        time.sleep(0.01)
    job.change("lr", 0.3)
    job.change("momentum", 0.8)
    job.change("batch_size", 64)
    job.resume()
    then = job.snapshot.steps
    while job.snapshot.steps < then + 30:
        time.sleep(0.01)
    job.stop()
    end = job.wait(20)
    assert [change["name"] for change in end.history.changes] == ["lr", "momentum", "batch_size", "stop"]
    torch.set_num_threads(1)
    again = Trainer(config, RunData(mnist.train, mnist.test), [Replay(end.history.changes)])
    assert again.run().loss == end.history.loss


def test_the_gap_counts_what_is_equal_and_finds_the_largest() -> None:
    found = gap([1.0, 2.0, None, 0.5, 7.0], [1.0, 2.25, 1.0, 0.4])
    assert found.equal == 1
    assert found.largest == (0.25, 2)
    assert found.spacing[0] == pytest.approx(2**-23)
    recorded = gap([0.61234, 2.3001], [0.61235, 2.3001], digits=5)
    assert recorded.spacing == pytest.approx([1e-5, 1e-4])
    assert gap([], [1.0]).largest is None
    assert gap([None], [1.0]).largest is None


def test_the_largest_difference_of_weights_has_a_name() -> None:
    a = {"W": torch.zeros(2, 2), "b": torch.zeros(2)}
    b = {"W": torch.zeros(2, 2), "b": torch.tensor([0.0, 0.5])}
    assert weights_apart(a, b) == (0.5, "b")
    assert weights_apart(a, None) is None


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


def test_a_shallow_network_learns_and_a_deep_sigmoid_does_not(mnist: Mnist) -> None:
    told: list[float] = []
    shallow = learn(
        mnist.train, mnist.test, [("relu", "he")], depth=1, width=32, images=3000, progress=told.append
    )
    deep = learn(mnist.train, mnist.test, [("sigmoid", "xavier")], depth=8, width=32, images=3000)
    assert shallow[0].accuracy is not None
    assert deep[0].accuracy is not None
    assert shallow[0].accuracy > 0.6 > 0.2 > deep[0].accuracy
    low, high = shallow[0].ci95
    assert low < shallow[0].accuracy < high
    assert told == sorted(told)
    (burst,) = learn(mnist.train, mnist.test, [("relu", "normal")], depth=8, width=128, images=500, lr=100.0)
    assert burst.diverged
    assert burst.accuracy is None
    assert burst.ci95 == (0.0, 1.0)


def test_shipped_histories_tell_the_same_story() -> None:
    from core.checkpoints import load_shipped

    ours, theirs = (
        History.from_json(load_shipped(name).provenance["history"]) for name in ("mlp-manual", "mlp-autograd")
    )
    found = gap(ours.loss, theirs.loss, digits=5)
    assert len(found.size) == len(ours.loss) == len(theirs.loss)
    assert found.largest is not None
    assert found.largest[0] < 1e-3
