"""What the numbers say of a suspect, in sentences. None of them knows which bug it is."""

from collections.abc import Sequence

from core.formatting import interval, percent, ratio
from core.lessons.backprop.gradient_check import EXACT, Agreement
from core.lessons.backprop.planted_bug import Planted
from core.lessons.backprop.update_check import EXACT as EXACT_UPDATE

SPIKE = 0.5  # nats that a loss must rise over its lowest so far to be called a spike
CHANCE = 0.15  # ten digits: hardly above chance level


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
    """Which gradients are wrong, and how they differ."""
    wrong = wrong_ones(names, found)
    if not wrong:
        return f"**All {len(names)} gradients are correct.**"
    shape = [entry for entry in found if not entry.within(EXACT) and entry.length is not None]
    sentence = (
        "**All gradients are wrong.**"
        if len(wrong) == len(names)
        else f"**Wrong: {', '.join(wrong)}.** {_the_rest(names, wrong)}"
    )
    if not shape:
        return sentence
    lengths, angles = [e.length or 0.0 for e in shape], [e.angle or 0.0 for e in shape]
    if max(angles) < 0.01 and max(lengths) - min(lengths) < 1e-6 * max(lengths):
        return f"{sentence} All have the right direction, but {ratio(lengths[0])} the right norm."
    return (
        f"{sentence} Their norm is {_span(lengths, ' times')} the right one, the angle to the right direction "
        f"{_span(angles, '°')}."
    )


def _the_rest(names: Sequence[str], wrong: Sequence[str]) -> str:
    """Where the wrong ones are; names: "W_1", "b_1", … or "W_h", …, first layer first."""
    layers = list(dict.fromkeys(name.rpartition("_")[2] for name in names))
    right = [layer for layer in layers if not any(name.endswith(f"_{layer}") for name in wrong)]
    if not right:
        return "Every layer has a wrong one."
    all_below = sum(not name.endswith(f"_{layers[-1]}") for name in names) == len(wrong)
    if right == layers[-1:] and all_below:
        return "Those of the output layer are correct, those below are not."
    clean = [name for name in names if name not in wrong]
    return f"Correct: {', '.join(clean)}."


def of_updates(rows: Sequence[Sequence[Agreement]]) -> str:
    """From which step on the weights are wrong."""
    first = first_wrong_step(rows)
    if first is None:
        return f"**All {len(rows)} steps are correct.**"
    lengths = [entry.length for entry in rows[-1] if entry.length is not None]
    sentence = (
        "**Wrong from the first step.**"
        if first == 1
        else f"**Step {first - 1} is correct, step {first} is wrong.** A check of one step would not reveal it."
    )
    if not lengths:
        return sentence
    how_far = _span(lengths, " times")
    return f"{sentence} After step {len(rows)} the norm of the total update is {how_far} the right one."


def of_training(right: Planted, wrong: Planted) -> str:
    """How learning with the bug compares, made from the two runs."""
    good, bad = right.accuracy[-1], wrong.accuracy[-1]
    numbers = f"test accuracy {percent(bad)}, correct code {percent(good)}"
    if wrong.diverged and right.diverged:
        return (
            f"Both diverged: the correct code at step {right.diverged:,}, with the bug at step "
            f"{wrong.diverged:,}. Lower the learning rate."
        )
    if wrong.diverged:
        return (
            f"**With the bug training diverged**: at step {wrong.diverged:,} of {len(right.loss):,} the loss became "
            f"NaN. Last measured: {numbers}."
        )
    if right.diverged:
        return (
            f"The correct code diverged at step {right.diverged:,}, with the bug it did not: {numbers}. The learning "
            "rate is too high for correct gradients; lower it."
        )
    (good_low, good_high), (low, high) = right.ci95, wrong.ci95
    spike = spike_of(right, wrong)
    grown = "" if spike is None else f" {spike}"
    if low > good_high:
        away = "" if spike else " The curves alone would not reveal this bug."
        return (
            f"**It trains, and faster than the correct code**: {numbers} after {right.seen[-1]:,} images at "
            f"this learning rate.{away}{grown}"
        )
    if bad < CHANCE and good < CHANCE:
        return f"Neither has learned much yet: {numbers}. Raise the learning rate.{grown}"
    if bad < CHANCE and max(wrong.accuracy) > 2 * CHANCE:
        return (
            f"**It learns at first, then degrades**: best test accuracy {percent(max(wrong.accuracy))}, at the end "
            f"{numbers}.{grown}"
        )
    if bad < CHANCE:
        return f"**It does not learn**: {numbers}; chance level is 10%.{grown}"
    if high >= good_low:
        close = (
            f"{numbers}, no significant difference (95% intervals {interval(low, high)} and "
            f"{interval(good_low, good_high)})"
        )
        if spike:
            return f"**It ends where the correct code does, but less smoothly**: {close}.{grown}"
        return f"**It trains about as well as the correct code**: {close}. Only the checks reveal the bug."
    return f"**It learns, but worse**: {numbers}.{grown}"


def spike_of(right: Planted, wrong: Planted) -> str | None:
    """A sentence on the largest rise of the loss over its lowest so far, if the right code has none like it.

    A spike rises by more than SPIKE, and by more than twice as much as the right code's loss ever does.
    """
    ours, (rise, peak, step) = right.largest_rise[0], wrong.largest_rise
    if rise <= max(SPIKE, 2 * ours):
        return None
    return (
        f"Its loss spikes: near step {step:,} it is {peak:.3g} nats, {rise:.3g} above its minimum so far; the correct "
        f"code's loss never rises by more than {ours:.2g}."
    )


def hint(names: Sequence[str], found: Sequence[Agreement], rows: Sequence[Sequence[Agreement]]) -> str:
    """Where the evidence points, without a name."""
    wrong = wrong_ones(names, found)
    if not wrong:
        lengths = [entry.length for entry in rows[-1] if entry.length is not None]
        way = (
            ""
            if not lengths
            else ", later steps are too small"
            if max(lengths) < 1
            else ", later steps are too large"
            if min(lengths) > 1
            else ", later steps differ"
        )
        return (
            "Every gradient is correct, so the backward pass is: the bug is in the update. The first step is correct "
            f"too{way}: what does the second step keep from the first?"
        )
    angles = [entry.angle or 0.0 for entry in found if entry.angle is not None]
    if len(wrong) == len(names):
        place = "Even the output layer is wrong: the bug is where backpropagation starts, at the loss."
        if max(angles, default=0.0) < 0.01:
            return f"{place} Every gradient has the right direction; only its norm is wrong."
        return f"{place} It is more than a factor: the output layer's gradient has the wrong direction."
    lower = [e for e in found if not e.within(EXACT) and e.angle is not None]
    turn, lengths = max((e.angle or 0.0 for e in lower), default=0.0), [e.length or 0.0 for e in lower]
    sentence = (
        "The output layer is correct, so the loss is. Every layer below is wrong: the bug is in the step backward "
        f"through weights and derivatives. The wrong gradients have {_span(lengths, ' times')} the right norm and "
        f"are up to {turn:.0f}° off."
    )
    if turn > 60:
        return sentence + " So large an angle means that the error reaches the wrong units."
    if min(lengths, default=1.0) > 1.5:
        return sentence + " Too large: a factor that should reduce them is missing."
    return sentence + " Nearly right: each unit receives its error, scaled slightly wrong."


def _span(numbers: Sequence[float], unit: str) -> str:
    low, high = (f"{value:.3g}" for value in (min(numbers), max(numbers)))
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def score_of(answers: dict[int, bool]) -> str:
    """For example "2 of 3 found"."""
    return f"{sum(answers.values())} of {len(answers)} found" if answers else "no answer yet"
