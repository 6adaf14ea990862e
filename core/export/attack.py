"""An attack as text: for one image, on the test images of a script, or as a function that checks ask."""

import inspect
from collections.abc import Mapping
from pathlib import Path

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.config.run import RunConfig
from core.export.code_context import indented
from core.export.network import is_bare

_DOUBLE = """\
# double(): where its confidence is closer to 1 than float32 can say, the loss would be flat
# and its gradient wrong.
"""

_HEAD = f"""\
import torch
from torch.nn import functional

# model: in eval mode, takes pixels in [0, 1]. image: (1, 28, 28). label: the digit it shows.
{_DOUBLE}model.eval()
original, {{labels}} = image[None], torch.tensor([{{aimed}}])
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
    tries = "one try" if config.restarts == 1 else f"one try; of {config.restarts} keep the one that climbs highest"
    numbers = {name: f"{value:g}" for name, value in config.settings.items()}
    automatic = ATTACKS[config.name].automatic_step
    if automatic and not config.settings["step_size"]:
        numbers["step_size"] = automatic
    return _filled(config.name, {"epsilon": f"{config.budget:g}", **numbers}, tries, targeted=config.target is not None)


def _filled(name: str, numbers: Mapping[str, str], tries: str = "one try", *, targeted: bool = False) -> str | None:
    code = ATTACKS[name].code
    words = {"sign": "-", "labels": "target"} if targeted else {"sign": "", "labels": "y"}
    return code.format(tries=tries, input_gradient=_INPUT_GRADIENT.format(**words), **words, **numbers) or None


def attacked_lines(attack: AttackConfig, n: int, config: RunConfig) -> str:
    """In a script, from its `network` (of `config`) to `adversarial`, made of its first n test images."""
    head = ["model = network", *([] if is_bare(config) else ["model.eval()"])]
    head.append(f"original, y = x_test[:{n}], y_test[:{n}]")
    if attack.target is not None:
        head.append(f"target = torch.full_like(y, {attack.target})")
    if ATTACKS[attack.name].random:
        head.append(f"torch.manual_seed({attack.seed})")
    return "\n".join([*head, (attack_body(attack) or "").rstrip()])


def within_lines(attack: str) -> list[str]:
    """Lines that make sure of `adversarial`: still images, within `epsilon` of `original`."""
    return [
        "assert 0 <= adversarial.min() and adversarial.max() <= 1  # still images",
        f"sizes = {NORMS[ATTACKS[attack].norm].code.format(change='(adversarial - original)')}",
        "assert sizes.max() <= epsilon * (1 + 1e-5) + 1e-6  # changed as little as it says",
    ]


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


def attack_function(name: str, *arguments: str) -> str:
    """An attack as a function of a network, images, labels and the numbers named, from its code.

    The first line of that code gives the numbers their values; here they are arguments.
    """
    numbers = {argument: argument for argument in arguments} | {"step_size": ATTACKS[name].automatic_step}
    _, _, code = (_filled(name, numbers) or "").partition("\n")
    head = f"def {name}(model, original, y, {', '.join(arguments)}):"
    return "\n".join([head, *indented([*code.strip().splitlines(), "return adversarial"])])


SANITY_CHECKS = f"""\
import torch
from torch.nn import functional

{_DOUBLE}
{attack_function("pgd", "epsilon", "steps")}

def right(images):
    with torch.no_grad():
        return network(images).argmax(1) == labels

network.eval()                                         # and nothing else: no weight changes
found = {{steps: pgd(network, original, labels, epsilon, steps) for steps in (5, 10, 20, 40)}}
noise = (original + epsilon * torch.randn_like(original).sign()).clamp(0, 1)
for adversarial in found.values():
{chr(10).join(indented(within_lines("pgd")))}
accuracy = {{steps: right(images).float().mean() for steps, images in found.items()}}
control = right(noise).float().mean()                  # much higher, or the attack found nothing
fewer_only = (~right(found[5]) & right(found[40])).sum()    # few: more steps cannot help
more_only = (right(found[5]) & ~right(found[40])).sum()
"""

INPUT_FILTER = f"""\
import torch
from torch import nn
from torch.nn import functional

class FewGrays(nn.Module):
    def __init__(self, network, levels=4):
        super().__init__()
        self.network, self.steps = network, levels - 1

    def forward(self, x):
        return self.network((x * self.steps).round() / self.steps)

{attack_function("fgsm", "epsilon")}

defended = FewGrays(network).eval()
through = fgsm(defended, images, labels, epsilon)      # the gradient is 0: nothing happens
transferred = fgsm(network, images, labels, epsilon)   # made without the filter
with torch.no_grad():
    looks_safe = (defended(through).argmax(1) == labels).float().mean()
    is_not = (defended(transferred).argmax(1) == labels).float().mean()
"""
