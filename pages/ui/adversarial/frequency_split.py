"""Part of "Why it works": accuracy under the slow and the fast part of FGSM's signs, at equal L2."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from core.charts.evaluation_curves import StrengthCurve, strength_curves_figure
from core.charts.images import picture, shade
from core.charts.palette import BLUE, DIVERGING, GRAY, GREEN, VERMILLION
from core.data.digits import Mnist
from core.data.splits import every_kth
from core.formatting import percent, points, probability
from core.lessons.adversarial.frequencies import PARTS, Part, PartScore, at_length, part_of, read_part
from core.lessons.adversarial.pixel_gradients import pixel_gradient
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import frequency_results
from pages.ui.adversarial.frequency_results import Point
from pages.ui.kit.shell import choices
from pages.ui.kit.widgets.cached_results import data_key, which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework


def about_spectra(above: Mapping[str, float], cutoff: int) -> str:
    """above: share of the energy above the cut-off, in [0, 1], of "image", "gradient", "sign of the gradient"
    and "white noise"."""
    gradient, sign = above["gradient"], above["sign of the gradient"]
    words = (
        f"Above {cutoff} waves lies **{percent(gradient, 0)}** of the gradient's energy and "
        f"**{percent(sign, 0)}** of its sign's (the images' own: {percent(above['image'], 0)}; white noise: "
        f"{percent(above['white noise'], 0)}). "
    )
    if sign <= gradient:
        return f"{words}Here taking the sign adds no high frequencies: they come from the network."
    if sign - gradient > gradient:
        return (
            f"{words}So more than half of what is fast in the perturbation was not in the gradient: "
            "**taking the sign puts it there**, because a sign jumps from −1 to 1 with nothing between. It "
            "says little about the network."
        )
    return (
        f"{words}So most of what is fast in this perturbation is in the network's gradient already; taking "
        "the sign adds the rest."
    )


def about_parts(found: Mapping[Part, PartScore], length: float, clean: float) -> str:
    """Which part does the damage at one L2, judged by 95% intervals; clean: accuracy without any change."""
    low, high, whole, random = (found[part] for part in ("low", "high", "whole", "random"))
    words = (
        f"At L2 = {length:g}, of {percent(clean)} classified correctly the low-pass part leaves "
        f"**{percent(low.accuracy)}**, the high-pass part **{percent(high.accuracy)}**, the whole "
        f"{percent(whole.accuracy)}, random signs {percent(random.accuracy)}. "
    )
    if length == 0:
        return "At L2 = 0 nothing changes. Choose a longer change."
    slow, fast = (clean - part.accuracy for part in (low, high))
    where = "For this network, this cut-off and this length"
    if low.ci95[1] < high.ci95[0]:
        return (
            f"{words}**The slow part does the damage**: it costs {points(slow)}, the fast part "
            f"{points(fast)}. {where} the claim does not hold.{_like_chance(high, random)}"
        )
    if high.ci95[1] < low.ci95[0]:
        return (
            f"{words}**The fast part does more damage**: it costs {points(fast)}, the slow part "
            f"{points(slow)}. {where} the claim holds."
        )
    return f"{words}The 95% intervals of the two parts overlap: **undecided** here."


def about_border(pairs: Mapping[int, tuple[PartScore, PartScore]]) -> str:
    """Where the border would have to be drawn for either part to do more damage; cut-off → (low, high)."""
    slow = [border for border, (low, high) in pairs.items() if low.ci95[1] < high.ci95[0]]
    fast = [border for border, (low, high) in pairs.items() if high.ci95[1] < low.ci95[0]]
    if not fast and not slow:
        return "Wherever the border is drawn, the 95% intervals of the two parts overlap."
    sentence = [f"**up to {max(fast)} waves** the fast part does more damage"] if fast else []
    sentence += [f"**from {min(slow)} waves** on the slow part does"] if slow else []
    between = len(pairs) - len(fast) - len(slow)
    return (
        f"It depends on where high frequencies begin: with the border {', '.join(sentence)}"
        + (f"; at {between} of the {len(pairs)} borders the intervals overlap" if between else "")
        + "."
        + (" So the harmful frequencies lie around the crossing." if fast and slow else "")
    )


def _like_chance(high: PartScore, random: PartScore) -> str:
    if high.ci95[1] < random.ci95[0]:
        return " The fast part is no mere noise, though: random signs of that length hurt less."
    if high.ci95[0] > random.ci95[1]:
        return " The fast part even hurts less than random signs of that length."
    return " The fast part hurts no more than random signs of that length, as far as these images can tell."


def about_clipping(found: Mapping[Part, PartScore], after_clipping: bool) -> str:
    """What clipping to [0, 1] does to lengths and frequencies."""
    low, high = found["low"], found["high"]
    lengths = (
        "All changes are lengthened until their L2 is right after clipping to [0, 1]"
        if after_clipping
        else f"L2 is measured before clipping to [0, 1]; after it, {low.length:.2f} are left of the low-pass "
        f"part on average and {high.length:.2f} of the high-pass part"
    )
    return (
        f"{lengths}. Clipping also blurs the border: of what is left of the low-pass part "
        f"{percent(low.strayed, 0)} of the energy is above the cut-off, and of the high-pass part "
        f"{percent(high.strayed, 0)} below it."
    )


OVER_LENGTH, OVER_CUTOFF = "over the L2", "over the cut-off"
CUTOFFS = tuple(range(1, 14))
LENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
AUTOMATIC = 500  # up to so many images the curves grow without being asked
LOOKS: dict[Part, tuple[str, str, str]] = {
    "whole": ("whole sign", BLUE, "solid"),
    "low": ("low-pass", GREEN, "solid"),
    "high": ("high-pass", VERMILLION, "solid"),
    "random": ("random signs", GRAY, "dot"),
}
FIRST = 18  # the example's test image
WIDTH = 112
KEY = "adv_why"


def split_parts(trained: TrainedNetwork, mnist: Mnist, count: int, cutoff: int) -> None:
    """The curves grow on their own; what was measured is kept."""
    st.markdown("#### Which part does the damage?")
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        length = st.select_slider(
            "L2 of the change",
            LENGTHS,
            3.0,
            key=f"{KEY}_length",
            bind="query-params",
            width=300,
            format_func=lambda value: f"{value:g}",
            help="Every part is brought to this length: the root of the sum of its squares over all pixels.",
        )
        after = st.toggle(
            "Equal L2 after clipping",
            True,
            key=f"{KEY}_after",
            bind="query-params",
            help="On: equal for what the network really gets, the image clipped to [0, 1]. Off: equal "
            "before clipping, which then takes more from one part than from the other.",
        )
        over = st.segmented_control(
            "Curves",
            [OVER_LENGTH, OVER_CUTOFF],
            default=OVER_LENGTH,
            required=True,
            key=f"{KEY}_over",
            bind="query-params",
            help="How the damage grows with the length, or how it depends on where high frequencies begin.",
        )
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
        work.buttons(sum(point in kept for point in wanted), len(wanted), "points")
        _chart(kept, cutoff, length, over)
        found = {part: kept[_point(part, cutoff, length)] for part in PARTS}
        clean = kept[_point("whole", cutoff, 0.0)].accuracy
        st.markdown(about_parts(found, length, clean))
        if over == OVER_CUTOFF and all(point in kept for point in wanted):
            pairs = {border: (kept["low", border, length], kept["high", border, length]) for border in CUTOFFS}
            st.markdown(about_border(pairs))
        if length:
            st.caption(about_clipping(found, after))
        some = which_images(mnist, len(digits))
        spaced = ", evenly spaced" if len(digits) < len(mnist.test) else ""
        st.caption(f"On {some}{spaced}. Bands: 95% intervals. Dotted: what is chosen above, and chance level (10%).")
        work.go_on(wanted, kept, one)

    work.part(body)
    _example(trained, mnist, cutoff, length, after)


def _point(part: Part, cutoff: int, length: float) -> Point:
    return part, cutoff if part in ("low", "high") else None, length


def _wanted(cutoff: int, length: float, over: str) -> list[Point]:
    """All points of the curves, those that were chosen first."""
    if over == OVER_CUTOFF:
        borders = sorted(CUTOFFS, key=lambda one: (one != cutoff, one))
        return list(dict.fromkeys(_point(part, border, length) for border in borders for part in PARTS))
    lengths = sorted(LENGTHS, key=lambda one: (one != length, one))
    return [_point(part, cutoff, at) for at in lengths for part in PARTS]


def _chart(kept: dict[Point, PartScore], cutoff: int, length: float, over: str) -> None:
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
    titles = {OVER_LENGTH: "L2 of the change", OVER_CUTOFF: "cut-off (waves across the image)"}
    fig = strength_curves_figure(
        curves,
        x_title=titles[over],
        x_range=(float(places[0]), float(places[-1])),
        marked=float(cutoff) if over == OVER_CUTOFF else length,
        height=360,
    )
    chart(fig, f"{KEY}_curves_{over}")


def _example(trained: TrainedNetwork, mnist: Mnist, cutoff: int, length: float, after: bool) -> None:
    """The four changes on one image, and what the network predicts for each result."""
    with choices.image_number(f"{KEY}_example_{mnist.size}", len(mnist.test)):
        number = int(
            st.number_input(
                "Example: test image number",
                0,
                len(mnist.test) - 1,
                FIRST,
                key=f"{KEY}_example_{mnist.size}",
                bind="query-params",
                width=300,
                help="Which test image those below are made of.",
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
                st.image(tile, width=WIDTH, alt=f"The change: {LOOKS[part][0]}")
                st.image(picture(result[0, 0].numpy(), size=WIDTH), width=WIDTH, alt=f"The image, predicted as {read}")
                st.caption(f"**{read}**{wrong} {probability(float(chances[read]))}", text_alignment="center")
