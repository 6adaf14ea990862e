"""What the numbers say of a suspect, in sentences. None of them knows which bug it is."""

from collections.abc import Sequence

from core.formatting import interval, percent, ratio
from core.lessons.backprop.gradient_check import EXACT, Agreement
from core.lessons.backprop.planted_bug import Planted
from core.lessons.backprop.update_check import EXACT as EXACT_UPDATE

SPIKE = 0.5  # nats that a loss must rise over its lowest so far to be called a spike
GUESSING = 0.15  # ten digits: what is hardly above a tenth is not reading


def wrong_ones(names: Sequence[str], found: Sequence[Agreement]) -> list[str]:
    """Names of the tensors whose gradient is wrong."""
    return [name for name, entry in zip(names, found, strict=True) if not entry.within(EXACT)]


def first_wrong_step(rows: Sequence[Sequence[Agreement]]) -> int | None:
    """The first step, counted from 1, at which a tensor is not where it should be."""
    for number, row in enumerate(rows, start=1):
        if not all(entry.within(EXACT_UPDATE) for entry in row):
            return number
    return None


def of_gradients(names: Sequence[str], found: Sequence[Agreement]) -> str:
    """Which tensors are red, and how they differ."""
    wrong = wrong_ones(names, found)
    if not wrong:
        return f"**All {len(names)} gradients are right.**"
    shape = [entry for entry in found if not entry.within(EXACT) and entry.length is not None]
    sentence = (
        "**All gradients are wrong.**"
        if len(wrong) == len(names)
        else f"**Red: {', '.join(wrong)}.** {_the_rest(names, wrong)}"
    )
    if not shape:
        return sentence
    lengths, angles = [e.length or 0.0 for e in shape], [e.angle or 0.0 for e in shape]
    if max(angles) < 0.01 and max(lengths) - min(lengths) < 1e-6 * max(lengths):
        return f"{sentence} All point exactly the right way, {ratio(lengths[0])} as long as they should be."
    return (
        f"{sentence} They are {_span(lengths, ' times')} as long as they should be and point "
        f"{_span(angles, '°')} away from the right direction."
    )


def _the_rest(names: Sequence[str], wrong: Sequence[str]) -> str:
    """Where the wrong ones are; names: "W_1", "b_1", … or "W_h", …, first layer first."""
    layers = list(dict.fromkeys(name.rpartition("_")[2] for name in names))
    right = [layer for layer in layers if not any(name.endswith(f"_{layer}") for name in wrong)]
    if not right:
        return "Every layer has one that is wrong."
    all_below = sum(not name.endswith(f"_{layers[-1]}") for name in names) == len(wrong)
    if right == layers[-1:] and all_below:
        return "The gradients of the last layer are right, those below are not."
    clean = [name for name in names if name not in wrong]
    return f"Right: {', '.join(clean)}."


def of_updates(rows: Sequence[Sequence[Agreement]]) -> str:
    """From which step on the weights are wrong."""
    first = first_wrong_step(rows)
    if first is None:
        return f"**All {len(rows)} steps are right.**"
    lengths = [entry.length for entry in rows[-1] if entry.length is not None]
    sentence = (
        "**Wrong from the first step.**"
        if first == 1
        else f"**Step {first - 1} is right, step {first} is wrong.** A single step would not have shown it."
    )
    if not lengths:
        return sentence
    how_far = _span(lengths, " times")
    return f"{sentence} After step {len(rows)} the tensors have moved {how_far} as far as they should."


def of_training(right: Planted, wrong: Planted) -> str:
    """How learning with the bug compares, made from the two runs."""
    good, bad, n = right.accuracy[-1], wrong.accuracy[-1], wrong.n
    numbers = f"{percent(bad)} of {n:,} test images, the right code {percent(good)}"
    if wrong.diverged and right.diverged:
        return (
            f"Both diverged: the right code at step {right.diverged:,}, with the bug at step "
            f"{wrong.diverged:,}. Lower the learning rate."
        )
    if wrong.diverged:
        return (
            f"**With the bug training broke down**: at step {wrong.diverged:,} of {len(right.loss):,} the "
            f"loss stopped being a number, and the curve ends. When last measured it read {numbers}."
        )
    if right.diverged:
        return (
            f"Here the right code diverged, at step {right.diverged:,}, and with the bug it did not: it "
            f"reads {numbers}. The learning rate is too high for right gradients; lower it."
        )
    (good_low, good_high), (low, high) = right.ci95, wrong.ci95
    spike = spike_of(right, wrong)
    grown = "" if spike is None else f" {spike}"
    if low > good_high:
        away = "" if spike else " The curves alone would never give this bug away."
        return (
            f"**It trains, and faster than the right code**: {numbers}, after {right.seen[-1]:,} images at "
            f"this learning rate.{away}{grown}"
        )
    if bad < GUESSING and good < GUESSING:
        return f"Neither has learned much yet: {numbers}. Raise the learning rate.{grown}"
    if bad < GUESSING and max(wrong.accuracy) > 2 * GUESSING:
        return (
            f"**It learns first, and loses it again**: at best {percent(max(wrong.accuracy))}, in the end "
            f"{numbers}.{grown}"
        )
    if bad < GUESSING:
        return f"**It does not learn**: {numbers}; guessing gets about a tenth.{grown}"
    if high >= good_low:
        close = (
            f"{numbers}, too close to tell apart (95% intervals {interval(low, high)} and "
            f"{interval(good_low, good_high)})"
        )
        if spike:
            return f"**It ends where the right code does, but on a rougher way**: {close}.{grown}"
        return f"**It trains about as well as the right code**: {close}. Only the checks show the bug."
    return f"**It learns, but worse**: {numbers}.{grown}"


def spike_of(right: Planted, wrong: Planted) -> str | None:
    """A sentence on the largest rise of the loss over its lowest so far, if the right code has none like it.

    A spike rises by more than SPIKE, and by more than twice as much as the right code's loss ever does.
    """
    ours, (rise, peak, step) = right.largest_rise[0], wrong.largest_rise
    if rise <= max(SPIKE, 2 * ours):
        return None
    return (
        f"Its loss spikes: near step {step:,} it stands at {peak:.3g} nats, {rise:.3g} above its lowest so "
        f"far; the right code's loss never rises by more than {ours:.2g}."
    )


def hint(names: Sequence[str], found: Sequence[Agreement], rows: Sequence[Sequence[Agreement]]) -> str:
    """Where the evidence points, without a name."""
    wrong = wrong_ones(names, found)
    if not wrong:
        lengths = [entry.length for entry in rows[-1] if entry.length is not None]
        way = (
            ""
            if not lengths
            else " and then too little"
            if max(lengths) < 1
            else " and then too much"
            if min(lengths) > 1
            else " and then differently"
        )
        return (
            "Every gradient is green, so the backward pass is right: the mistake is in what is done with the "
            f"gradients. The first step is right too{way}: what does the second step remember of the first?"
        )
    angles = [entry.angle or 0.0 for entry in found if entry.angle is not None]
    if len(wrong) == len(names):
        place = "Even the last layer is red: the mistake is at the very start of the way back, at the loss."
        if max(angles, default=0.0) < 0.01:
            return f"{place} Every gradient points the right way; only its length is wrong."
        return f"{place} And it is no mere factor: the last layer's gradient points the wrong way."
    lower = [e for e in found if not e.within(EXACT) and e.angle is not None]
    turn, lengths = max((e.angle or 0.0 for e in lower), default=0.0), [e.length or 0.0 for e in lower]
    sentence = (
        "The last layer is green, so the loss is right. Below it all is red: something goes wrong on the "
        f"way down through weights and slopes. Look at the red gradients: {_span(lengths, ' times')} the "
        f"right length, up to {turn:.0f}° off."
    )
    if turn > 60:
        return sentence + " So far off, the blame must have reached the wrong units altogether."
    if min(lengths, default=1.0) > 1.5:
        return sentence + " Too long: something that should shrink them on the way is missing."
    return sentence + " Nearly right: each unit has its blame, scaled a little wrongly."


def _span(numbers: Sequence[float], unit: str) -> str:
    low, high = (f"{value:.3g}" for value in (min(numbers), max(numbers)))
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def score_of(answers: dict[int, bool]) -> str:
    """For example "2 of 3 found"."""
    return f"{sum(answers.values())} of {len(answers)} found" if answers else "no answer yet"
