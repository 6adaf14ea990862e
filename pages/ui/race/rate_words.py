"""What the learning rate does here, in a word and a number, and where it lies among all rates."""

import streamlit as st

from core.formatting import count, number
from core.lessons.race.charts.descent import rate_zones_figure
from core.lessons.race.descent.curves import bottom_value, nearest_minimum, second_derivative
from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig
from core.lessons.race.descent.zones import MEANING, PARABOLA, Zone, factor, seen, zone
from pages.ui.kit.widgets.chart import chart

#: Streamlit's color names and icons for the words.
LOOKS: dict[Zone, tuple[str, str]] = {
    "crawling": ("gray", "hourglass_top"),
    "straight down": ("green", "south_east"),
    "oscillating": ("orange", "swap_horiz"),
    "at the edge": ("orange", "balance"),
    "diverging": ("red", "warning"),
    "climbing": ("blue", "north_east"),
    "at rest": ("gray", "flag"),
}


def arrived(config: DescentConfig, path: Path) -> bool:
    """Whether the walk ended within the tolerance of the bottom."""
    off = path.values[-1] - bottom_value(config.curve, float(path.points[-1, 0]))
    return bool(abs(off) <= config.tolerance and not path.overflowed)


def word(config: DescentConfig, path: Path) -> Zone:
    """What the learning rate does: by the factor where that decides everything, else by what the walk did."""
    if in_the_zones(config) and path.updates:
        return zone(factor(config.optimizer["lr"], 2.0))
    return seen(path, arrived=arrived(config, path), ascent=config.ascent)


def in_the_zones(config: DescentConfig) -> bool:
    """Whether the parabola's zones decide the walk: plain gradient descent on it, downhill."""
    return config.curve == "parabola" and config.plain and not config.ascent


def rate_words(config: DescentConfig, path: Path) -> None:
    """The word, the end of the walk, the factor."""
    name = word(config, path)
    color, icon = LOOKS[name]
    with st.container(key="race_gd_word", horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(name, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]
        st.markdown(end_in_words(config, path), width="content")
    st.caption(factor_in_words(config, path))


def end_in_words(config: DescentConfig, path: Path) -> str:
    """How the walk ended."""
    if path.overflowed:
        return f"after {count(path.updates, 'update')} the numbers are too large for the computer"
    x = float(path.points[-1, 0])
    if not path.updates:
        return f"at x₀ = {x:g} f is already within {config.tolerance:g} of its value at the bottom"
    updates = count(path.updates, "update")
    at = f"x = {number(x, 4)}, f = {number(float(path.values[-1]), 4)}"
    if arrived(config, path):
        lowest = bottom_value(config.curve, x)
        near = f"within {config.tolerance:g} of its value at the bottom, {number(lowest, 4)}"
        return f"arrived after {updates} at {at}: f is {near}"
    return f"not at the bottom after {updates}: {at}"


def factor_in_words(config: DescentConfig, path: Path) -> str:
    """The factor, and what it says."""
    lr, uphill = config.optimizer["lr"], config.ascent
    sign = "+" if uphill else "−"
    if not config.plain:
        return (
            "The word is read off the walk. No single factor decides it: this optimizer's step depends on "
            "earlier slopes or on a learning rate that changes."
        )
    if config.curve == "parabola":
        q = factor(lr, 2.0, ascent=uphill)
        tail = "Every step goes uphill, away from the bottom." if uphill else MEANING[zone(q)]
        return f"Each step multiplies x by 1 {sign} 2 · {lr:g} = **{q:.4g}**. {tail}"
    last = float(path.points[-1, 0])
    at = [float(path.points[0, 0]), nearest_minimum(config.curve, last)]
    curvatures = [second_derivative(config.curve, x) for x in at]
    parts = [
        f"{factor(lr, b, ascent=uphill):.3g} at {what} (f″ = {b:.3g})"
        for b, what in zip(curvatures, ("the start", "the nearest bottom"), strict=True)
    ]
    return (
        f"Here the factor 1 {sign} lr · f″(x) changes on the way: {' and '.join(parts)}. Only near a bottom "
        "does it foretell the walk; the word is read off the walk itself."
    )


def zones_chart(config: DescentConfig) -> None:
    """The zones on the parabola, and the learning rate's place in them where they decide this walk."""
    lr = config.optimizer["lr"] if in_the_zones(config) else None
    chart(rate_zones_figure([(s.zone, s.low, s.high) for s in PARABOLA], lr), "race_gd_zones", still=True)
    elsewhere = "" if lr else "**They do not hold for the walk above, so its learning rate has no mark here.** "
    st.caption(
        f"{elsewhere}On x² + 2 plain gradient descent downhill: below 0.5 the factor 1 − 2·lr is positive, "
        "from 0.5 on every step overshoots, from 1 on it overshoots by more than it gained. Crawling: above "
        "0.95."
    )
