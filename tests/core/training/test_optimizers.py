"""Every optimizer against the formula that pages show, in a plain loop, in float64."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from core.charts.palette import optimizer_color
from core.config.choices import SCHEDULE_NAMES
from core.config.optimizers import OPTIMIZERS
from core.config.run import ConfigError, OptimizerConfig
from core.formatting import latex_number
from core.training.optimizers import build_optimizer, change_setting, set_rate
from core.training.schedules import SCHEDULES, rate

STEPS = 40
CASES = [
    *((name, {}) for name in OPTIMIZERS),
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
    kept: dict[str, Any] = {}
    for t in range(STEPS):
        lr = rate(config, t, "cosine" if moving else "constant", t / STEPS)
        gradient = torch.sin(3 * w) + 0.3 * w + 0.1 * t / STEPS
        weight.grad = torch.sin(3 * weight.detach()) + 0.3 * weight.detach() + 0.1 * t / STEPS
        set_rate(optimizer, lr)
        optimizer.step()
        w = OPTIMIZERS[name].rule.update(w, gradient, {**config.settings, "lr": lr}, kept, t + 1)
        torch.testing.assert_close(weight.detach(), w, rtol=1e-9, atol=1e-12)


#: What a live setting is changed to: its ends, usual values, and back.
VALUES = {
    "lr": (1e-6, 0.001, 0.05, 1.0, 20.0),
    "momentum": (0.0, 0.5, 0.9, 0.999),
    "rho": (0.0, 0.5, 0.9, 0.999),
    "weight_decay": (0.0, 0.01, 0.5),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@runs(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_optimizer_follows_its_formula_through_changes_of_its_settings(name: str, data: st.DataObject) -> None:
    """Whatever is changed, back and forth, memory goes on as the formula says."""
    entry = OPTIMIZERS[name]
    nesterov = {"nesterov": float(data.draw(st.booleans()))} if "nesterov" in entry.settings else {}
    first = {live: data.draw(st.sampled_from(VALUES[live])) for live in entry.live}
    config = OptimizerConfig(name, {**first, **nesterov})
    w = torch.tensor([-2.0, 0.5, 3.0], dtype=torch.float64)
    weight = w.clone().requires_grad_()
    optimizer = build_optimizer(config, [weight])
    kept: dict[str, Any] = {}
    for t in range(data.draw(st.integers(3, 14))):
        if data.draw(st.booleans()):
            live = data.draw(st.sampled_from(sorted(entry.live)))
            config = change_setting(optimizer, config, live, data.draw(st.sampled_from(VALUES[live])))
        gradient = torch.tensor([math.sin(t + 1), 0.1 * t - 0.3, 0.0], dtype=torch.float64)
        weight.grad = gradient.clone()
        set_rate(optimizer, config["lr"])
        optimizer.step()
        optimizer.zero_grad()
        w = entry.rule.update(w, gradient, config.settings, kept, t + 1)
        torch.testing.assert_close(weight.detach(), w, rtol=1e-8, atol=1e-10)


def test_momentum_set_to_0_and_back_goes_on_from_the_last_step() -> None:
    for name in ("sgd-by-hand", "sgd", "momentum"):
        config = OptimizerConfig(name, {"lr": 0.1, "momentum": 0.9})
        weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = build_optimizer(config, [weight])
        places = []
        for gradient, momentum in ((1.0, 0.9), (1.0, 0.0), (2.0, 0.0), (0.0, 0.5), (0.0, 0.5)):
            config = change_setting(optimizer, config, "momentum", momentum)
            weight.grad = torch.full_like(weight, gradient)
            optimizer.step()
            optimizer.zero_grad()
            places.append(-weight.item())
        assert places == pytest.approx([0.1, 0.2, 0.4, 0.5, 0.55])  # v: 0.1, 0.1, 0.2, 0.1, 0.05


class Read(Mapping[str, float]):
    """Settings that remember which of them were read."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values_, self.read = values, set[str]()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return self.values_[name]

    def __iter__(self) -> Any:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


@pytest.mark.parametrize(("name", "settings"), [*CASES, ("sgd", {"momentum": 0.9, "nesterov": 1.0})])
def test_the_formula_shown_names_every_setting_that_its_code_uses(name: str, settings: dict[str, float]) -> None:
    entry = OPTIMIZERS[name]
    values = Read(OptimizerConfig(name, settings).settings)
    entry.rule.update(1.0, 0.5, values, {}, 1)
    used = values.read - {"nesterov"} - (set() if values.values_.get("momentum", 1) else {"momentum"})
    shown = " ".join(entry.rule.latex(entry.symbols, values.values_))
    assert {name for name, setting in entry.settings.items() if setting.symbol and setting.symbol in shown} == used
    numbers = " ".join(entry.latex(values.values_))
    assert all(latex_number(values.values_[setting]) in numbers for setting in used)
    looks_ahead = values.values_.get("nesterov") and "momentum" in used
    assert shown.count(r"\gamma") == (2 if looks_ahead else int("momentum" in used))


def test_adam_shows_its_epsilon_beside_the_root_of_the_uncorrected_mean_as_keras_has_it() -> None:
    adam, adamw = ("".join(OPTIMIZERS[name].latex()) for name in ("adam", "adamw"))
    assert r"\frac{m}{\sqrt{s} + \varepsilon}" in adam or r"{\sqrt{s} + 10^{-8}}" in adam
    assert r"\hat" not in adam
    assert r"\sqrt{\hat s}" in adamw


def test_every_optimizer_has_a_color_of_its_own_and_a_kind() -> None:
    colors = [optimizer_color(name) for name in OPTIMIZERS]
    assert len(set(colors)) == len(OPTIMIZERS)
    kinds = {name: entry.rule.kind(OptimizerConfig(name).settings) for name, entry in OPTIMIZERS.items()}
    assert kinds == {
        "sgd-by-hand": "gradient",
        "sgd": "gradient",
        "momentum": "velocity",
        **dict.fromkeys(("rmsprop", "adam", "adamw", "adagrad", "adadelta"), "adaptive"),
    }


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
