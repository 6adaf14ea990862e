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
        "Attacked as it is used: in eval mode",
        (CONDUCT,),
        sanity_rules.eval_mode_check,
        "In training mode dropout blinds the network and batch norm sees the other images: easier to fool.",
    ),
    Rule(
        "There is a gradient to follow",
        (FLAT,),
        sanity_rules.gradient,
        "Where it is zero in every pixel the attack stands still, and that looks like robustness.",
        True,
    ),
    Rule(
        "No change beyond ε",
        ("pgd 40",),
        sanity_rules.within,
        "An attack that changes more than it says compares nothing. Recounted from the images themselves.",
    ),
    Rule(
        "Pixels stay between 0 and 1",
        ("pgd 40",),
        sanity_rules.in_range,
        "Ink blacker than black exists in no image; it would fool the network for the wrong reason.",
    ),
    Rule(
        "ε = 0 is the clean accuracy",
        ("clean", "nothing"),
        sanity_rules.zero,
        "PGD is really carried out with ε = 0. A difference shows a slip, or a network that guesses.",
    ),
    Rule(
        "Stronger than random noise",
        ("noise", "pgd 40"),
        sanity_rules.noise,
        "Noise knows nothing of the network. An attack that does no better has found nothing.",
        True,
    ),
    Rule(
        "Iterating is no weaker than one step",
        ("fgsm 8", "pgd 40"),
        sanity_rules.iterated,
        "PGD can do what FGSM does and more. If one step wins more, the gradient leads astray.",
        True,
    ),
    Rule(
        "More steps do not help the network",
        tuple(f"pgd {steps}" for steps in STEPS),
        sanity_rules.steps,
        "An attacker with more time is no worse off. If accuracy rises again, the search is broken.",
    ),
    Rule(
        "More restarts do not help the network",
        (f"pgd {TRIED}", "restarts"),
        sanity_rules.restarts,
        "Several random restarts are no weaker than one. If they are, the search hangs on luck.",
    ),
    Rule(
        "No smaller ε is worse",
        tuple(f"fgsm {part}" for part in range(1, PARTS + 1)),
        sanity_rules.worst,
        "“Up to ε” includes everything smaller. One large step may jump over the hole; the honest number is "
        "the worst case.",
    ),
    Rule(
        f"At ε = {GRAY:g} nothing but chance level is left",
        ("clean", "gray"),
        sanity_rules.gray,
        "So large a change can make every image the same gray. Who still classifies them was not attacked.",
        True,
    ),
    *(
        Rule(
            f"{ATTACKS[name].title} (black box) is no stronger than PGD",
            (name, STRONG, AGAIN),
            sanity_rules.black(name),
            f"Who sees gradients knows more than {QUERIES:,} outputs tell. If not, the gradients are masked.",
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
