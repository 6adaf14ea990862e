"""Rules that look at a run and say what is wrong with it, why, and what to change.

Each rule is a pure function of a `Case` and judges by measured numbers alone; its thresholds are named where
it stands, with the reason. A rule that is not sure says nothing. Pages show what the rules say below every run.

Add your own: a function in a file here and an entry in RULES. This one is whole; a test adds it as it stands and
walks it through the app:

    def few_in_a_batch(case):
        batch, steps = case.config.train.batch_size, len(case.history.loss)
        if batch > 4 or steps < 100:
            return None
        return Hint(
            "batch-small",
            "The batch is tiny: the gradient is mostly chance",
            f"Each of {steps:,} steps saw {batch} of {case.n_train:,} {case.things}.",
            "So few examples point in nearly any direction; much of what a step gains the next one loses.",
            {"batch_size": 32},
            "Means of 32 are calmer, and a step on them takes hardly longer.",
        )

    RULES["batch-small"] = Rule(few_in_a_batch, sharp=True, explains=("still-falling",))
"""

from core.training.hints.hint import Case, Hint, Rule
from core.training.hints.imbalance import rare_digit
from core.training.hints.inside import dead, no_normalization, saturated
from core.training.hints.length import overfitting, still_falling
from core.training.hints.rates import batch_too_large, diverged, no_epsilon, oscillating, too_low

__all__ = ["RULES", "Case", "Hint", "Rule", "hints"]

#: All rules by name, in the order in which their hints are shown.
RULES: dict[str, Rule] = {
    "no-epsilon": Rule(no_epsilon, sharp=True, explains="all"),
    "rate-diverged": Rule(diverged, sharp=True, explains="all"),
    "rate-oscillating": Rule(oscillating, sharp=True, explains=("still-falling", "overfitting", "no-normalization")),
    "dead-relu": Rule(dead, explains=("no-normalization", "rate-low", "still-falling")),
    "saturated": Rule(saturated, explains=("rate-low", "batch-large", "still-falling", "no-normalization")),
    "no-normalization": Rule(no_normalization, explains=("rate-low", "still-falling", "batch-large")),
    "batch-large": Rule(batch_too_large, explains=("rate-low", "still-falling")),
    "rate-low": Rule(too_low, explains=("still-falling",)),
    "overfitting": Rule(overfitting),
    "rare-digit": Rule(rare_digit),
    "still-falling": Rule(still_falling),
}


def hints(case: Case, *, sharp: bool = False) -> list[Hint]:
    """What the rules say of a run, causes without their consequences. sharp: only those a run need not end for."""
    asked = {name: rule for name, rule in RULES.items() if rule.sharp or not sharp}
    found = {name: hint for name, rule in asked.items() if (hint := rule.judge(case)) is not None}
    return [
        hint
        for name, hint in found.items()
        if not any(other != name and RULES[other].explained(name) for other in found)
    ]
