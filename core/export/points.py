"""The sections of a script that draw points on a curve, as the run had them."""

from core.config.run import CurveConfig, RunConfig
from core.data.points import TEST_POINTS
from core.export.digits import held_out
from core.export.lesson import Section
from core.export.snippets.words import number

#: The curves of core.data.points as Python.
CODE = {"sine": "torch.sin(x)", "square": "x**2", "absolute": "x.abs()", "step": "(x > 0).float()", "line": "x / 2"}


def point_sections(config: RunConfig) -> list[Section]:
    """Points from their numbers to `x_train`, `y_train`, `places`, `x_test`, `y_test`, all (N, 1)."""
    curve = config.data
    assert isinstance(curve, CurveConfig)
    points = _placed(curve) if curve.target == "placed" else _drawn(curve)
    if config.train.validation:
        return [points, held_out(config, "")]
    places = "places = torch.arange(len(x_train))"
    return [points, Section("Training points", "Places of the points that are trained on.", places)]


def _placed(curve: CurveConfig) -> Section:
    rows = [f"    ({x!r}, {y!r})," for x, y in curve.placed]
    code = [
        "points = torch.tensor([",
        *rows,
        "])",
        "is_test = torch.arange(len(points)) % 5 == 4",
        "x_train, y_train = points[~is_test, :1], points[~is_test, 1:]",
        "x_test, y_test = points[is_test, :1], points[is_test, 1:]",
    ]
    return Section("Points", "Somebody placed them; every fifth is kept for the test.", "\n".join(code))


def _drawn(curve: CurveConfig) -> Section:
    low, width = number(curve.low), number(curve.high - curve.low)
    noise = f" + {number(curve.noise)} * noise" if curve.noise else ""
    code = [
        "def draw(n, seed):",
        "    generator = torch.Generator().manual_seed(seed)",
        f"    x = {low} + {width} * torch.rand(n, 1, generator=generator)",
        *(["    noise = torch.randn(n, 1, generator=generator)"] if noise else []),
        f"    return x, {CODE[curve.target]}{noise}",
        "",
        "",
        f"x_train, y_train = draw({curve.points}, {2 * curve.points_seed})",
        f"x_test, y_test = draw({TEST_POINTS}, {2 * curve.points_seed + 1})",
    ]
    words = "Points on the curve, to train on and for the test, each set from a seed of its own."
    if noise:
        words += " The test points are as noisy: nobody gets below the variance of the noise."
    return Section("Points", words, "\n".join(code))
