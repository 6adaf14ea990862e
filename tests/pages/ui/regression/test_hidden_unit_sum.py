"""What is said of the breakpoints follows from the lines that are drawn."""

import numpy as np

from core.config.run import RegressorConfig
from core.lessons.regression.hidden_unit_sum import HiddenUnitSum
from core.models.inspect.fit import Pairs, Sample
from pages.ui.regression.hidden_unit_sum import describe

GRID = np.linspace(-2, 2, 41)


def said(places: list[float], slopes: list[float], activation: str = "relu") -> str:
    parts = np.array([slope * GRID for slope in slopes])
    none = Pairs(np.zeros(0), np.zeros(0))
    points = Sample(none, none, none, -1.0, 1.0, GRID, None)
    found = HiddenUnitSum(GRID, parts, np.zeros(len(GRID)), np.array(places), (-1.0, 1.0))
    return describe(found, points, RegressorConfig(hidden=(len(places),), activation=activation))  # type: ignore[arg-type]


def test_constant_units_are_counted_among_those_with_a_breakpoint_outside() -> None:
    assert "the other 2 are linear here, 1 of them constant," in said([0.0, 3.0, 4.0], [0.0, 1.0, 0.0])
    assert "the other 2 are constant here," in said([0.0, 3.0, np.nan], [1.0, 0.0, 0.0])
    assert "the other 1 is constant here," in said([0.0, 3.0], [0.0, 0.0])
    assert "constant" not in said([0.0, 3.0], [0.0, 1.0]), "one with its breakpoint inside is not counted"
    assert "other" not in said([0.0, 0.5], [0.0, 1.0])
    assert said([0.0, 3.0], [1.0, 1.0]).endswith("piecewise linear there, with at most 2 pieces.")
    assert "piecewise" not in said([0.0, 3.0], [1.0, 1.0], "tanh")
