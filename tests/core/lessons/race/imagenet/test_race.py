"""The race: its steps against torch's own, its lanes alone and together, and what it leaves untouched."""

import math

import pytest
import torch
from torch.nn import functional

from core.config.errors import ConfigError
from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig
from core.data import load
from core.lessons.race.imagenet.best_rate import RateSweep
from core.lessons.race.imagenet.classifiers import Classifier, digit_classifier, load_classifier
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.imagenet.photos import sample
from core.lessons.race.imagenet.race import Lane, Race, at_rates, claim_holds, mean_losses
from core.models.trained_network import load_shipped
from core.recipes.texts import recipe

THREE = ("sgd", "rmsprop", "adam")
TARGET = 3


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return digit_classifier("cnn-lab", load_shipped("cnn-lab").model)


@pytest.fixture(scope="module")
def picture() -> torch.Tensor:
    return load("small").test.images[4]


def race(digits: Classifier, picture: torch.Tensor, lr: float = 0.01, steps: int = 10, **more: bool) -> Race:
    ours = Race(digits, picture, TARGET, at_rates(dict.fromkeys(THREE, lr)), steps, **more)
    for _ in ours.turns():
        pass
    return ours


def test_sgd_is_the_formula(digits: Classifier, picture: torch.Tensor) -> None:
    ours = race(digits, picture, lr=0.5, steps=4).lanes["sgd"]
    x = picture.unsqueeze(0).clone()
    for moment in ours.moments:
        x.requires_grad_()
        loss = functional.cross_entropy(digits.model(x), torch.tensor([TARGET]))
        assert moment.loss == pytest.approx(loss.item(), rel=1e-4)
        (gradient,) = torch.autograd.grad(loss, x)
        assert moment.l2 == pytest.approx(float((x.detach()[0] - picture).norm()), rel=1e-4, abs=1e-7)
        last, x = x.detach(), (x - 0.5 * gradient).detach()
    torch.testing.assert_close(ours.pixels(), last[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_runs_and_counts(name: str, digits: Classifier, picture: torch.Tensor) -> None:
    ours = Race(digits, picture, TARGET, at_rates({name: 0.01}), 3)
    assert [lane.last.iteration for lane in ours.turns()] == [0, 1, 2, 3]
    lane = ours.lanes[name]
    assert (ours.done, ours.total, ours.finished) == (4, 4, True)
    assert lane.moments[0].l2 == lane.moments[0].linf == 0
    assert lane.last.l2 > 0
    assert lane.last.l2 == pytest.approx(float(lane.perturbation().norm()))
    assert lane.last.linf == pytest.approx(float(lane.perturbation().abs().max()))
    torch.testing.assert_close(lane.pixels(), picture + lane.perturbation())


def test_a_lane_is_the_same_whoever_runs_beside_it(digits: Classifier, picture: torch.Tensor) -> None:
    together = race(digits, picture)
    for name in THREE:
        alone = Lane(digits, picture, TARGET, OptimizerConfig(name, {"lr": 0.01}))
        for step in range(11):
            alone.advance(step=step < 10)
        assert alone.moments == together.lanes[name].moments
        assert torch.equal(alone.seen, together.lanes[name].seen)


def test_left_and_gone_on_it_ends_the_same(digits: Classifier, picture: torch.Tensor) -> None:
    whole = race(digits, picture)
    broken = Race(digits, picture, TARGET, at_rates(dict.fromkeys(THREE, 0.01)), 10)
    while not broken.finished:
        next(broken.turns())  # a new walk each time, as the page does it
    assert all(broken.lanes[name].moments == whole.lanes[name].moments for name in THREE)


def test_weights_stay_and_take_no_gradients(picture: torch.Tensor) -> None:
    classifier = load_classifier("efficientnet-lite0")
    before = {name: tensor.clone() for name, tensor in classifier.model.state_dict().items()}
    photo = sample("chelsea")
    kept = photo.clone()
    ours = Race(classifier, photo, 288, at_rates({"sgd": 0.01, "adam": 0.01}), 4)
    for _ in ours.turns():
        pass
    after = classifier.model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    assert all(weight.grad is None for weight in classifier.model.parameters())
    assert torch.equal(photo, kept)
    assert not classifier.model.training
    adam = ours.lanes["adam"]
    assert adam.last.loss < ours.lanes["sgd"].last.loss < adam.moments[0].loss
    assert adam.reached.top[0][0] == "leopard"
    seen = adam.seen.detach()[0] - classifier.normalize(photo)
    assert adam.last.l2 == pytest.approx(float(seen.norm()) * 128 / 255, rel=1e-4), "in pixels, not as seen"


def test_unclipped_leaves_the_valid_pixels_and_clipped_does_not(digits: Classifier, picture: torch.Tensor) -> None:
    free, kept = race(digits, picture, lr=0.1), race(digits, picture, lr=0.1, clip=True)
    for name in ("rmsprop", "adam"):
        assert free.lanes[name].last.outside > 0.1
        assert float(free.lanes[name].pixels().min()) < -0.05
    for lane in kept.lanes.values():
        assert lane.last.outside == 0
        assert 0 <= float(lane.pixels().min()) <= float(lane.pixels().max()) <= 1


def test_reached_is_the_first_time_it_wins(digits: Classifier, picture: torch.Tensor) -> None:
    adam = race(digits, picture, lr=0.1, steps=15).lanes["adam"]
    first = adam.reached
    assert first.iteration > 0
    assert first.top[0][0] == "3"
    assert all(moment.top[0][0] != "3" for moment in adam.moments[: first.iteration])


def test_a_lane_that_diverges_stops_alone(digits: Classifier, picture: torch.Tensor) -> None:
    ours = Race(digits, picture, TARGET, at_rates({"sgd": 0.01, "adam": 0.01}), 5)
    with torch.no_grad():
        ours.lanes["sgd"].seen.fill_(float("nan"))
    for _ in ours.turns():
        pass
    assert ours.lanes["sgd"].diverged
    assert len(ours.lanes["sgd"].moments) == 1
    assert len(ours.lanes["adam"].moments) == 6
    assert ours.finished
    assert ours.done == ours.total


def test_the_sweep_tries_all_and_takes_the_lowest(digits: Classifier, picture: torch.Tensor) -> None:
    rates = (0.001, 0.1, 10.0)
    sweep = RateSweep(digits, picture, TARGET, ["sgd", "adam"], rates=rates, iterations=4)
    while not sweep.finished:
        next(sweep.turns())
    assert sweep.done == sweep.total == 2 * 3 * 5
    assert [(t.optimizer, t.rate) for t in sweep.tried] == [(n, r) for n in ("sgd", "adam") for r in rates]
    for name, best in sweep.best().items():
        own = [tried.loss for tried in sweep.tried if tried.optimizer == name]
        assert best.loss == min(own)
        alone = Lane(digits, picture, TARGET, OptimizerConfig(name, {"lr": best.rate}))
        for step in range(5):
            alone.advance(step=step < 4)
        assert (alone.last.loss, alone.last.l2) == (best.loss, best.l2)


def test_the_claim_is_decided_by_its_rule() -> None:
    assert claim_holds({"sgd": 1.0, "rmsprop": 0.5, "adam": 0.1}) is True
    assert claim_holds({"sgd": 1.0, "rmsprop": 0.51, "adam": 0.1}) is False
    assert claim_holds({"sgd": 1.0, "rmsprop": math.nan, "adam": 0.1}) is False
    assert claim_holds({"sgd": math.nan, "rmsprop": 1.0, "adam": 0.1}) is True
    assert claim_holds({"sgd": 1.0, "adam": 0.1}) is None


def test_losses_are_averaged(digits: Classifier, picture: torch.Tensor) -> None:
    races = [race(digits, picture, steps=2), race(digits, picture.flip(1), steps=2)]
    mean = mean_losses(races)
    assert mean["adam"] == pytest.approx(sum(r.lanes["adam"].last.loss for r in races) / 2)


def test_bad_races_get_a_sentence(digits: Classifier, picture: torch.Tensor) -> None:
    with pytest.raises(ConfigError, match="classes 0 to 9"):
        Lane(digits, picture, 10, OptimizerConfig("sgd"))
    with pytest.raises(ConfigError, match="at least one optimizer"):
        Race(digits, picture, 3, {}, 10)


def test_the_config_is_the_chapters_and_survives_json() -> None:
    config = recipe("optimizer-race-image").setup
    assert (config.target, config.iterations, config.lr, config.clip) == (288, 100, 0.01, False)
    assert config.optimizers == THREE
    assert ImageRaceConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    "changes",
    [
        {"lr": 0},
        {"lr": math.inf},
        {"target": 1000},
        {"iterations": 0},
        {"optimizers": []},
        {"photos": []},
        {"optimizers": ["sgd", "sgd"]},
        {"optimizers": ["none"]},
        {"photos": ["panda"]},
        {"classifier": "x"},
        {"unknown": 1},
    ],
)
def test_bad_settings_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        ImageRaceConfig.from_json({**ImageRaceConfig().to_json(), **changes})
