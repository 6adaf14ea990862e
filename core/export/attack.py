"""An attack on a network as a lesson: train the network, then change its test images."""

from typing import Literal

from core.attacks.config import AttackConfig, AttackSetup
from core.config.errors import ConfigError
from core.export.facts import Facts
from core.export.lesson import Lesson, Section
from core.export.snippets.attack import attack_body
from core.export.timeline import timeline
from core.export.training import script_sections
from core.recipes.texts import RECIPES

#: Attacks that are a few lines for a whole batch of images.
WRITTEN_OUT = ("fgsm", "bim", "pgd", "noise")

RESULT = """\
assert 0 <= adversarial.min() and adversarial.max() <= 1  # still pictures
assert (adversarial - original).abs().max() <= epsilon + 1e-6  # changed as little as it says
n, z = len(y), 1.96
for name, images in (("as they are", original), ("attacked", adversarial)):
    _, right = score(images, y)
    middle = (right + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (right * (n - right) / n + z**2 / 4) ** 0.5
    print(f"{n} images {name}: {right / n:.2%} read correctly ({middle - half:.2%} … {middle + half:.2%})")"""


def attack_lesson(setup: AttackSetup, recipe: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The network trained as its own recipe says, then attacked on the first test images.

    Raises ConfigError for attacks that are more than a few lines.
    """
    attack = setup.attack
    body = attack_body(attack) if attack.name in WRITTEN_OUT else None
    if body is None or attack.restarts > 1:
        raise ConfigError(
            f"Only {', '.join(WRITTEN_OUT)}, each with one try, are exported; this attack is {attack.name} "
            f"with {attack.restarts}."
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
    result = Section("What it still reads", "The same images before and after.", RESULT)
    title = entry.title if entry else f"{attack.name} against {setup.network}"
    return Lesson(title, tuple(filter(None, about)), (*sections, attacked, result))


def _head(setup: AttackSetup, attack: AttackConfig) -> str:
    lines = ["model = network", f"original, y = x_test[:{setup.n}], y_test[:{setup.n}]"]
    if setup.network and RECIPES[setup.network].config.model.family not in ("raw", "manual"):
        lines.insert(1, "model.eval()")
    if attack.target is not None:
        lines.append(f"target = torch.full_like(y, {attack.target})")
    if attack.name in ("pgd", "noise"):
        lines.append(f"torch.manual_seed({attack.seed})")
    return "\n".join(lines) + "\n"
