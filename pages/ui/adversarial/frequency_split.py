"""Part of "Why it works": accuracy under the low-pass and high-pass part of FGSM's perturbation, at equal L2."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.charts.evaluation_curves import StrengthCurve, strength_curves_figure
from core.charts.images import picture, shade
from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, VERMILLION
from core.data.digits import Mnist
from core.data.splits import every_kth
from core.formatting import count as counted
from core.formatting import percent, probability
from core.lessons.adversarial.frequencies import PARTS, Part, PartScore, at_length, part_of, read_part
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import frequency_results
from pages.ui.adversarial.frequency_results import Point
from pages.ui.kit.shell import choices
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework


def about_spectra(above: Mapping[str, float], cutoff: int) -> str:
    """above: share of the energy above the cut-off, in [0, 1], of "image", "gradient", "sign of the gradient"
    and "white noise"."""
    gradient, sign = above["gradient"], above["sign of the gradient"]
    words = (
        f"Above {cutoff} cycles lies **{percent(gradient, 0)}** of the gradient's energy and "
        f"**{percent(sign, 0)}** of its sign's (images: {percent(above['image'], 0)}, white noise: "
        f"{percent(above['white noise'], 0)}). "
    )
    if sign <= gradient:
        return f"{words}Taking the sign adds no high frequencies here: they come from the network."
    if sign - gradient > gradient:
        return (
            f"{words}More than half of the perturbation's high-frequency energy is not in the gradient: "
            "**taking the sign adds it**, because a sign jumps from −1 to 1. It says little about the network."
        )
    return (
        f"{words}Most of the perturbation's high-frequency energy is in the gradient already; taking the sign "
        "adds the rest."
    )


def about_parts(found: Mapping[Part, PartScore], length: float, clean: float) -> str:
    """Which part does the damage at one L2, judged by 95% intervals; clean: accuracy without any change."""
    low, high, whole, random = (found[part] for part in ("low", "high", "whole", "random"))
    words = (
        f"At L2 = {length:g} accuracy falls from {percent(clean)} to **{percent(low.accuracy)}** (low-pass), "
        f"**{percent(high.accuracy)}** (high-pass), {percent(whole.accuracy)} (whole perturbation), "
        f"{percent(random.accuracy)} (random signs). "
    )
    if length == 0:
        return "At L2 = 0 nothing changes. Choose a larger norm."
    where = "For this network, cut-off and norm"
    if low.ci95[1] < high.ci95[0]:
        return (
            f"{words}**The low-pass part does the damage**. {where} the hypothesis does not "
            f"hold.{_like_chance(high, random)}"
        )
    if high.ci95[1] < low.ci95[0]:
        return f"{words}**The high-pass part does more damage**. {where} the hypothesis holds."
    return f"{words}The 95% intervals of the two parts overlap: **undecided**."


def about_border(pairs: Mapping[int, tuple[PartScore, PartScore]]) -> str:
    """Where the border would have to be drawn for either part to do more damage; cut-off → (low, high)."""
    slow = [border for border, (low, high) in pairs.items() if low.ci95[1] < high.ci95[0]]
    fast = [border for border, (low, high) in pairs.items() if high.ci95[1] < low.ci95[0]]
    if not fast and not slow:
        return "At every cut-off the 95% intervals of the two parts overlap."
    sentence = [f"**up to {counted(max(fast), 'cycle')}** the high-pass part does more damage"] if fast else []
    sentence += [f"**from {counted(min(slow), 'cycle')}** on the low-pass part does"] if slow else []
    between = len(pairs) - len(fast) - len(slow)
    return (
        f"It depends on the cut-off: {', '.join(sentence)}"
        + (f"; at {between} of the {len(pairs)} cut-offs the intervals overlap" if between else "")
        + "."
        + (" So the harmful frequencies lie near the crossing." if fast and slow else "")
    )


def _like_chance(high: PartScore, random: PartScore) -> str:
    if high.ci95[1] < random.ci95[0]:
        return " Yet the high-pass part does more damage than random signs of the same norm."
    if high.ci95[0] > random.ci95[1]:
        return " The high-pass part does even less damage than random signs of the same norm."
    return " The high-pass part cannot be told from random signs of the same norm."


def about_clipping(found: Mapping[Part, PartScore], after_clipping: bool) -> str:
    """What clipping to [0, 1] does to lengths and frequencies."""
    low, high = found["low"], found["high"]
    lengths = (
        "All parts are scaled to equal L2 after clipping to [0, 1]"
        if after_clipping
        else f"L2 is measured before clipping to [0, 1]; after clipping it is on average {low.length:.2f} for the "
        f"low-pass part and {high.length:.2f} for the high-pass part"
    )
    return (
        f"{lengths}. Clipping also mixes the bands: {percent(low.strayed, 0)} of the low-pass part's energy ends "
        f"above the cut-off, {percent(high.strayed, 0)} of the high-pass part's below it."
    )


OVER_LENGTH, OVER_CUTOFF = "L2 norm", "cut-off frequency"
renamed("adv_why_over", {"over the L2": OVER_LENGTH, "over the cut-off": OVER_CUTOFF})
CUTOFFS = tuple(range(1, 14))
LENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
AUTOMATIC = 500  # up to so many images the curves grow without being asked
LOOKS: dict[Part, tuple[str, str, str]] = {
    "whole": ("whole", BLUE, "solid"),
    "low": ("low-pass", GREEN, "solid"),
    "high": ("high-pass", VERMILLION, "solid"),
    "random": ("random signs", GRAY, "dot"),
}
FIRST = 18  # the example's test image
WIDTH = 112
KEY = "adv_why"


@dataclass(frozen=True)
class Split:
    """count: test images. cutoff: in cycles across the image. length: L2 of every part, after: after clipping.
    over: what the curves run over."""

    count: int
    cutoff: int
    length: float
    after: bool
    over: str


def choose_length() -> float:
    """The slider for the L2 norm that every part is scaled to."""
    return float(
        st.select_slider(
            "L2 norm of the perturbation",
            LENGTHS,
            3.0,
            key=f"{KEY}_length",
            bind="query-params",
            width=300,
            format_func=lambda value: f"{value:g}",
            help="Every part is scaled to this L2 norm, so that only its frequencies differ.",
        )
    )


def choose_measure() -> tuple[bool, str]:
    """Whether norms are equal after clipping, and what the curves run over."""
    after = st.toggle(
        "Equal L2 norm after clipping",
        True,
        key=f"{KEY}_after",
        bind="query-params",
        help="On: equal for the images that the network receives, clipped to [0, 1]. Off: equal before clipping, "
        "which takes more from one part than from the other.",
    )
    over = st.segmented_control(
        "x-axis of the accuracy curves",
        [OVER_LENGTH, OVER_CUTOFF],
        default=OVER_LENGTH,
        required=True,
        key=f"{KEY}_over",
        bind="query-params",
        help="Accuracy against the norm of the perturbation, or against the cut-off frequency.",
    )
    return bool(after), str(over)


def split_parts(trained: TrainedNetwork, mnist: Mnist, split: Split) -> None:
    """The curves grow on their own; what was measured is kept."""
    st.markdown("**Accuracy at equal norm**: which part does the damage?")
    count, cutoff, length, after, over = split.count, split.cutoff, split.length, split.after, split.over
    wanted = _wanted(cutoff, length, over)
    asked = (trained.key, data_key(mnist), count, after, *((cutoff,) if over == OVER_LENGTH else (length,)))
    if count <= AUTOMATIC and st.session_state.get(f"{KEY}_asked") != asked:
        st.session_state[f"{KEY}_asked"] = asked
        st.session_state[f"{KEY}_work_on"] = True
    work = Piecework(f"{KEY}_work", "Measure the curves", help=f"{len(wanted)} points on {count:,} images each.")

    def body() -> None:
        kept = frequency_results.scores(trained, mnist, count, after)
        digits = every_kth(mnist.test, count)
        signs = frequency_results.gradients(trained, mnist, count).sign()

        def one(point: Point, progress: Callable[[float], None]) -> PartScore:
            part, border, at = point
            return read_part(trained.model, digits, signs, part, at, border or 0, after_clipping=after)

        for point in [_point(part, cutoff, at) for at in (0.0, length) for part in PARTS]:
            if point not in kept:  # what the sentences need, at once
                kept[point] = one(point, lambda share: None)
        found = {part: kept[_point(part, cutoff, length)] for part in PARTS}
        clean = kept[_point("whole", cutoff, 0.0)].accuracy
        words = about_parts(found, length, clean)
        _chart(kept, split, words)
        work.buttons(sum(point in kept for point in wanted), len(wanted), "points")
        st.markdown(words)
        if over == OVER_CUTOFF and all(point in kept for point in wanted):
            pairs = {border: (kept["low", border, length], kept["high", border, length]) for border in CUTOFFS}
            st.markdown(about_border(pairs))
        some = which_images(mnist, len(digits))
        spaced = ", evenly spaced" if len(digits) < len(mnist.test) else ""
        st.caption(
            f"On {some}{spaced}. Bands: 95% intervals. Dotted: the values chosen above, and chance level (10%)."
            + (f" {about_clipping(found, after)}" if length else "")
        )
        work.go_on(wanted, kept, one)

    work.part(body)


def _point(part: Part, cutoff: int, length: float) -> Point:
    return part, cutoff if part in ("low", "high") else None, length


def _wanted(cutoff: int, length: float, over: str) -> list[Point]:
    """All points of the curves, those that were chosen first."""
    if over == OVER_CUTOFF:
        borders = sorted(CUTOFFS, key=lambda one: (one != cutoff, one))
        return list(dict.fromkeys(_point(part, border, length) for border in borders for part in PARTS))
    lengths = sorted(LENGTHS, key=lambda one: (one != length, one))
    return [_point(part, cutoff, at) for at in lengths for part in PARTS]


def _chart(kept: dict[Point, PartScore], split: Split, words: str) -> None:
    cutoff, length, over = split.cutoff, split.length, split.over
    curves = []
    places: Sequence[float] = CUTOFFS if over == OVER_CUTOFF else LENGTHS
    for part, (name, color, dash) in LOOKS.items():
        points = {
            at: _point(part, int(at), length) if over == OVER_CUTOFF else _point(part, cutoff, at) for at in places
        }
        found = {at: kept[point] for at, point in points.items() if point in kept}
        curves.append(
            StrengthCurve(
                name=name,
                strengths=list(found),
                accuracy=[score.accuracy for score in found.values()],
                low=[score.ci95[0] for score in found.values()],
                high=[score.ci95[1] for score in found.values()],
                color=color,
                dash=dash,
                main=part in ("low", "high"),
            )
        )
    titles = {OVER_LENGTH: "L2 norm of the perturbation", OVER_CUTOFF: "cut-off frequency (cycles across the image)"}
    fig = strength_curves_figure(
        curves,
        x_title=titles[over],
        x_range=(float(places[0]), float(places[-1])),
        marked=float(cutoff) if over == OVER_CUTOFF else length,
        height=330,
    )
    chart(fig, f"{KEY}_curves_{over}", alt=words)


def example_image(trained: TrainedNetwork, mnist: Mnist, cutoff: int, length: float, after: bool) -> None:
    """The four changes on one image, and what the network predicts for each result."""
    with choices.image_number(f"{KEY}_example_{mnist.size}", len(mnist.test)):
        number = int(
            st.number_input(
                "Test image number",
                0,
                len(mnist.test) - 1,
                FIRST,
                key=f"{KEY}_example_{mnist.size}",
                bind="query-params",
                width=300,
                help="The image that is perturbed below, counted from 0.",
            )
        )
    digits = mnist.test.take(slice(number, number + 1))
    sign = pixel_gradient(trained.model, digits.images, digits.labels).sign()
    results = {
        part: at_length(digits.images, part_of(sign, part, cutoff), length, after_clipping=after) for part in PARTS
    }
    changes = np.stack([(result - digits.images)[0, 0].numpy() for result in results.values()])
    tiles = shade(changes, DIVERGING).repeat(WIDTH // 28, axis=1).repeat(WIDTH // 28, axis=2)
    with st.container(horizontal=True, gap="medium"):
        for tile, (part, result) in zip(tiles, results.items(), strict=True):
            chances = predict(trained.model, result)[0]
            read = int(chances.argmax())
            wrong = "" if read == int(digits.labels[0]) else " ✗"
            with st.container(width=WIDTH, gap="xsmall"):
                st.caption(f"**{LOOKS[part][0]}**", text_alignment="center")
                st.image(tile, width=WIDTH, alt=f"Perturbation, {LOOKS[part][0]}")
                st.image(
                    picture(result[0, 0].numpy(), size=WIDTH), width=WIDTH, alt=f"Perturbed image, predicted as {read}"
                )
                st.caption(f"**{read}**{wrong} {probability(float(chances[read]))}", text_alignment="center")
