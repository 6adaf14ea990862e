"""How each rule of an honest evaluation is judged: verdict, number and sentence from what was measured.

The attacks meet the same images, so differences are judged image by image: of the images on which two attacks
disagree, each is as likely to fall to either side if neither is better (the exact sign test, McNemar 1947).
"""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Literal

from core.attacks import ATTACKS
from core.formatting import article, count, interval, percent
from core.lessons.adversarial.sanity_evidence import (
    AGAIN,
    GRAY,
    PARTS,
    QUERIES,
    RESTARTS,
    STEPS,
    STRONG,
    TRIED,
    Evidence,
    finishes,
)
from core.models.paired_test import paired, sign_test_p_value

Verdict = Literal["holds", "chance", "violated", "unclear", "open"]
Judged = tuple[Verdict, str, str]  # verdict, the number for the badge, what was measured
LEVEL = 0.05  # a violation that chance alone shows less often than this is one


def eval_mode_check(evidence: Evidence) -> Judged:
    """The attack looks at the network in eval mode and leaves it as it was."""
    seen = evidence.conduct
    assert seen is not None
    fine = not seen.training and not seen.touched and seen.restored
    touched = f"changed: {', '.join(seen.touched[:3])}" if seen.touched else "no weight or gradient changed"
    return (
        "holds" if fine else "violated",
        f"{seen.training} of {seen.parts} modules in training mode",
        f"A copy was passed in training mode. During the attack {seen.training} of its {seen.parts} modules were in "
        f"training mode; {touched}; afterward the modes were "
        f"{'restored' if seen.restored else 'not restored'}.",
    )


def gradient(evidence: Evidence) -> Judged:
    """The loss has a gradient at every image."""
    flat = evidence.flat
    assert flat is not None
    return (
        "violated" if flat else "holds",
        f"zero for {flat} of {evidence.n}",
        f"The gradient of the loss is zero at every pixel for {flat} of {evidence.n} images.",
    )


def within(evidence: Evidence) -> Judged:
    """No attacked image differs from its original by more than the ε it was given."""
    beyond = sum(reading.beyond for reading in evidence.readings.values())
    largest = max(r.largest for name, r in evidence.readings.items() if name != "gray")
    return (
        "violated" if beyond else "holds",
        f"largest {largest:.3f}",
        f"{beyond} of {_pictures(evidence):,} adversarial images exceed the budget; the largest L∞ norm is "
        f"{largest:.4f}, ε is {evidence.epsilon:g}.",
    )


def in_range(evidence: Evidence) -> Judged:
    """No attacked image has a pixel outside [0, 1]."""
    outside = sum(reading.outside for reading in evidence.readings.values())
    low = min(reading.low for reading in evidence.readings.values())
    high = max(reading.high for reading in evidence.readings.values())
    return (
        "violated" if outside else "holds",
        f"{low:.3f} to {high:.3f}",
        f"{outside} of {_pictures(evidence):,} adversarial images have a pixel outside; the minimum is "
        f"{low:.4f}, the maximum {high:.4f}.",
    )


def zero(evidence: Evidence) -> Judged:
    """PGD with ε = 0 changes no pixel, and the images it gives are predicted as the clean ones."""
    clean, nothing = evidence.readings["clean"], evidence.readings["nothing"]
    lost, won = _only(evidence, "clean", "nothing"), _only(evidence, "nothing", "clean")
    share = percent(clean.correct / evidence.n), percent(nothing.correct / evidence.n)
    changed = f"It changed a pixel by up to {nothing.largest:g}. " if nothing.largest else "No pixel changed. "
    slip: Verdict = "violated" if nothing.largest else "holds"
    if not lost and not won:
        return slip, f"{share[1]} both", f"{changed}Accuracy: clean {share[0]}, with ε = 0 {share[1]}."
    measured = f"{changed}Of {evidence.n} images classified twice, {lost + won} were correct only once."
    if not evidence.at_random:
        return "violated", f"{share[0]} against {share[1]}", measured
    exceeds = min(sign_test_p_value(lost, won), sign_test_p_value(won, lost)) < LEVEL / 2
    return (
        "violated" if exceeds or nothing.largest else "chance",
        f"{share[0]} against {share[1]}",
        f"{measured} The predictions of this network are random, so every accuracy is one sample.",
    )


def noise(evidence: Evidence) -> Judged:
    """PGD takes more images than random noise of the same ε, by more than chance."""
    gains, losses = _only(evidence, "noise", "pgd 40"), _only(evidence, "pgd 40", "noise")
    left, noisy = (evidence.readings[name].correct / evidence.n for name in ("pgd 40", "noise"))
    measured = (
        f"Robust accuracy {percent(noisy)} under noise of the same ε, {percent(left)} under PGD. Only PGD succeeds "
        f"on {count(gains, 'image')}, only noise on {losses}."
    )
    if sign_test_p_value(gains, losses) < LEVEL:
        verdict: Verdict = "holds"
    else:
        verdict = "violated" if sign_test_p_value(losses, gains) < LEVEL else "chance"
        if verdict == "chance":
            measured += " The difference is not significant, so this ε shows nothing."
    return verdict, f"{percent(left)} against {percent(noisy)}", measured


def iterated(evidence: Evidence) -> Judged:
    """PGD leaves no more images than the single step."""
    return _no_weaker(evidence, "pgd 40", "fgsm 8", "PGD with 40 steps", "FGSM")


def restarts(evidence: Evidence) -> Judged:
    """The best of several tries leaves no more images than one try from another start."""
    once = f"pgd {TRIED}"
    return _no_weaker(evidence, "restarts", once, f"the best of {RESTARTS} restarts", "one run")


def black(name: str) -> Callable[[Evidence], Judged]:
    """The rule for one black box, by its name in ATTACKS: of what PGD leaves it takes no more than PGD does
    when it tries again."""
    return lambda evidence: _black(evidence, name)


def _black(evidence: Evidence, name: str) -> Judged:
    title = ATTACKS[name].title
    left = [
        (again, found)
        for right, again, found in zip(
            *(evidence.readings[known].right for known in (STRONG, AGAIN, name)), strict=True
        )
        if right
    ]
    theirs, ours = sum(not found for _, found in left), sum(not again for again, _ in left)
    found = paired(*zip(*left, strict=True)) if left else paired([], [])
    verdict: Verdict = "holds"
    if found.first_only > found.second_only:  # images that stand against PGD again, and fall to the black box
        verdict = "violated" if sign_test_p_value(found.first_only, found.second_only) < LEVEL else "chance"
    if not left:
        return verdict, f"0 of 0, {QUERIES:,} queries", f"PGD succeeds on every image, so none is left for {title}."
    return (
        verdict,
        f"{theirs} of {len(left)}, {QUERIES:,} queries",
        f"Of the {len(left)} images on which PGD fails, {title} succeeds on {theirs} ({QUERIES:,} queries each), a "
        f"second PGD run on {ours}: {found.first_only} on {title} alone, {found.second_only} on PGD alone.",
    )


def _no_weaker(evidence: Evidence, strong: str, weak: str, title: str, other: str) -> Judged:
    """The rule that `strong` leaves no more images correctly classified than `weak`."""
    gains, losses = _only(evidence, weak, strong), _only(evidence, strong, weak)
    left, theirs = (evidence.readings[name].correct / evidence.n for name in (strong, weak))
    verdict: Verdict = "holds"
    if losses > gains:
        verdict = "violated" if sign_test_p_value(losses, gains) < LEVEL else "chance"
    measured = (
        f"Robust accuracy {percent(theirs)} under {other}, {percent(left)} under {title}. Only {title} succeeds on "
        f"{count(gains, 'image')}, only {other} on {losses}."
    )
    return verdict, f"{percent(left)} against {percent(theirs)}", measured


def steps(evidence: Evidence) -> Judged:
    """PGD with more steps leaves no more images than with fewer."""
    names = [f"pgd {steps}" for steps in STEPS]
    accuracy = [evidence.readings[name].correct / evidence.n for name in names]
    pairs = list(combinations(names, 2))
    rises = [(_only(evidence, more, fewer), _only(evidence, fewer, more)) for fewer, more in pairs]
    worse = [(back, lost) for back, lost in rises if back > lost]
    verdict: Verdict = "holds"
    if worse:  # the smallest of several, so each must be that much rarer (Bonferroni)
        least = min(sign_test_p_value(back, lost) for back, lost in worse)
        verdict = "violated" if least < LEVEL / len(pairs) else "chance"
    course = ", ".join(f"{percent(share)} after {steps} steps" for steps, share in zip(STEPS, accuracy, strict=True))
    rise = max([back - lost for back, lost in worse], default=0)
    measured = f"Robust accuracy: {course}. "
    measured += f"With more steps it rises by up to {rise} of {evidence.n} images." if rise else "It never rises."
    return verdict, interval(accuracy[0], accuracy[-1]), measured


def worst(evidence: Evidence) -> Judged:
    """FGSM with exactly ε leaves no image correctly classified that a smaller ε does not."""
    names = [f"fgsm {part}" for part in range(1, PARTS + 1)]
    if evidence.at_random:
        return (
            "unclear",
            "random predictions",
            f"Each image was classified at {PARTS} values of ε. The predictions of this network are random, so many "
            "images are misclassified at least once by chance: the worst case means nothing.",
        )
    worst = evidence.survivors(names)
    at = evidence.readings[names[-1]].correct
    hidden = at - worst
    return (
        "violated" if hidden else "holds",
        f"{percent(worst / evidence.n)}, not {percent(at / evidence.n)}"
        if hidden
        else f"{percent(at / evidence.n)} both",
        f"Robust accuracy under FGSM: {percent(at / evidence.n)} at exactly ε, {percent(worst / evidence.n)} in the "
        f"worst case of {PARTS} values up to ε; {_are(hidden)} misclassified at a smaller ε only.",
    )


def gray(evidence: Evidence) -> Judged:
    """Of one gray image the answer is always the same digit, so at most one digit's images are left."""
    right, n = evidence.readings["gray"].right, evidence.n
    left = sum(right)
    number = f"accuracy {percent(left / n)}"
    measured = f"Under PGD with ε = {GRAY:g}, {left} of {n} images are classified correctly"
    if not left:
        return "holds", number, f"{measured}."
    digits = Counter(label for label, kept in zip(evidence.labels, right, strict=False) if kept)
    if len(digits) == 1:  # what an answer that never changes gets right
        (digit,) = digits
        return (
            "holds",
            number,
            f"{measured}, all of them {article(digit)}: always predicting {digit} gets them right.",
        )
    verdict: Verdict = "violated" if sign_test_p_value(left, n - left, evidence.chance_level) < LEVEL else "chance"
    several = f", of {len(digits)} classes" if digits else ""
    return (
        verdict,
        number,
        f"{measured}{several}, so they have not become one gray image. Always predicting the most frequent class "
        f"gives {percent(evidence.chance_level)}.",
    )


def _only(evidence: Evidence, survives: str, falls: str) -> int:
    """Images classified correctly after the first attack and not after the second."""
    ours, theirs = evidence.readings[survives].right, evidence.readings[falls].right
    return paired(ours, theirs).first_only


def _are(n: int) -> str:
    return f"{count(n, 'image')} {'is' if n == 1 else 'are'}"


def _pictures(evidence: Evidence) -> int:
    strong = evidence.readings[STRONG].correct
    return sum(
        strong if finishes(name) and not evidence.at_random else len(reading.right)
        for name, reading in evidence.readings.items()
        if name != "clean"
    )
