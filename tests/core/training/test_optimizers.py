"""Every optimiser against its formula, written out here in a plain loop, in float64."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from core.choices import SCHEDULE_NAMES
from core.config import ConfigError, OptimizerConfig
from core.training.optimizers import OPTIMIZERS, build_optimizer, change_setting, set_rate
from core.training.schedules import SCHEDULES, rate

STEPS = 40
Rule = Callable[[Tensor, Tensor, dict[str, float], dict[str, Tensor], float, int], Tensor]


def velocity(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    """The blog's and Keras': v := γv + lr·g, W := W − v; Nesterov looks ahead along it."""
    kept["v"] = s["momentum"] * kept.get("v", torch.zeros_like(w)) + lr * g
    if s.get("nesterov") and s["momentum"]:
        return w - (s["momentum"] * kept["v"] + lr * g)
    return w - kept["v"]


def rmsprop(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    kept["a"] = s["rho"] * kept.get("a", torch.zeros_like(w)) + (1 - s["rho"]) * g**2
    return w - lr * g / (kept["a"].sqrt() + s["epsilon"])


def adam(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    """Keras' place for ε: beside √v before the correction."""
    kept["m"] = s["beta_1"] * kept.get("m", torch.zeros_like(w)) + (1 - s["beta_1"]) * g
    kept["v"] = s["beta_2"] * kept.get("v", torch.zeros_like(w)) + (1 - s["beta_2"]) * g**2
    lr_t = lr * math.sqrt(1 - s["beta_2"] ** t) / (1 - s["beta_1"] ** t)
    return w - lr_t * kept["m"] / (kept["v"].sqrt() + s["epsilon"])


def adamw(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    w = w * (1 - lr * s["weight_decay"])
    kept["m"] = s["beta_1"] * kept.get("m", torch.zeros_like(w)) + (1 - s["beta_1"]) * g
    kept["v"] = s["beta_2"] * kept.get("v", torch.zeros_like(w)) + (1 - s["beta_2"]) * g**2
    m, v = kept["m"] / (1 - s["beta_1"] ** t), kept["v"] / (1 - s["beta_2"] ** t)
    return w - lr * m / (v.sqrt() + s["epsilon"])


def adagrad(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    kept["a"] = kept.get("a", torch.zeros_like(w)) + g**2
    return w - lr * g / (kept["a"].sqrt() + s["epsilon"])


def adadelta(w: Tensor, g: Tensor, s: dict[str, float], kept: dict[str, Tensor], lr: float, t: int) -> Tensor:
    zero = torch.zeros_like(w)
    kept["a"] = s["rho"] * kept.get("a", zero) + (1 - s["rho"]) * g**2
    step = ((kept.get("d", zero) + s["epsilon"]) / (kept["a"] + s["epsilon"])).sqrt() * g
    kept["d"] = s["rho"] * kept.get("d", zero) + (1 - s["rho"]) * step**2
    return w - lr * step


RULES: dict[str, Rule] = {
    "sgd-by-hand": velocity,
    "sgd": velocity,
    "momentum": velocity,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": adamw,
    "adagrad": adagrad,
    "adadelta": adadelta,
}
CASES = [
    *((name, {}) for name in RULES),
    ("sgd", {"momentum": 0.8, "decay": 0.05}),
    ("momentum", {"nesterov": 1.0, "decay": 0.02}),
    ("sgd-by-hand", {"momentum": 0.9}),
    ("adam", {"epsilon": 0.1}),  # so large that its place matters
]


@pytest.mark.parametrize("moving", [False, True])
@pytest.mark.parametrize(("name", "settings"), CASES)
def test_every_optimizer_follows_its_formula(name: str, settings: dict[str, float], moving: bool) -> None:
    config = OptimizerConfig(name, {"lr": 0.05, **settings})
    w = torch.linspace(-2, 3, 7, dtype=torch.float64)
    weight = w.clone().requires_grad_()
    optimizer = build_optimizer(config, [weight])
    kept: dict[str, Tensor] = {}
    for t in range(STEPS):
        lr = rate(config, t, "cosine" if moving else "constant", t / STEPS)
        gradient = torch.sin(3 * w) + 0.3 * w + 0.1 * t / STEPS
        weight.grad = torch.sin(3 * weight.detach()) + 0.3 * weight.detach() + 0.1 * t / STEPS
        set_rate(optimizer, lr)
        optimizer.step()
        w = RULES[name](w, gradient, dict(config.settings), kept, lr, t + 1)
        torch.testing.assert_close(weight.detach(), w, rtol=1e-9, atol=1e-12)


def test_every_optimizer_has_a_formula_here_and_a_colour() -> None:
    from core.figures import palette

    assert set(RULES) == set(OPTIMIZERS) == set(palette.OPTIMIZERS)


def test_the_chapters_defaults() -> None:
    defaults = {name: dict(OptimizerConfig(name).settings) for name in ("sgd", "rmsprop", "adam")}
    assert defaults == {
        "sgd": {"lr": 0.01, "momentum": 0.0, "decay": 0.0, "nesterov": 0.0},
        "rmsprop": {"lr": 0.001, "rho": 0.9, "epsilon": 1e-6},
        "adam": {"lr": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    }


def test_decay_is_time_based_and_starts_at_step_0() -> None:
    config = OptimizerConfig("sgd", {"lr": 0.1, "decay": 0.5})
    assert [rate(config, t) for t in range(4)] == pytest.approx([0.1, 0.1 / 1.5, 0.1 / 2, 0.1 / 2.5])


@pytest.mark.parametrize("name", SCHEDULE_NAMES)
def test_schedules_stay_between_nothing_and_the_full_rate(name: str) -> None:
    factors = [SCHEDULES[name].factor(p / 1000) for p in range(1000)]
    assert all(0 < factor <= 1 + 1e-12 for factor in factors)
    assert max(factors) == pytest.approx(1, abs=1e-4)
    space: dict[str, object] = {"math": math}
    for p in (0.0, 0.1, 0.29, 0.3, 0.6, 0.9, 0.999):
        assert eval(SCHEDULES[name].code, space, {"p": p}) == pytest.approx(SCHEDULES[name].factor(p))


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("adam", {"beta_1": 1.0}, "beta_1"),
        ("adam", {"beta_2": -0.1}, "beta_2"),
        ("rmsprop", {"rho": 1.0}, "rho"),
        ("sgd", {"lr": 0.0}, "lr"),
        ("sgd", {"lr": float("nan")}, "lr"),
        ("sgd", {"momentum": 1.0}, "momentum"),
        ("sgd", {"nesterov": 0.5}, "nesterov"),
        ("sgd", {"rho": 0.5}, "no setting"),
    ],
)
def test_bad_settings_are_refused_by_name(name: str, settings: dict[str, float], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        OptimizerConfig(name, settings)


def test_nesterov_begins_with_momentum_that_is_raised_on_the_way() -> None:
    config = OptimizerConfig("sgd", {"lr": 0.1, "momentum": 0.0, "nesterov": 1.0})
    weight = torch.tensor([1.0], requires_grad=True)
    optimizer = build_optimizer(config, [weight])
    changed = change_setting(optimizer, config, "momentum", 0.5)
    assert changed["momentum"] == 0.5
    weight.grad = torch.tensor([2.0])
    optimizer.step()
    assert weight.item() == pytest.approx(1 - (0.5 * 0.2 + 0.2))  # v = 0.2, then γv + lr·g
