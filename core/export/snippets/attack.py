"""An attack as text for the "Show the code" panels."""

import inspect
from pathlib import Path

from core.attacks.config import AttackConfig

_HEAD = """\
import torch
from torch.nn import functional

# model: in eval mode, takes pixels in [0, 1]. image: (1, 28, 28). label: the digit it shows.
# double(): where it is surer than float32 can say, the loss would be flat and its gradient wrong.
model.eval()
original, {names} = image[None], torch.tensor([{aimed}])
"""

_SLOPE = """\
def slope(x):
    x = x.detach().requires_grad_()
    loss = {sign}functional.cross_entropy(model(x).double(), {names})
    return torch.autograd.grad(loss, x)[0]
"""

_TAIL = "\nprint(model(original).argmax(1), model(adversarial).argmax(1))\n"

_BODIES = {
    "fgsm": """\
epsilon = {epsilon:g}

x = original.clone().requires_grad_()
loss = {sign}functional.cross_entropy(model(x).double(), {names})
(gradient,) = torch.autograd.grad(loss, x)
adversarial = (original + epsilon * gradient.sign()).clamp(0, 1)
""",
    "bim": """\
epsilon, steps = {epsilon:g}, {steps}
step_size = {size}
low, high = (original - epsilon).clamp_min(0), (original + epsilon).clamp_max(1)

{slope}
adversarial = original
for _ in range(steps):
    adversarial = (adversarial + step_size * slope(adversarial).sign()).clamp(low, high)
""",
    "pgd": """\
epsilon, steps = {epsilon:g}, {steps}
step_size = {size}
low, high = (original - epsilon).clamp_min(0), (original + epsilon).clamp_max(1)

{slope}
noise = 2 * torch.rand_like(original) - 1             # {tries}
adversarial = (original + epsilon * noise).clamp(0, 1)
for _ in range(steps):
    adversarial = (adversarial + step_size * slope(adversarial).sign()).clamp(low, high)
""",
    "pgd-l2": """\
epsilon, steps = {epsilon:g}, {steps}
step_size = {size}

{slope}
def unit(change):
    return change / change.norm().clamp_min(1e-12)

noise = epsilon * unit(torch.randn_like(original)) * torch.rand(()) ** (1 / 784)   # {tries}
adversarial = (original + noise).clamp(0, 1)
for _ in range(steps):
    change = adversarial + step_size * unit(slope(adversarial)) - original
    change = change * (epsilon / change.norm()).clamp_max(1)          # back into the ball
    adversarial = (original + change).clamp(0, 1)
""",
    "noise": """\
epsilon = {epsilon:g}

signs = torch.randint(0, 2, original.shape) * 2 - 1   # a coin for every pixel
adversarial = (original + epsilon * signs).clamp(0, 1)
""",
}

_CALL = """\
import torch

from core.attacks.config import AttackConfig
from core.attacks.run import attack

# model: takes pixels in [0, 1]. image: (1, 28, 28). label: the digit it shows.
original = image[None]
config = AttackConfig(
{arguments}
)
adversarial = attack(model, original, torch.tensor([label]), config)
"""

_AUTOMATIC = {"bim": "epsilon / steps", "pgd": "2.5 * epsilon / steps", "pgd-l2": "2.5 * epsilon / steps"}


def attack_code(config: AttackConfig) -> str:
    """Plain PyTorch for one image, or for longer attacks the call that carries them out.

    It runs where `model`, `image` (1, 28, 28) and `label` are known, and leaves `adversarial` (1, 1, 28, 28).
    """
    body = attack_body(config)
    if body is None:
        return _CALL.format(arguments=_arguments(config)) + _TAIL
    aimed = config.target is not None
    head = _HEAD.format(names="target" if aimed else "y", aimed=config.target if aimed else "label")
    return head + body + _TAIL


def attack_body(config: AttackConfig) -> str | None:
    """From `original` (N, …), `model` and the labels `y` (or `target`) to `adversarial`; None for others."""
    body = _BODIES.get(config.name)
    if body is None:
        return None
    aimed = config.target is not None
    names = "target" if aimed else "y"
    sign = "-" if aimed else ""
    set_size = config.settings.get("step_size", 0.0)
    tries = "one try" if config.restarts == 1 else f"one try; of {config.restarts} keep the one that climbs highest"
    return body.format(
        epsilon=config.budget,
        steps=config.steps,
        sign=sign,
        names=names,
        tries=tries,
        size=f"{set_size:g}" if set_size else _AUTOMATIC.get(config.name, ""),
        slope=_SLOPE.format(sign=sign, names=names),
    )


def inner_code(config: AttackConfig) -> tuple[str, str] | None:
    """For attacks that `attack_code` only calls: the file they are in and the function that does the work."""
    from core.attacks import ATTACKS

    if config.name in _BODIES:
        return None
    make = ATTACKS[config.name].make
    return f"core/attacks/{Path(inspect.getfile(make)).name}", inspect.getsource(make)


def _arguments(config: AttackConfig) -> str:
    lines = [f'    "{config.name}",', f"    epsilon={config.budget:g},"]
    if config.settings:
        settings = ", ".join(f'"{name}": {value:g}' for name, value in config.settings.items())
        lines.append(f"    settings={{{settings}}},")
    if config.target is not None:
        lines.append(f"    target={config.target},")
    if config.restarts > 1:
        lines.append(f"    restarts={config.restarts},")
    return "\n".join(lines)
