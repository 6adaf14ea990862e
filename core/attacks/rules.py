"""How each rule of an honest evaluation is judged: verdict, number and sentence from what was measured.

The attacks meet the same images, so differences are judged image by image: of the images on which two attacks
disagree, each is as likely to fall to either side if neither is better (the exact sign test, McNemar 1947).
"""

from collections.abc import Callable
from itertools import combinations
from typing import Literal

from core.attacks import ATTACKS
from core.attacks.evidence import GREY, PARTS, RESTARTS, STEPS, TRIED, Evidence
from core.paired import chance, paired

Verdict = Literal["holds", "chance", "violated", "open"]
Judged = tuple[Verdict, str, str]  # verdict, the number for the badge, what was measured
LEVEL = 0.05  # a violation that chance alone shows less often than this is one


def treated(evidence: Evidence) -> Judged:
    """The attack looks at the network in eval mode and leaves it as it was."""
    seen = evidence.conduct
    assert seen is not None
    fine = not seen.training and not seen.touched and seen.restored
    touched = f"changed: {', '.join(seen.touched[:3])}" if seen.touched else "no weight or gradient changed"
    return (
        "holds" if fine else "violated",
        f"{seen.training} of {seen.parts} in training mode",
        f"A copy was handed over in training mode. {seen.training} of its {seen.parts} parts computed in "
        f"that mode during the attack; {touched}; afterwards its parts were "
        f"{'back in their modes' if seen.restored else 'left in another mode'}.",
    )


def gradient(evidence: Evidence) -> Judged:
    """The loss has a gradient at every image."""
    flat = evidence.flat
    assert flat is not None
    return (
        "holds" if not flat else "violated" if chance(flat, 0) < LEVEL else "chance",
        f"{flat} of {evidence.n} without",
        f"The gradient of the loss is zero in every pixel of {flat} of the {evidence.n} images.",
    )


def within(evidence: Evidence) -> Judged:
    """No attacked picture differs from its original by more than the ε it was given."""
    beyond = sum(reading.beyond for reading in evidence.readings.values())
    largest = max(r.largest for name, r in evidence.readings.items() if name != "grey")
    return (
        "violated" if beyond else "holds",
        f"largest {largest:.3f}",
        f"{beyond} of all {_pictures(evidence):,} attacked pictures changed by more than they were allowed; "
        f"the largest change of a pixel is {largest:.4f}, ε is {evidence.epsilon:g}.",
    )


def in_range(evidence: Evidence) -> Judged:
    """No attacked picture has a pixel outside [0, 1]."""
    outside = sum(reading.outside for reading in evidence.readings.values())
    low = min(reading.low for reading in evidence.readings.values())
    high = max(reading.high for reading in evidence.readings.values())
    return (
        "violated" if outside else "holds",
        f"{low:.3f} to {high:.3f}",
        f"{outside} of all {_pictures(evidence):,} attacked pictures have a pixel outside; the darkest is "
        f"{low:.4f}, the brightest {high:.4f}.",
    )


def zero(evidence: Evidence) -> Judged:
    """The untouched images and those attacked with ε = 0 are read alike."""
    clean, nothing = evidence.readings["clean"], evidence.readings["nothing"]
    lost, won = _only(evidence, "clean", "nothing"), _only(evidence, "nothing", "clean")
    share = f"{clean.correct / evidence.n:.1%}", f"{nothing.correct / evidence.n:.1%}"
    if not lost and not won:
        return "holds", f"{share[1]} both", f"Untouched {share[0]}, attacked with ε = 0 {share[1]}."
    exceeds = min(chance(lost, won), chance(won, lost)) < LEVEL / 2
    return (
        "violated" if exceeds else "chance",
        f"{share[0]} against {share[1]}",
        f"The same {evidence.n} pictures were read twice: {lost + won} of them right only one time. This "
        "network answers at random, so every number about it is one draw.",
    )


def noise(evidence: Evidence) -> Judged:
    """PGD takes more images than random noise of the same ε, by more than chance."""
    gains, losses = _only(evidence, "noise", "pgd 40"), _only(evidence, "pgd 40", "noise")
    left, noisy = (evidence.readings[name].correct / evidence.n for name in ("pgd 40", "noise"))
    measured = (
        f"Noise of the same ε leaves {noisy:.1%}, PGD {left:.1%}: {_some(gains)} to PGD alone, "
        f"{losses} to noise alone."
    )
    if chance(gains, losses) < LEVEL:
        verdict: Verdict = "holds"
    else:
        verdict = "violated" if chance(losses, gains) < LEVEL else "chance"
        if verdict == "chance":
            measured += " That is no difference beyond chance, so this ε shows nothing."
    return verdict, f"{left:.1%} against {noisy:.1%}", measured


def iterated(evidence: Evidence) -> Judged:
    """PGD leaves no more images than the single step."""
    return _no_weaker(evidence, "pgd 40", "fgsm 8", "PGD with 40 steps", "FGSM")


def restarts(evidence: Evidence) -> Judged:
    """The best of several tries leaves no more images than one."""
    once = f"pgd {TRIED}"
    return _no_weaker(evidence, "restarts", once, f"the best of {RESTARTS} tries", "one try")


def black(name: str) -> Callable[[Evidence], Judged]:
    """The rule for one black box, by its name in ATTACKS: PGD leaves no more images than it."""
    return lambda evidence: _no_weaker(evidence, "pgd 40", name, "PGD", ATTACKS[name].title)


def _no_weaker(evidence: Evidence, strong: str, weak: str, title: str, other: str) -> Judged:
    """The rule that `strong` leaves no more images correctly read than `weak`."""
    gains, losses = _only(evidence, weak, strong), _only(evidence, strong, weak)
    left, theirs = (evidence.readings[name].correct / evidence.n for name in (strong, weak))
    verdict: Verdict = "holds"
    if losses > gains:
        verdict = "violated" if chance(losses, gains) < LEVEL else "chance"
    measured = (
        f"After {other} {theirs:.1%} are still read correctly, after {title} {left:.1%}: {_some(gains)} "
        f"to {title} alone, {losses} to {other} alone."
    )
    return verdict, f"{left:.1%} against {theirs:.1%}", measured


def steps(evidence: Evidence) -> Judged:
    """PGD with more steps leaves no more images than with fewer."""
    names = [f"pgd {steps}" for steps in STEPS]
    accuracy = [evidence.readings[name].correct / evidence.n for name in names]
    pairs = list(combinations(names, 2))
    rises = [(_only(evidence, more, fewer), _only(evidence, fewer, more)) for fewer, more in pairs]
    worse = [(back, lost) for back, lost in rises if back > lost]
    verdict: Verdict = "holds"
    if worse:  # the smallest of several, so each must be that much rarer (Bonferroni)
        least = min(chance(back, lost) for back, lost in worse)
        verdict = "violated" if least < LEVEL / len(pairs) else "chance"
    course = ", ".join(f"{share:.1%} after {steps}" for steps, share in zip(STEPS, accuracy, strict=True))
    rise = max([back - lost for back, lost in worse], default=0)
    measured = f"Still read correctly after so many steps: {course}. "
    measured += (
        f"At worst more steps gave back {rise} of {evidence.n} pictures." if rise else "It never rises."
    )
    return verdict, f"{accuracy[0]:.1%} to {accuracy[-1]:.1%}", measured


def worst(evidence: Evidence) -> Judged:
    """FGSM with exactly ε leaves no image correctly read that a smaller ε does not."""
    names = [f"fgsm {part}" for part in range(1, PARTS + 1)]
    worst = evidence.survivors(names)
    at = evidence.readings[names[-1]].correct
    hidden = at - worst
    verdict: Verdict = "holds" if not hidden else "violated" if chance(hidden, 0) < LEVEL else "chance"
    return (
        verdict,
        f"{worst / evidence.n:.1%}, not {at / evidence.n:.1%}" if hidden else f"{at / evidence.n:.1%} both",
        f"One FGSM step of exactly ε leaves {at / evidence.n:.1%}; the worst of {PARTS} steps up to ε "
        f"leaves {worst / evidence.n:.1%}: {_are(hidden)} read wrongly at a smaller ε and correctly "
        "again at ε.",
    )


def grey(evidence: Evidence) -> Judged:
    """Of one grey picture the best answer is always the same digit: the most frequent, a tenth or so."""
    left, n = evidence.readings["grey"].correct, evidence.n
    allowed = max(0.1135, 1 / n)  # the share of ones, MNIST's most frequent digit
    verdict: Verdict = "holds"
    if left > allowed * n:
        verdict = "violated" if chance(left, n - left, allowed) < LEVEL else "chance"
    return (
        verdict,
        f"{left / n:.1%} left",
        f"PGD with ε = {GREY:g} leaves {left} of {n}; always naming MNIST's most frequent digit gives "
        f"about {allowed:.0%}.",
    )


def _only(evidence: Evidence, survives: str, falls: str) -> int:
    """Images read correctly after the first attack and not after the second."""
    ours, theirs = evidence.readings[survives].right, evidence.readings[falls].right
    return paired(ours, theirs).first_only


def _some(count: int) -> str:
    return "1 picture falls" if count == 1 else f"{count} pictures fall"


def _are(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count} pictures are"


def _pictures(evidence: Evidence) -> int:
    return sum(len(reading.right) for name, reading in evidence.readings.items() if name != "clean")
