"""A walk down a curve as a lesson: plain Python for gradient descent, torch.optim for the other rules."""

from core.config.optimizers import OPTIMIZERS
from core.config.run import OptimizerConfig, TrainConfig
from core.config.update_rules import MOMENTUM
from core.export.code_context import indented, number
from core.export.lesson import Lesson, Section, recipe_lines, recipe_title
from core.export.optimizer import optimizer_line, update_lines
from core.lessons.race.descent.curves import CURVES, bottom_value, minima
from core.lessons.race.descent.walk import DescentConfig


def descent_lesson(config: DescentConfig) -> Lesson:
    """The walk of `config`, step by step."""
    curve = CURVES[config.curve]
    value, slope = curve.code
    function = f"def f(x):\n    return {value}\n\n\ndef slope(x):\n    return {slope}"
    uphill = "Gradient ascent: the sign of the derivative is flipped. " if config.ascent else ""
    sections = (
        Section("The curve", f"{curve.idea} Its slope is written out beside it.", function),
        Section("The walk", f"{uphill}Step 1 is the start, as the book chapter counts.", _walk(config)),
    )
    return Lesson(recipe_title(config.recipe, curve.title), recipe_lines(config.recipe), sections)


def _walk(config: DescentConfig) -> str:
    bottoms = [f"{x!r}: {bottom_value(config.curve, x)!r}," for x in minima(config.curve)]
    sign = "-" if config.ascent else ""
    optimizer = config.optimizer
    plain = OPTIMIZERS[optimizer.name].rule is MOMENTUM and not optimizer.settings.get("nesterov")
    before, step = _by_hand(optimizer, sign) if plain else _by_torch(optimizer, sign)
    start, stop = [f"x = {config.start!r}", *before], []
    if config.tolerance:
        start += ["bottoms = {  # where the valleys end, and how deep", *indented(bottoms), "}"]
        stop = [
            "bottom = min(bottoms, key=lambda place: abs(place - x))",
            f"if abs(f(x) - bottoms[bottom]) <= {number(config.tolerance)}:  # near enough",
            "    break",
        ]
    state = 'x = {x:.12g}, f(x) = {f(x):.12g}")'
    return "\n".join(
        [
            *start,
            "path = [x]",
            f'print(f"step 1: {state}',
            f"for step in range({config.updates}):",
            *indented([*stop, *step, "path.append(x)", f'print(f"step {{step + 2}}: {state}']),
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
    """torch.optim moves a tensor; what it has to be told it is told as in a training."""
    before = ["W = torch.tensor([x], dtype=torch.float64)", optimizer_line(optimizer, "[W]")]
    gradient = f"W.grad = torch.tensor([{sign}slope(x)], dtype=torch.float64)"
    return before, [gradient, *update_lines(TrainConfig(optimizer=optimizer)), "optimizer.step()", "x = W.item()"]
