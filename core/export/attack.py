"""An attack on a network as a lesson: train the network, then change its test images."""

from typing import Literal

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig, AttackSetup
from core.attacks.norms import NORMS
from core.config.errors import ConfigError
from core.export.facts import Facts
from core.export.lesson import Lesson, Section
from core.export.snippets.attack import attack_body
from core.export.timeline import timeline
from core.export.training import script_sections
from core.recipes.texts import RECIPES

RESULT = """\
assert 0 <= adversarial.min() and adversarial.max() <= 1  # still images
sizes = {size}
assert sizes.max() <= epsilon * (1 + 1e-5) + 1e-6  # changed as little as it says
n, z = len(y), 1.96
for name, images in (("clean", original), ("adversarial", adversarial)):
    _, right = score(images, y)
    middle = (right + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (right * (n - right) / n + z**2 / 4) ** 0.5
    print(f"{n} {name} images: {right / n:.2%} classified correctly ({middle - half:.2%} … {middle + half:.2%})")"""


def attack_lesson(setup: AttackSetup, recipe: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The network trained as its own recipe says, then attacked on the first test images.

    Raises ConfigError for attacks that are more than a few lines.
    """
    attack = setup.attack
    body = attack_body(attack)
    if body is None or attack.restarts > 1:
        written_out = ", ".join(name for name, entry in ATTACKS.items() if entry.code)
        raise ConfigError(
            f"Only {written_out}, each with one try, are exported; this attack is {attack.name} with {attack.restarts}."
        )
    if setup.network not in RECIPES:
        raise ConfigError(f"There is no recipe {setup.network!r} to train the attacked network by.")
    config = RECIPES[setup.network].config
    sections = script_sections(timeline(config, None, "", None), Facts(data=data))
    entry = RECIPES.get(recipe)
    about = (
        *((entry.idea, f"After: {entry.source}.", entry.ours or "") if entry else ()),
        f"First it trains {setup.network} as its recipe does ({config.train.epochs} epochs; with EPOCHS = 1 "
        f"the attack works as well), then it attacks the first {setup.n:,} test images.",
    )
    attacked = Section(
        f"The attack: {attack.name}",
        "No weight changes any more; it is the pixels that move, within ε, so that the loss rises.",
        _head(setup, attack) + body.rstrip(),
    )
    size = NORMS[ATTACKS[attack.name].norm].code.format(change="(adversarial - original)")
    result = Section("Robust accuracy", "The same images before and after.", RESULT.replace("{size}", size))
    title = entry.title if entry else f"{attack.name} against {setup.network}"
    return Lesson(title, tuple(filter(None, about)), (*sections, attacked, result))


def _head(setup: AttackSetup, attack: AttackConfig) -> str:
    lines = ["model = network", f"original, y = x_test[:{setup.n}], y_test[:{setup.n}]"]
    if setup.network and RECIPES[setup.network].config.model.family not in ("raw", "manual"):
        lines.insert(1, "model.eval()")
    if attack.target is not None:
        lines.append(f"target = torch.full_like(y, {attack.target})")
    if ATTACKS[attack.name].random:
        lines.append(f"torch.manual_seed({attack.seed})")
    return "\n".join(lines) + "\n"
