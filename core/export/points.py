"""Points on a curve as text: drawn or placed, held out, in batches; for a panel and as sections of a script."""

from core.config.run import CurveConfig, RunConfig
from core.data.points import CURVES, TEST_POINTS
from core.export.code_context import PANEL, CodeContext, number
from core.export.digits import held_out
from core.export.lesson import Section


def point_lines(config: RunConfig, curve: CurveConfig) -> list[str]:
    """For a panel: `x_train`, `y_train`, what is held out of them for validation, and `batches(size)`."""
    if curve.target == "placed":
        lines, count = _placed(curve), len(curve.placed) - len(curve.placed) // 5
    else:
        lines, count = [*_draw(curve, PANEL), "", f"x_train, y_train = draw({curve.points})"], curve.points
    if held := round(config.train.validation * count):
        lines += [
            f"x_validation, y_validation = x_train[:{held}], y_train[:{held}]  # only to choose the epoch by",
            f"x_train, y_train = x_train[{held}:], y_train[{held}:]",
        ]
    return [
        *lines,
        "",
        "def batches(size):",
        "    order = torch.randperm(len(x_train))",
        "    return [(x_train[part], y_train[part]) for part in order.split(size)]",
        "",
    ]


def point_sections(config: RunConfig, curve: CurveConfig) -> list[Section]:
    """Points from their numbers to `x_train`, `y_train`, `places`, `x_test`, `y_test`, all (N, 1)."""
    if curve.target == "placed":
        words, code = "Somebody placed them; every fifth is kept for the test.", _placed(curve)
    else:
        words = "Points on the curve, to train on and for the test, each set from a seed of its own."
        if curve.noise:
            words += " The test points are as noisy: nobody gets below the variance of the noise."
        code = [
            *_draw(curve, CodeContext(script=True)),
            "",
            "",
            f"x_train, y_train = draw({curve.points}, {2 * curve.points_seed})",
            f"x_test, y_test = draw({TEST_POINTS}, {2 * curve.points_seed + 1})",
        ]
    points = Section("Points", words, "\n".join(code))
    if config.train.validation:
        return [points, held_out(config, "")]
    places = "places = torch.arange(len(x_train))"
    return [points, Section("Training points", "Places of the points that are trained on.", places)]


def _placed(curve: CurveConfig) -> list[str]:
    return [
        "points = torch.tensor([",
        *(f"    ({x!r}, {y!r})," for x, y in curve.placed),
        "])",
        "is_test = torch.arange(len(points)) % 5 == 4",
        "x_train, y_train = points[~is_test, :1], points[~is_test, 1:]",
        "x_test, y_test = points[is_test, :1], points[is_test, 1:]",
    ]


def _draw(curve: CurveConfig, context: CodeContext) -> list[str]:
    """The function `draw`, of a number of points and in a script of a seed."""
    drawn = context.generator("generator")
    low, width = number(curve.low), number(curve.high - curve.low)
    noise = f" + {number(curve.noise)} * torch.randn(n, 1{drawn})" if curve.noise else ""
    return [
        f"def draw(n{', seed' if context.script else ''}):",
        *(["    generator = torch.Generator().manual_seed(seed)"] if context.script else []),
        f"    x = {low} + {width} * torch.rand(n, 1{drawn})",
        f"    return x, {CURVES[curve.target].code}{noise}",
    ]
