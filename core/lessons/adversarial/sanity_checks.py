"""Is an evaluation of robustness honest? Rules that must hold, each judged from what was measured.

After the advice of Carlini et al. 2019, "On evaluating adversarial robustness", and Athalye, Carlini & Wagner
2018: a network that breaks one of them is not robust, it was attacked badly.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.attacks import ATTACKS
from core.lessons.adversarial import sanity_rules
from core.lessons.adversarial.sanity_evidence import (
    AGAIN,
    GRAY,
    PARTS,
    QUERIES,
    STEPS,
    STRONG,
    TRIED,
    Evidence,
    black_boxes,
)
from core.lessons.adversarial.sanity_rules import Judged, Verdict

CONDUCT, FLAT = "conduct", "flat"  # what a rule may need beside readings


@dataclass(frozen=True)
class Rule:
    """What should hold, what has to be measured for it, how that is judged, and why it matters.

    hints: whether a violation is a sign of masked gradients.
    """

    name: str
    needs: tuple[str, ...]
    judge: Callable[[Evidence], Judged]
    why: str
    hints: bool = False


@dataclass(frozen=True)
class Finding:
    """One rule: its verdict, the number that decided, what was measured, and why it matters.

    verdict: "holds"; "chance": it does not, but no more than chance explains; "violated"; "unclear": this
    network cannot be judged so; "open": not measured yet. hints: as in Rule.
    """

    name: str
    verdict: Verdict
    number: str
    measured: str
    why: str
    hints: bool = False


RULES = (
    Rule(
        "Attacked in evaluation mode",
        (CONDUCT,),
        sanity_rules.eval_mode_check,
        "In training mode dropout and batch statistics make the network easier to attack than it is in use.",
    ),
    Rule(
        "The gradient is not zero",
        (FLAT,),
        sanity_rules.gradient,
        "Where it is zero at every pixel a gradient attack does not move, which looks like robustness.",
        True,
    ),
    Rule(
        "Perturbations within ε",
        ("pgd 40",),
        sanity_rules.within,
        "An attack that exceeds its budget cannot be compared. Recomputed from the images.",
    ),
    Rule(
        "Pixels within [0, 1]",
        ("pgd 40",),
        sanity_rules.in_range,
        "Values outside the range occur in no image, so misclassifying them shows nothing.",
    ),
    Rule(
        "ε = 0 gives the clean accuracy",
        ("clean", "nothing"),
        sanity_rules.zero,
        "PGD is run with ε = 0. A difference shows a bug, or a network whose predictions are random.",
    ),
    Rule(
        "Stronger than random noise",
        ("noise", "pgd 40"),
        sanity_rules.noise,
        "Noise knows nothing of the network. An attack that is no stronger has found nothing.",
        True,
    ),
    Rule(
        "PGD no weaker than FGSM",
        ("fgsm 8", "pgd 40"),
        sanity_rules.iterated,
        "Many steps can do what one step does and more. If FGSM is stronger, the gradient misleads.",
        True,
    ),
    Rule(
        "More steps never weaker",
        tuple(f"pgd {steps}" for steps in STEPS),
        sanity_rules.steps,
        "If robust accuracy rises with more steps, the optimization of the attack fails.",
    ),
    Rule(
        "Random restarts never weaker",
        (f"pgd {TRIED}", "restarts"),
        sanity_rules.restarts,
        "The best of several random restarts is no weaker than one. If it is, the result depends on chance.",
    ),
    Rule(
        "No smaller ε stronger",
        tuple(f"fgsm {part}" for part in range(1, PARTS + 1)),
        sanity_rules.worst,
        "A budget of ε includes every smaller perturbation. One large step may overshoot; report the worst case.",
    ),
    Rule(
        f"Chance level at ε = {GRAY:g}",
        ("clean", "gray"),
        sanity_rules.gray,
        "At this ε every image can become the same gray. If accuracy stays above chance, the attack failed.",
        True,
    ),
    *(
        Rule(
            f"Black box ({ATTACKS[name].title}) no stronger than PGD",
            (name, STRONG, AGAIN),
            sanity_rules.black(name),
            f"Gradients reveal more than {QUERIES:,} outputs do. If not, the gradients are masked.",
            True,
        )
        for name in black_boxes()
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """All rules in order, those not measured yet marked "open"."""
    known = set(evidence.readings)
    known |= {name for name, of in ((CONDUCT, evidence.conduct), (FLAT, evidence.flat)) if of is not None}
    waiting: Judged = ("open", "…", "Not measured yet.")
    return [
        Finding(rule.name, *(rule.judge(evidence) if known >= set(rule.needs) else waiting), rule.why, rule.hints)
        for rule in RULES
    ]


def masking(found: list[Finding]) -> list[Finding]:
    """The violated rules that are signs of a gradient that leads astray or is not there."""
    return [finding for finding in found if finding.hints and finding.verdict == "violated"]


def worst_case(evidence: Evidence) -> int:
    """Images that every attack within ε measured so far leaves correctly classified: the number to report.

    Of a network that answers at random, what the strongest single attack leaves: read often enough, every
    image is misclassified once, whatever was done to it.
    """
    within = [name for name in evidence.readings if name != "gray"]
    if evidence.at_random:
        return min(evidence.readings[name].correct for name in within)
    return evidence.survivors(within)
