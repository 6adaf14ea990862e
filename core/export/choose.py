"""What can be exported: any recipe and any recorded run, by its name."""

from typing import Literal

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig, AttackSetup
from core.attacks.norms import NORMS
from core.config.errors import ConfigError, NotFound
from core.config.optimizers import OPTIMIZERS
from core.config.race import RaceConfig
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.config.update_rules import MOMENTUM
from core.export.facts import Facts, facts_of_recipe, facts_of_run
from core.export.image_race import image_race_lesson
from core.export.lesson import Lesson, Section
from core.export.race import race_lesson
from core.export.snippets.attack import attack_body
from core.export.snippets.optimizer import optimizer_line, told_lines
from core.export.snippets.words import CodeContext, number
from core.export.timeline import timeline
from core.export.training import script_sections, training_lesson
from core.jobs.snapshot import Snapshot
from core.lessons.race.descent.curves import CURVES, bottom_value, minima
from core.lessons.race.descent.walk import DescentConfig
from core.recipes.texts import RECIPES
from core.storage.runs import RunRecord, RunStore


def lesson_of(name: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The lesson of a recipe or of a recorded run.

    data: whose digits a recipe's script takes; a run's takes those that the run had. Raises NotFound for a
    name that is neither, and LabError with a sentence for what cannot be exported.
    """
    if name not in RECIPES:
        try:
            return lesson_of_run(RunStore().get(name))
        except NotFound as error:
            raise NotFound(
                f"There is no recipe and no recorded run {name!r}; `python -m core recipes` and "
                "`python -m core runs` list what there is."
            ) from error
    setup = RECIPES[name].setup
    if isinstance(setup, RunConfig):
        return lesson_of_settings(setup, data)
    if isinstance(setup, RaceConfig):
        return race_lesson(setup, name, data)
    if isinstance(setup, AttackSetup):
        return attack_lesson(setup, name, data)
    if isinstance(setup, DescentConfig):
        return descent_lesson(setup)
    return image_race_lesson(setup)


def lesson_of_settings(config: RunConfig, data: Literal["full", "small"] = "full") -> Lesson:
    """The lesson of a run that nobody has made yet, or that came along."""
    return training_lesson(config, None, facts_of_recipe(config, data))


def lesson_of_live_run(start: RunConfig, snapshot: Snapshot, data: Literal["full", "small"]) -> Lesson:
    """The lesson of a run that goes on, or has just ended, as it stands now. start: its first settings."""
    facts = Facts(
        where=f"run {snapshot.job_id}",
        data=data,
        n_train=snapshot.n_train,
        status=snapshot.status,
        precision=snapshot.precision,
        threads=snapshot.threads,
    )
    return training_lesson(start, snapshot.history, facts)


def lesson_of_run(record: RunRecord) -> Lesson:
    """The lesson of a run as it stands on record, with what was changed while it went on."""
    return training_lesson(record.config, record.history, facts_of_run(record))


# A walk down a curve as a lesson: plain Python for gradient descent, torch.optim for the other rules.


def descent_lesson(config: DescentConfig) -> Lesson:
    """The walk of `config`, step by step."""
    entry = RECIPES.get(config.recipe)
    value, slope = CURVES[config.curve].code
    function = f"def f(x):\n    return {value}\n\n\ndef slope(x):\n    return {slope}"
    title = entry.title if entry else CURVES[config.curve].title
    claim = (f"The text reports: {entry.claim}.", entry.ours or "") if entry and entry.claim else ()
    about = (*((entry.idea, f"After: {entry.source}.") if entry else ()), *filter(None, claim))
    sections = (
        Section("The curve", f"{CURVES[config.curve].idea} Its slope is written out beside it.", function),
        Section("The walk", _words(config), _walk(config)),
    )
    return Lesson(title, about, sections)


def _words(config: DescentConfig) -> str:
    way = "Uphill: the slope is turned round. " if config.ascent else ""
    return f"{way}Step 1 is the start, as the chapter counts."


def _walk(config: DescentConfig) -> str:
    bottoms = [f"    {x!r}: {bottom_value(config.curve, x)!r}," for x in minima(config.curve)]
    sign = "-" if config.ascent else ""
    optimizer = config.optimizer
    plain = OPTIMIZERS[optimizer.name].rule is MOMENTUM and not optimizer.settings.get("nesterov")
    before, step = _by_hand(optimizer, sign) if plain else _by_torch(optimizer, sign)
    stop = (
        [
            "    bottom = min(bottoms, key=lambda place: abs(place - x))",
            f"    if abs(f(x) - bottoms[bottom]) <= {number(config.tolerance)}:  # near enough",
            "        break",
        ]
        if config.tolerance
        else []
    )
    start = [f"x = {config.start!r}", *before]
    if stop:
        start += ["bottoms = {  # where the valleys end, and how deep", *bottoms, "}"]
    return "\n".join(
        [
            *start,
            "path = [x]",
            'print(f"step 1: x = {x:.12g}, f(x) = {f(x):.12g}")',
            f"for step in range({config.updates}):",
            *stop,
            *(f"    {line}" for line in step),
            "    path.append(x)",
            '    print(f"step {step + 2}: x = {x:.12g}, f(x) = {f(x):.12g}")',
        ]
    )


def _by_hand(optimizer: OptimizerConfig, sign: str) -> tuple[list[str], list[str]]:
    rate = number(optimizer["lr"])
    if decay := optimizer.settings.get("decay"):
        rate += f" / (1 + {number(decay)} * step)"
    if momentum := optimizer["momentum"]:
        return ["v = 0.0"], [f"v = {number(momentum)} * v + {rate} * {sign}slope(x)", "x -= v"]
    return [], [f"x -= {rate} * {sign}slope(x)"]


def _by_torch(optimizer: OptimizerConfig, sign: str) -> tuple[list[str], list[str]]:
    """torch.optim moves a tensor; whatever differs from the lab's meaning is told to it as in a training."""
    run = RunConfig("", MLPConfig(), TrainConfig(optimizer=optimizer))
    tell = told_lines(run, CodeContext(whole=True))
    rate = number(optimizer["lr"])
    if decay := optimizer.settings.get("decay"):
        rate += f" / (1 + {number(decay)} * step)"
        tell = [f"lr = {rate}", *tell]
    before = ["W = torch.tensor([x], dtype=torch.float64)", optimizer_line(optimizer, "[W]")]
    gradient = f"W.grad = torch.tensor([{sign}slope(x)], dtype=torch.float64)"
    return before, [gradient, *tell, "optimizer.step()", "x = W.item()"]


# An attack on a network as a lesson: train the network, then change its test images.


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
