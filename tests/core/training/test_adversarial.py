"""Training on attacked images: what the attack makes, and that nothing else changes."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from core.config.errors import ConfigError
from core.config.run import RunConfig, TrainConfig
from core.config.seeds import stream
from core.data import load
from core.export.training import training_code
from core.models import build_module
from core.recipes.texts import RECIPES
from core.training.adversarial import attacked
from core.training.run_data import run_data
from core.training.trainer import Trainer, new_trainer

SMALL = load("small")


def batch(n: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    return SMALL.train.images[:n].flatten(1), SMALL.train.labels[:n]


def made(train: TrainConfig, done: float = 1.0, seed: int = 0) -> tuple[torch.Tensor, ...]:
    module = build_module(RECIPES["cnn-robust"].config.model)
    x, y = batch()
    z = attacked(module, x, y, train, done, stream(seed, "attack"))
    return module, x, y, z


@pytest.mark.parametrize("kind", ["fgsm", "pgd"])
def test_images_stay_within_epsilon_and_the_loss_rises(kind: str) -> None:
    module, x, y, z = made(TrainConfig(adversarial=kind, attack_epsilon=0.2))
    assert z.min() >= 0
    assert z.max() <= 1
    assert (z - x).abs().max() <= 0.2 + 1e-6
    assert functional.cross_entropy(module(z), y) > functional.cross_entropy(module(x), y)
    assert all(parameter.grad is None for parameter in module.parameters())
    assert not z.requires_grad


def test_one_step_is_the_papers_formula() -> None:
    train = TrainConfig(adversarial="fgsm", attack_epsilon=0.3, attack_step_size=0.375, attack_warmup=0.0)
    module, x, y, z = made(train, done=0.0)
    module.eval()
    noise = torch.rand(x.shape, generator=stream(0, "attack"))
    start = (x + 0.3 * (2 * noise - 1)).clamp(0, 1).requires_grad_()
    (slope,) = torch.autograd.grad(functional.cross_entropy(module(start), y, reduction="sum"), start)
    expected = (x + (start.detach() + 0.375 * slope.sign() - x).clamp(-0.3, 0.3)).clamp(0, 1)
    assert torch.allclose(z, expected, atol=1e-6)


def test_epsilon_grows_in_the_warm_up() -> None:
    train = TrainConfig(adversarial="pgd", attack_epsilon=0.4, attack_warmup=0.5)
    sizes = [(z - x).abs().max().item() for _, x, _, z in (made(train, done) for done in (0, 0.25, 0.5, 1))]
    assert sizes == pytest.approx([0, 0.2, 0.4, 0.4], abs=1e-4)


def test_a_run_without_attacks_is_what_it_was() -> None:
    """The stream of random starts is its own: it changes nothing for those who do not use it."""
    config = RECIPES["cnn-robust"].config.with_settings({"epochs": 1, "adversarial": "none", "precision": "fp32"})
    plain, epsilon = config, config.with_settings({"attack_epsilon": 0.1})
    losses = [trained(c).history.loss for c in (plain, epsilon)]
    assert losses[0] == losses[1]


def trained(config: RunConfig) -> Trainer:
    mnist = replace(SMALL, train=SMALL.train.take(slice(0, 256)), test=SMALL.test.take(slice(0, 50)))
    trainer = new_trainer(config, mnist, torch.device("cpu"))
    trainer.run()
    return trainer


def test_an_attacked_run_repeats_and_reports_its_accuracy_under_attack() -> None:
    config = RECIPES["cnn-robust"].config.with_settings({"epochs": 2, "attack_warmup": 0.0})
    first, second = trained(config), trained(config)
    other = trained(config.with_settings({"attack_epsilon": 0.05}))
    assert first.history.loss == second.history.loss != other.history.loss
    rows = first.history.epochs
    assert all(0 <= row["attacked_accuracy"] <= row["test_accuracy"] + 1e-9 for row in rows)
    back = RunConfig.from_json(config.to_json())
    assert back == config


def test_nonsense_is_refused() -> None:
    with pytest.raises(ConfigError, match="attack_epsilon must lie between 0 and 1"):
        TrainConfig(adversarial="pgd", attack_epsilon=1.5)
    with pytest.raises(ConfigError, match="Adversarial training must be one of"):
        TrainConfig(adversarial="cw")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="derived by hand"):
        RECIPES["mlp-manual"].config.with_settings({"adversarial": "fgsm"})


@pytest.mark.parametrize("changes", [{}, {"adversarial": "fgsm"}, {"attack_warmup": 0.0, "schedule": "constant"}])
def test_the_code_on_the_page_attacks_as_the_trainer_does(changes: dict[str, object]) -> None:
    config = RECIPES["cnn-robust"].config.with_settings({"epochs": 3, **changes})
    code = training_code(config)
    seen: list[torch.Tensor] = []
    x, y = batch()
    space = {"batches": lambda size: [(x, y)]}
    watched = code.replace("        x = z ", "        seen.append(z)\n        x = z ")
    assert watched != code
    exec(watched, {**space, "seen": seen})  # our own text, shown to students
    assert len(seen) == 3
    assert all((z - x).abs().max() <= 0.3 + 1e-6 for z in seen)
    assert (seen[-1] - x).abs().max() > 0.15


def test_run_data_is_the_whole_training_set() -> None:
    assert len(run_data(SMALL, RECIPES["cnn-robust"].config).places) == len(SMALL.train)
