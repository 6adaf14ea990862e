"""An attack as text, for the "Show the code" panels and for scripts."""

import inspect
from pathlib import Path

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig

_HEAD = """\
import torch
from torch.nn import functional

# model: in eval mode, takes pixels in [0, 1]. image: (1, 28, 28). label: the digit it shows.
# double(): where its confidence is closer to 1 than float32 can say, the loss would be flat and its gradient wrong.
model.eval()
original, {labels} = image[None], torch.tensor([{aimed}])
"""

_INPUT_GRADIENT = """\
def input_gradient(x):
    x = x.detach().requires_grad_()
    loss = {sign}functional.cross_entropy(model(x).double(), {labels}, reduction="sum")
    return torch.autograd.grad(loss, x)[0]
"""

_TAIL = "\nprint(model(original).argmax(1), model(adversarial).argmax(1))\n"

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


def attack_code(config: AttackConfig) -> str:
    """Plain PyTorch for one image, or for longer attacks the call that carries them out.

    It runs where `model`, `image` (1, 28, 28) and `label` are known, and leaves `adversarial` (1, 1, 28, 28).
    """
    body = attack_body(config)
    if body is None:
        return _CALL.format(arguments=_arguments(config)) + _TAIL
    aimed = config.target is not None
    head = _HEAD.format(labels="target" if aimed else "y", aimed=config.target if aimed else "label")
    return head + body + _TAIL


def attack_body(config: AttackConfig) -> str | None:
    """From `original` (N, …), `model` and the labels `y` (or `target`) to `adversarial`; None for others."""
    entry = ATTACKS[config.name]
    if not entry.code:
        return None
    words = {"sign": "-", "labels": "target"} if config.target is not None else {"sign": "", "labels": "y"}
    tries = "one try" if config.restarts == 1 else f"one try; of {config.restarts} keep the one that climbs highest"
    numbers = {name: f"{value:g}" for name, value in config.settings.items()}
    if entry.automatic_step and not config.settings["step_size"]:
        numbers["step_size"] = entry.automatic_step
    return entry.code.format(
        epsilon=f"{config.budget:g}", tries=tries, input_gradient=_INPUT_GRADIENT.format(**words), **words, **numbers
    )


def inner_code(config: AttackConfig) -> tuple[str, str] | None:
    """For attacks that `attack_code` only calls: the file they are in and the function that does the work."""
    entry = ATTACKS[config.name]
    if entry.code:
        return None
    return f"core/attacks/{Path(inspect.getfile(entry.make)).name}", inspect.getsource(entry.make)


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
