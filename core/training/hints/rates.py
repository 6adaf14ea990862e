"""Steps too long or too short: the loss blows up, jumps about, or crawls."""

import numpy as np

from core.config.optimizers import OPTIMIZERS
from core.formatting import number, ratio
from core.training.callbacks import without_epsilon
from core.training.hints.hint import Case, Hint, handy
from core.training.hints.reading import BLOCK, per_step, since_change, start_and_end

#: A loss twice what the fresh weights had is no noise: they only guess.
BLOWN = 2.0
#: A tenth is the usual next try; a rate just above the border between the two is found from there.
LESS = 10.0
#: Blocks before anything is said about jumping: fewer show no pattern.
FEWEST = 6
#: A block this many times above the best before it, and by so much of the first loss, has jumped. The noise
#: of 500 images stays below: about 7% of their mean, and late in a run next to nothing.
JUMP, JUMP_OF_START = 1.5, 0.1
#: Share of the blocks in the second half that must have jumped: once may happen to anyone.
OFTEN = 0.25
#: More than this share of the first loss is left: hardly anything was learned.
LEFT = 0.5
#: The last quarter fell at least this share of an even fall: it crawls, it does not stand.
EVEN = 0.5
#: A fall of less than this share of the first loss drowns in the noise of the steps: it has hardly moved.
FALL = 0.004
#: Batches from here on make few steps; for smaller ones their number is no excuse.
LARGE = 512
#: Fewer steps than this are few: the recipes make 300 on the 4,000 bundled digits, and thousands on MNIST.
FEW_STEPS = 300
#: What a batch is made instead: every recipe learns with it.
USUAL_BATCH = 64


def no_epsilon(case: Case) -> Hint | None:
    """The loss stopped being a number without having grown, and nothing keeps the division from zero."""
    numbers = [loss for loss in case.history.loss if loss is not None]
    optimizer = case.config.train.optimizer
    if len(numbers) == len(case.history.loss) or not without_epsilon(optimizer):
        return None
    if numbers and numbers[-1] >= BLOWN * numbers[0]:
        return None
    usual = OPTIMIZERS[optimizer.name].settings["epsilon"].default
    return Hint(
        "no-epsilon",
        "Division by zero: ε is 0",
        f"With epsilon {optimizer['epsilon']:g} the loss was NaN at step {len(case.history.loss):,}, "
        "without having grown before.",
        f"{OPTIMIZERS[optimizer.name].title} divides each weight's step by the size of its gradients. Where "
        "a pixel is always black, its weights' gradients are all zero, and 0/0 is not a number.",
        {"epsilon": usual},
        f"The default ε, {usual:g}, is added to the divisor and keeps it away from zero.",
    )


def diverged(case: Case) -> Hint | None:
    """The loss stopped being a number, or shot up and is still far from what was lost by it."""
    losses = case.history.loss
    numbers = [loss for loss in losses if loss is not None]
    if no_epsilon(case):
        return None
    if len(numbers) < len(losses):
        evidence = (
            f"At learning rate {case.rate:g} the loss was {number(numbers[0])} at the first step, "
            f"{number(numbers[-1])} at the last finite one, and NaN at step {len(losses):,}."
            if numbers
            else f"At learning rate {case.rate:g} the very first loss was NaN."
        )
        return _slower(
            case,
            "rate-diverged",
            "The learning rate is too high: the loss blew up",
            evidence,
            "Each step overshoots the valley and lands higher on its other side, where the slope is steeper "
            "and the next step longer still. Weights and loss grow without bound.",
        )
    means = since_change(case.history)
    if len(means) < FEWEST or case.config.train.adversarial != "none":  # there the loss grows as ε does
        return None
    first, peak, now = _first(case), float(means.max()), float(means[-1])
    if peak < BLOWN * first or now < LEFT * first:
        return None
    return _slower(
        case,
        "rate-diverged",
        "The learning rate is too high: the loss shot up",
        f"At learning rate {case.rate:g} the loss went from {number(first)} up to {number(peak)} (mean over about "
        f"{BLOCK} examples); over the last {BLOCK} it was {number(now)}.",
        "The first steps overshot and threw the weights far out, where units are saturated or dead and there "
        "is hardly a slope to come back by.",
    )


def oscillating(case: Case) -> Hint | None:
    """The loss jumps up and down far above the best it has reached."""
    means = since_change(case.history)
    if len(means) < FEWEST or case.config.train.adversarial != "none":
        return None
    best = np.minimum.accumulate(means)[:-1]
    jumped = (means[1:] > JUMP * best) & (means[1:] > best + JUMP_OF_START * _first(case))
    late, second = jumped[len(jumped) // 2 :], means[len(means) // 2 :]
    falls = int((np.diff(second) < 0).sum())
    if late.mean() < OFTEN or not falls:
        return None
    evidence = (
        f"In the second half the mean loss over about {BLOCK} examples lay more than {JUMP:g} times above "
        f"the best before it {int(late.sum())} of {len(late)} times; there it ranged from "
        f"{number(float(second.min()))} to {number(float(second.max()))}."
    )
    return _slower(
        case,
        "rate-oscillating",
        "The learning rate is too high: the loss jumps about",
        evidence,
        "The steps are longer than the valley is wide, so the weights leap from one slope to the other "
        "instead of walking down.",
    )


def _first(case: Case) -> float:
    """Training loss before the first step; a single batch would do where that was not measured."""
    ends = start_and_end(case.history)
    return ends[0] if ends else float(case.history.loss[0] or 0.0)


def _slower(case: Case, rule: str, title: str, evidence: str, why: str) -> Hint:
    lower = handy(case.rate / LESS)
    effect = f"A tenth of the learning rate; if training then crawls at {lower:g}, the right one lies in between."
    return Hint(rule, title, evidence, why, {"lr": lower}, effect)


def too_low(case: Case) -> Hint | None:
    """The loss falls evenly and has hardly moved: many more steps, or longer ones."""
    if few_large_steps(case) or not (facts := _crawled(case)):
        return None
    first, last, quarter = facts
    higher = handy(case.rate * LESS)
    as_before = (
        f"{number(first)} to {number(last)}; in the last quarter it still fell by {number(quarter)}, as "
        "evenly as before."
        if quarter is not None
        else f"{first:.5g} to {last:.5g}."
    )
    return Hint(
        "rate-low",
        "The learning rate is too low: it crawls",
        f"In {len(case.history.loss):,} steps at learning rate {case.rate:g} the training loss went from {as_before}",
        "The direction is right and every step is tiny. The surface looks the same over many steps, so "
        "longer ones would go the same way sooner.",
        {"lr": higher},
        "Ten times the learning rate: as much progress in a tenth of the steps, until steps become too long.",
    )


def batch_too_large(case: Case) -> Hint | None:
    """Large batches left too few steps, at a rate made for many."""
    if not few_large_steps(case) or not (facts := _crawled(case)):
        return None
    first, last, _ = facts
    steps, batch = len(case.history.loss), per_step(case.history)
    times = batch / USUAL_BATCH
    return Hint(
        "batch-large",
        "The batch is too large for the learning rate: too few steps",
        f"Batches of {batch:,} made {steps:,} steps of {case.n_train:,} examples an epoch; at learning rate "
        f"{case.rate:g} the training loss only went from {number(first)} to {number(last)}.",
        "A larger batch makes a step less noisy, not longer. With batches k times as large there are k times "
        "fewer steps, so it takes about k times the learning rate to get as far (Goyal et al. 2017).",
        {"batch_size": USUAL_BATCH},
        f"About {ratio(times)} as many steps of the same length, in as many epochs.",
    )


def few_large_steps(case: Case) -> bool:
    """Whether the batches are so large that few steps were made."""
    return per_step(case.history) >= LARGE and len(case.history.loss) < FEW_STEPS


def _crawled(case: Case) -> tuple[float, float, float | None] | None:
    """Training loss at the start and the end, and how much it fell in the last quarter of the steps, where it
    crawled evenly; None in place of that where it hardly moved at all."""
    ends = start_and_end(case.history)
    losses = [loss for loss in case.history.loss if loss is not None]
    if ends is None or len(losses) < max(4, len(case.history.loss)):
        return None
    first, last = ends
    if not LEFT * first <= last < first or case.config.train.adversarial != "none":
        return None
    if first - last < FALL * first:
        return first, last, None
    quarters = [float(part.mean()) for part in np.array_split(np.array(losses), 4)]
    fell = quarters[2] - quarters[3]  # between the middles of the last two quarters
    return (first, last, fell) if fell >= EVEN * (first - last) / 4 else None
