"""Rules that look at a run and say what is wrong with it, why, and what to change.

Each rule is a pure function of a `Case` and judges by measured numbers alone; its thresholds are named where
it stands, with the reason. A rule that is not sure says nothing.

Add your own: such a function in a file here and an entry in RULES.
"""

from core.hints.hint import Case, Hint, Rule
from core.hints.imbalance import rare_digit
from core.hints.inside import dead, no_normalization, saturated
from core.hints.length import overfitting, still_falling
from core.hints.rates import batch_too_large, diverged, no_epsilon, oscillating, too_low

__all__ = ["RULES", "SHARP", "Case", "Hint", "Rule", "hints"]

#: All rules by name, in the order in which their hints are shown.
RULES: dict[str, Rule] = {
    "no-epsilon": no_epsilon,
    "rate-diverged": diverged,
    "rate-oscillating": oscillating,
    "dead-relu": dead,
    "saturated": saturated,
    "no-normalization": no_normalization,
    "batch-large": batch_too_large,
    "rate-low": too_low,
    "overfitting": overfitting,
    "rare-digit": rare_digit,
    "still-falling": still_falling,
}
#: Those that a run need not end for: what they see gets no better by waiting.
SHARP = ("no-epsilon", "rate-diverged", "rate-oscillating")
#: What a hint explains already: its consequences are no causes of their own.
EXPLAINS: dict[str, tuple[str, ...]] = {
    "no-epsilon": tuple(name for name in RULES if name != "no-epsilon"),
    "rate-diverged": tuple(name for name in RULES if name != "rate-diverged"),
    "rate-oscillating": ("still-falling", "overfitting", "no-normalization"),
    "dead-relu": ("no-normalization", "rate-low", "still-falling"),
    "saturated": ("rate-low", "batch-large", "still-falling", "no-normalization"),
    "no-normalization": ("rate-low", "still-falling", "batch-large"),
    "batch-large": ("rate-low", "still-falling"),
    "rate-low": ("still-falling",),
}


def hints(case: Case, rules: tuple[str, ...] = tuple(RULES)) -> list[Hint]:
    """What those rules say of a run, causes without their consequences."""
    found = {name: hint for name in rules if (hint := RULES[name](case)) is not None}
    explained = {other for name in found for other in EXPLAINS.get(name, ())}
    return [hint for name, hint in found.items() if name not in explained]
