r"""The optimizers: rules that turn a gradient into a step. `OPTIMIZERS` holds all that is known of each.

Select boxes, sliders, formulas, colors, code panels, exported scripts, races and the command line read this one
dict; `core.training.optimizers` builds what an entry names.

Add your own: one entry here, and nothing elsewhere. This one is torch.optim.Adamax, whole; a test adds it as it
stands and walks it through the app:

    def adamax(w, g, s, kept, t):
        kept["m"] = s["beta_1"] * kept.get("m", 0.0) + (1 - s["beta_1"]) * g
        before, now = s["beta_max"] * kept.get("u", 0.0), abs(g) + 1e-8
        kept["u"] = (before + now + abs(before - now)) / 2  # the larger of the two
        return w - s["lr"] / (1 - s["beta_1"] ** t) * kept["m"] / kept["u"]

    OPTIMIZERS["adamax"] = OptimizerEntry(
        title="Adamax",
        idea="Adam that divides by the largest recent gradient of each weight (Kingma & Ba 2015).",
        rule=UpdateRule(
            kind=lambda settings: "adaptive",
            latex=lambda s, values: (
                rf"m \leftarrow {s['beta_1']}\, m + (1 - {s['beta_1']})\, g, \qquad "
                rf"u \leftarrow \max({s['beta_max']}\, u,\ |g| + 10^{{-8}})",
                rf"W \leftarrow W - \frac{{{s['lr']}}}{{1 - {s['beta_1']}^t}} \cdot \frac{{m}}{{u}}",
            ),
            update=adamax,  # the same for one weight or many
            letters="g: the gradient; m: its running mean; u: its largest recent size",
        ),
        in_torch="Adamax",
        arguments=lambda s: {"lr": s["lr"], "betas": (s["beta_1"], s["beta_max"])},
        settings={
            "lr": learning_rate(0.002),
            "beta_1": Setting(0.9, 0, 1, "Memory of the mean gradient.", open_high=True),
            "beta_max": Setting(0.999, 0, 1, "Memory of the largest gradient.", open_high=True, step=0.0001),
        },
        color="violet",
    )
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from core.config.choices import Hue
from core.config.update_rules import ADADELTA, ADAGRAD, ADAM, ADAMW, MOMENTUM, RMSPROP, UpdateRule
from core.config.validation import Setting
from core.formatting import latex_number


@dataclass(frozen=True)
class OptimizerEntry:
    """A choice in OPTIMIZERS.

    title: the name people read, short: the same where room is scarce. idea: one sentence. rule: what it
    computes, which pages show and a test holds it to. in_torch: the class in torch.optim. arguments: values
    of the settings → that class's keyword arguments. made_by: who makes the steps: that class itself ("torch"),
    or ours with the same arguments, where settings mean what the book's chapter means ("chapter") or where it
    is written out on bare tensors ("hand"). settings: its numbers, `lr` among them. live: the name in
    `param_groups` of each setting that may change while training runs. color: of its lines, on every page.
    map_rates: the learning rate to begin with on a map of core.lessons.race.descent.surfaces, found by trying: one
    that gets near in 300 steps from the map's own start without leaping about. Elsewhere it is the default.
    """

    title: str
    idea: str
    rule: UpdateRule
    in_torch: str
    arguments: Callable[[Mapping[str, float]], dict[str, Any]]
    settings: Mapping[str, Setting]
    color: Hue
    live: Mapping[str, str] = field(default_factory=lambda: {"lr": "lr"})
    made_by: Literal["torch", "chapter", "hand"] = "torch"
    short: str = ""
    map_rates: Mapping[str, float] = field(default_factory=dict)

    @property
    def symbols(self) -> dict[str, str]:
        """Settings as they stand in a formula where they have no value yet."""
        return {name: setting.symbol or rf"\mathrm{{{name}}}" for name, setting in self.settings.items()}

    def latex(self, values: Mapping[str, float] | None = None) -> tuple[str, ...]:
        """The lines of its formula, with numbers where `values` gives some, else with the usual symbols."""
        defaults = {name: setting.default for name, setting in self.settings.items()}
        shown = {name: latex_number(value) for name, value in (values or {}).items()}
        return self.rule.latex({**self.symbols, **shown}, values or defaults)


def learning_rate(default: float) -> Setting:
    """The setting `lr`, which every optimizer has."""
    return Setting(
        default,
        0,
        100,
        "How far each step goes along the downhill direction. Too small crawls, too large diverges.",
        log=True,
        open_low=True,
        stops=LEARNING_RATES,
        label="Learning rate",
        symbol=r"\eta",
    )


def _share(default: float, help: str, symbol: str) -> Setting:
    return Setting(default, 0, 1, help, open_high=True, symbol=symbol)


def _momentum(default: float, more: str = "") -> Setting:
    help = "How much of the previous step is kept: γ in v := γv + η ∂L/∂W. 0 is plain gradient descent."
    return _share(default, help + more, r"\gamma")


def _keras_momentum(default: float) -> Setting:
    return _momentum(
        default,
        " The velocity holds steps, as in the blog post and in Keras; torch keeps the learning rate outside, which "
        "differs when the learning rate changes.",
    )


def _epsilon(default: float, more: str = "") -> Setting:
    help = f"A small number that keeps the division away from zero.{more}"
    stops = (1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
    return Setting(default, 0, 1, help, log=True, stops=stops, symbol=r"\varepsilon")


def _adams(epsilon: Setting) -> dict[str, Setting]:
    return {
        "lr": learning_rate(0.001),
        "beta_1": _share(0.9, "Memory of the mean gradient.", r"\beta_1"),
        "beta_2": replace(_share(0.999, "Memory of the mean squared gradient.", r"\beta_2"), step=0.0001),
        "epsilon": epsilon,
    }


def _sgd(s: Mapping[str, float]) -> dict[str, Any]:
    return {"lr": s["lr"], "momentum": s["momentum"], "nesterov": s["nesterov"] > 0 and s["momentum"] > 0}


def _adam(s: Mapping[str, float]) -> dict[str, Any]:
    return {"lr": s["lr"], "betas": (s["beta_1"], s["beta_2"]), "eps": s["epsilon"]}


LEARNING_RATES = (*(float(f"{d}e{e}") for e in range(-5, 1) for d in (1, 2, 3, 5, 7)), 10.0)
_DECAY = Setting(
    0.0,
    0,
    1,
    "Time-based decay: the learning rate of step t is lr / (1 + decay · t), t from 0.",
    log=True,
    stops=(0.0, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
)
_NESTEROV = Setting(0.0, 0, 1, "Look ahead along the velocity (Nesterov); needs momentum.", switch=True)
_WEIGHT_DECAY = Setting(
    0.01,
    0,
    1,
    "Each step also shrinks every weight by lr · this share.",
    log=True,
    stops=(0.0, 1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0),
    symbol=r"\lambda",
)
_SGD_MAPS = {"beale": 0.02, "rosenbrock": 0.002, "himmelblau": 0.01, "saddle": 0.2, "ravine": 0.02}
_ADAM_MAPS = {"beale": 0.5, "rosenbrock": 0.2, "himmelblau": 0.5, "saddle": 0.1, "ravine": 0.2}

OPTIMIZERS: dict[str, OptimizerEntry] = {
    "sgd-by-hand": OptimizerEntry(
        title="SGD, written by hand",
        short="SGD by hand",
        idea="v := γv + lr · gradient, W := W − v: a few lines of Python on bare tensors.",
        rule=MOMENTUM,
        in_torch="SGD",
        arguments=lambda s: {"lr": s["lr"], "momentum": s["momentum"]},
        settings={"lr": learning_rate(0.01), "momentum": _momentum(0.0)},
        color="brown",
        live={"lr": "lr", "momentum": "momentum"},
        made_by="hand",
        map_rates=_SGD_MAPS,
    ),
    "sgd": OptimizerEntry(
        title="SGD",
        idea="The same step for every weight; momentum lets steps in one direction add up.",
        rule=MOMENTUM,
        in_torch="SGD",
        arguments=_sgd,
        settings={"lr": learning_rate(0.01), "momentum": _keras_momentum(0.0), "decay": _DECAY, "nesterov": _NESTEROV},
        color="vermillion",
        live={"lr": "lr", "momentum": "momentum"},
        made_by="chapter",
        map_rates=_SGD_MAPS,
    ),
    "momentum": OptimizerEntry(
        title="SGD with momentum",
        short="Momentum",
        idea="A ball that rolls: nine tenths of the last step go into the next one.",
        rule=MOMENTUM,
        in_torch="SGD",
        arguments=_sgd,
        settings={"lr": learning_rate(0.01), "momentum": _keras_momentum(0.9), "decay": _DECAY, "nesterov": _NESTEROV},
        color="orange",
        live={"lr": "lr", "momentum": "momentum"},
        made_by="chapter",
        map_rates={"beale": 0.005, "rosenbrock": 0.001, "himmelblau": 0.01, "saddle": 0.1, "ravine": 0.01},
    ),
    "rmsprop": OptimizerEntry(
        title="RMSprop",
        idea="Divides each weight's step by the recent size of its gradient.",
        rule=RMSPROP,
        in_torch="RMSprop",
        arguments=lambda s: {"lr": s["lr"], "alpha": s["rho"], "eps": s["epsilon"]},
        settings={
            "lr": learning_rate(0.001),
            "rho": _share(0.9, "How long the recent size of a gradient is remembered.", r"\rho"),
            "epsilon": _epsilon(1e-6),
        },
        color="purple",
        live={"lr": "lr", "rho": "alpha"},
        map_rates={"beale": 0.05, "rosenbrock": 0.02, "himmelblau": 0.1, "saddle": 0.05, "ravine": 0.1},
    ),
    "adam": OptimizerEntry(
        title="Adam",
        idea="Momentum and RMSprop together, corrected for their start from zero.",
        rule=ADAM,
        in_torch="Adam",
        arguments=_adam,
        settings=_adams(
            _epsilon(
                1e-8,
                " It is added to √v before v is corrected for its start from zero, as Keras does; torch adds it "
                "afterwards.",
            )
        ),
        color="sky",
        made_by="chapter",
        map_rates=_ADAM_MAPS,
    ),
    "adamw": OptimizerEntry(
        title="AdamW",
        idea="Adam, and every weight shrinks a little at each step (Loshchilov & Hutter 2019).",
        rule=ADAMW,
        in_torch="AdamW",
        arguments=lambda s: {**_adam(s), "weight_decay": s["weight_decay"]},
        settings={**_adams(_epsilon(1e-8)), "weight_decay": _WEIGHT_DECAY},
        color="blue",
        live={"lr": "lr", "weight_decay": "weight_decay"},
        map_rates=_ADAM_MAPS,
    ),
    "adagrad": OptimizerEntry(
        title="Adagrad",
        idea="Divides each weight's step by the size of all its gradients so far (Duchi et al. 2011).",
        rule=ADAGRAD,
        in_torch="Adagrad",
        arguments=lambda s: {"lr": s["lr"], "eps": s["epsilon"]},
        settings={"lr": learning_rate(0.01), "epsilon": _epsilon(1e-10)},
        color="green",
        map_rates={"beale": 1.0, "rosenbrock": 1.0, "himmelblau": 1.0, "saddle": 0.5, "ravine": 1.0},
    ),
    "adadelta": OptimizerEntry(
        title="Adadelta",
        idea="RMSprop that also measures its own steps, so that the learning rate hardly matters (Zeiler 2012).",
        rule=ADADELTA,
        in_torch="Adadelta",
        arguments=lambda s: {"lr": s["lr"], "rho": s["rho"], "eps": s["epsilon"]},
        settings={
            "lr": learning_rate(1.0),
            "rho": _share(0.9, "How long sizes of gradients and steps are remembered.", r"\rho"),
            "epsilon": _epsilon(1e-6),
        },
        color="yellow",
        live={"lr": "lr", "rho": "rho"},
        map_rates={"beale": 5.0, "rosenbrock": 5.0, "himmelblau": 5.0, "saddle": 5.0, "ravine": 5.0},
    ),
}
