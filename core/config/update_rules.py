"""What each optimizer computes: its formula in LaTeX, and beside it the same in a line or two of Python.

The LaTeX is what pages show; the Python (`update`) is what a test holds every optimizer to, at every step.
Who changes one changes both. The entries of `core.config.optimizers` name these rules.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

#: What a rule remembers of one weight between two steps: v, s, m, d by name; what is missing is 0.
Memory = dict[str, Any]
#: (weight, gradient, settings with this step's `lr`, memory, number of the step from 1) → weight
Update = Callable[[Any, Any, Mapping[str, float], Memory, int], Any]
Kind = Literal["gradient", "velocity", "adaptive"]
GRADIENT = r"\frac{\partial L}{\partial W} \vphantom{\Bigg|}"


@dataclass(frozen=True)
class UpdateRule:
    """A formula twice.

    kind: "gradient" steps along the gradient, "velocity" along a sum of gradients, "adaptive" divides every
    weight's step by the size of its own gradients. latex: settings as text (numbers or symbols), and their
    values → the lines of the formula. update: the same for one number or a whole array. keras_epsilon:
    whether ε is added to √s before s is corrected for its start from zero, as in Keras; torch adds it after.
    letters: what stands for what it remembers, in a sentence.
    """

    kind: Callable[[Mapping[str, float]], Kind]
    latex: Callable[[Mapping[str, str], Mapping[str, float]], tuple[str, ...]]
    update: Update
    letters: str
    keras_epsilon: bool = False


def _past(text: str) -> str:
    """1 − a setting: worked out where it is a number."""
    try:
        return f"{1 - float(text):.6g}"
    except ValueError:
        return f"(1 - {text})"


def _momentum_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    if not values.get("momentum"):
        return (rf"W \leftarrow W - {s['lr']} \, {GRADIENT}",)
    velocity = rf"v \leftarrow {s['momentum']}\, v + {s['lr']} \, {GRADIENT}"
    if values.get("nesterov"):
        return (velocity, rf"W \leftarrow W - \Big({s['momentum']}\, v + {s['lr']} \, {GRADIENT}\Big)")
    return (rf"{velocity}, \qquad W \leftarrow W - v",)


def _momentum(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    kept["v"] = s["momentum"] * kept.get("v", 0.0) + s["lr"] * g
    return w - (s["momentum"] * kept["v"] + s["lr"] * g if s.get("nesterov") else kept["v"])


def _mean_square(s: Mapping[str, str], beta: str) -> str:
    return rf"s \leftarrow {s[beta]}\, s + {_past(s[beta])} \Big({GRADIENT}\Big)^2"


def _rmsprop_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        rf"{_mean_square(s, 'rho')}, \qquad "
        rf"W \leftarrow W - {s['lr']}\, \frac{{\partial L / \partial W}}{{\sqrt{{s}} + {s['epsilon']}}}",
    )


def _rmsprop(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    kept["s"] = s["rho"] * kept.get("s", 0.0) + (1 - s["rho"]) * g**2
    return w - s["lr"] * g / (kept["s"] ** 0.5 + s["epsilon"])


def _means_latex(s: Mapping[str, str]) -> str:
    return (
        rf"m \leftarrow {s['beta_1']}\, m + {_past(s['beta_1'])}\, {GRADIENT}, \qquad "
        rf"{_mean_square(s, 'beta_2')}"
    )


def _means(g: Any, s: Mapping[str, float], kept: Memory) -> tuple[Any, Any]:
    kept["m"] = s["beta_1"] * kept.get("m", 0.0) + (1 - s["beta_1"]) * g
    kept["s"] = s["beta_2"] * kept.get("s", 0.0) + (1 - s["beta_2"]) * g**2
    return kept["m"], kept["s"]


def _adam_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        _means_latex(s),
        rf"W \leftarrow W - {s['lr']}\, \frac{{\sqrt{{1 - {s['beta_2']}^t}}}}{{1 - {s['beta_1']}^t}} \cdot "
        rf"\frac{{m}}{{\sqrt{{s}} + {s['epsilon']}}}",
    )


def _adam(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    m, square = _means(g, s, kept)
    correction = math.sqrt(1 - s["beta_2"] ** t) / (1 - s["beta_1"] ** t)
    return w - s["lr"] * correction * m / (square**0.5 + s["epsilon"])


def _adamw_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        _means_latex(s),
        rf"\hat m = \frac{{m}}{{1 - {s['beta_1']}^t}}, \qquad \hat s = \frac{{s}}{{1 - {s['beta_2']}^t}}, "
        rf"\qquad W \leftarrow (1 - {s['lr']} \cdot {s['weight_decay']})\, W - {s['lr']}\, "
        rf"\frac{{\hat m}}{{\sqrt{{\hat s}} + {s['epsilon']}}}",
    )


def _adamw(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    m, square = _means(g, s, kept)
    m, square = m / (1 - s["beta_1"] ** t), square / (1 - s["beta_2"] ** t)
    return (1 - s["lr"] * s["weight_decay"]) * w - s["lr"] * m / (square**0.5 + s["epsilon"])


def _adagrad_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        rf"s \leftarrow s + \Big({GRADIENT}\Big)^2, \qquad "
        rf"W \leftarrow W - {s['lr']}\, \frac{{\partial L / \partial W}}{{\sqrt{{s}} + {s['epsilon']}}}",
    )


def _adagrad(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    kept["s"] = kept.get("s", 0.0) + g**2
    return w - s["lr"] * g / (kept["s"] ** 0.5 + s["epsilon"])


def _adadelta_latex(s: Mapping[str, str], values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        rf"{_mean_square(s, 'rho')}, \qquad \Delta = "
        rf"\frac{{\sqrt{{d + {s['epsilon']}}}}}{{\sqrt{{s + {s['epsilon']}}}}} \, {GRADIENT}",
        rf"d \leftarrow {s['rho']}\, d + {_past(s['rho'])}\, \Delta^2, \qquad "
        rf"W \leftarrow W - {s['lr']}\, \Delta",
    )


def _adadelta(w: Any, g: Any, s: Mapping[str, float], kept: Memory, t: int) -> Any:
    kept["s"] = s["rho"] * kept.get("s", 0.0) + (1 - s["rho"]) * g**2
    delta = (kept.get("d", 0.0) + s["epsilon"]) ** 0.5 / (kept["s"] + s["epsilon"]) ** 0.5 * g
    kept["d"] = s["rho"] * kept.get("d", 0.0) + (1 - s["rho"]) * delta**2
    return w - s["lr"] * delta


def _always_adaptive(settings: Mapping[str, float]) -> Kind:
    return "adaptive"


_MEANS = "m, s: running means of the gradient and of its square"
#: With momentum γ = 0 plain gradient descent: v is then the last step, kept for when γ is raised.
MOMENTUM = UpdateRule(
    lambda settings: "velocity" if settings.get("momentum") else "gradient",
    _momentum_latex,
    _momentum,
    "v: the velocity",
)
RMSPROP = UpdateRule(_always_adaptive, _rmsprop_latex, _rmsprop, "s: running mean of the squared gradient")
ADAM = UpdateRule(
    _always_adaptive, _adam_latex, _adam, f"{_MEANS}; t: the number of the step, from 1", keras_epsilon=True
)
ADAMW = UpdateRule(_always_adaptive, _adamw_latex, _adamw, ADAM.letters)
ADAGRAD = UpdateRule(_always_adaptive, _adagrad_latex, _adagrad, "s: sum of the squared gradients so far")
ADADELTA = UpdateRule(
    _always_adaptive, _adadelta_latex, _adadelta, "s, d: running means of the squared gradient and of Δ²"
)
