"""A digit made rare among the training images, and read badly since."""

from core.config.digits import DigitsConfig
from core.config.proportion import Proportion
from core.formatting import percent
from core.models.evaluation import logits
from core.training.hints.hint import Case, Hint

#: At most this share of its images is left: from there on it is their number that is missed.
RARE = 0.5
#: The other digits must be read at least so well: a network that reads none has another trouble.
OTHERS = 0.5


def rare_digit(case: Case) -> Hint | None:
    """The rare digit's recall lies below that of the others by more than chance explains."""
    faults = case.config.data
    if not isinstance(faults, DigitsConfig) or faults.rare is None or faults.rare_share > RARE:
        return None
    if case.network is None or case.digits is None or not len(case.digits):
        return None
    out = logits(case.network, case.digits.images)
    if not bool(out.isfinite().all()):
        return None
    right = out.argmax(1) == case.digits.labels
    ours = case.digits.labels == faults.rare
    n, others = int(ours.sum()), int((~ours).sum())
    if not n or not others:
        return None
    own, rest = Proportion(int(right[ours].sum()), n), Proportion(int(right[~ours].sum()), others)
    if rest.share < OTHERS or not own.below(rest):
        return None
    return Hint(
        "rare-digit",
        f"The {faults.rare} is too rare to be learned well",
        f"Of {n:,} test images of the digit {faults.rare} it reads {percent(own.share)} (95%: "
        f"{percent(own.interval[0])} to {percent(own.interval[1])}), of the other digits {percent(rest.share)}; "
        f"{percent(faults.rare_share, 0)} of its training images were left.",
        "The loss is a mean over all images: a digit that hardly occurs hardly counts, and calling it "
        "something else costs little. Accuracy over all digits hides it.",
        {"rare": None},
        f"Gives the {faults.rare} its images back. Elsewhere: collect more, or let each rare one count more.",
    )
