"""An attack on a network as a lesson: train the network, then change its test images."""

from typing import Literal

from core.attacks import ATTACKS
from core.attacks.config import AttackSetup
from core.config.errors import ConfigError
from core.export.attack import attacked_lines, within_lines
from core.export.code_context import timeline
from core.export.facts import Facts
from core.export.lesson import Lesson, Section, recipe_lines, recipe_title
from core.export.training import script_sections
from core.recipes.texts import RECIPES

_RESULT = """\
n = len(y)
for name, images in (("clean", original), ("adversarial", adversarial)):
    _, right = score(images, y)
    print(f"{n} {name} images: {right / n:.2%} classified correctly ({interval(right, n)})")"""


def attack_lesson(setup: AttackSetup, recipe: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The network trained as its own recipe says, then attacked on the first test images.

    Raises ConfigError for attacks that are more than a few lines.
    """
    attack = setup.attack
    if not ATTACKS[attack.name].code or attack.restarts > 1:
        written_out = ", ".join(name for name, entry in ATTACKS.items() if entry.code)
        raise ConfigError(
            f"Only {written_out}, each with one try, are exported; this attack is {attack.name} with {attack.restarts}."
        )
    if setup.network not in RECIPES:
        raise ConfigError(f"There is no recipe {setup.network!r} to train the attacked network by.")
    config = RECIPES[setup.network].config
    about = (
        *recipe_lines(recipe),
        f"First it trains {setup.network} as its recipe does ({config.train.epochs} epochs; with EPOCHS = 1 "
        f"the attack works as well), then it attacks the first {setup.n:,} test images.",
    )
    sections = (
        *script_sections(timeline(config), Facts(data=data)),
        Section(
            f"The attack: {attack.name}",
            "No weight changes any more; it is the pixels that move, within ε, so that the loss rises.",
            attacked_lines(attack, setup.n, config),
        ),
        Section(
            "Robust accuracy", "The same images before and after.", "\n".join([*within_lines(attack.name), _RESULT])
        ),
    )
    return Lesson(recipe_title(recipe, f"{attack.name} against {setup.network}"), about, sections)
