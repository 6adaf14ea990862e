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
    "slow convergence": ("gray", "hourglass_top"),
    "converging": ("green", "south_east"),
    "oscillating": ("orange", "swap_horiz"),
    "sustained oscillation": ("orange", "balance"),
    "diverging": ("red", "warning"),
    "ascending": ("blue", "north_east"),
    "at the minimum": ("gray", "flag"),
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
        return f"overflow after {count(path.updates, 'update')}"
    x = float(path.points[-1, 0])
    if not path.updates:
        return f"at x₀ = {x:g}, f is already within {config.tolerance:g} of the minimum"
    updates = count(path.updates, "update")
    at = f"x = {number(x, 4)}, f = {number(float(path.values[-1]), 4)}"
    if arrived(config, path):
        return f"converged after {updates}: {at}"
    return f"not converged after {updates}: {at}"


def factor_in_words(config: DescentConfig, path: Path) -> str:
    """The factor, and what it says."""
    lr, uphill = config.optimizer["lr"], config.ascent
    sign = "+" if uphill else "−"
    if not config.plain:
        return (
            "Read off the path: no single factor decides it, because this optimizer's step depends on earlier "
            "gradients or on a decaying learning rate."
        )
    if config.curve == "parabola":
        q = factor(lr, 2.0, ascent=uphill)
        tail = "Every step increases f." if uphill else MEANING[zone(q)]
        return f"Each step multiplies x by 1 {sign} 2 · {lr:g} = **{q:.4g}**. {tail}"
    last = float(path.points[-1, 0])
    at = [float(path.points[0, 0]), nearest_minimum(config.curve, last)]
    curvatures = [second_derivative(config.curve, x) for x in at]
    parts = [
        f"{factor(lr, b, ascent=uphill):.3g} at {what} (f″ = {b:.3g})"
        for b, what in zip(curvatures, ("x₀", "the nearest minimum"), strict=True)
    ]
    return (
        f"The factor 1 {sign} lr · f″(x) changes along the path: {' and '.join(parts)}. It predicts the path only "
        "near a minimum."
    )


def zones_chart(config: DescentConfig) -> None:
    """The zones on the parabola, and the learning rate's place in them where they decide this walk."""
    lr = config.optimizer["lr"] if in_the_zones(config) else None
    said = "On the parabola gradient descent converges slowly below 0.025, converges up to 0.5, oscillates up to 1 and "
    said += "diverges above."
    chart(rate_zones_figure([(s.zone, s.low, s.high) for s in PARABOLA], lr), "race_gd_zones", still=True, alt=said)
    elsewhere = "" if lr else "**These zones do not hold for the settings above.** "
    st.caption(
        f"{elsewhere}Gradient descent on x² + 2: each step multiplies x by 1 − 2·lr. From lr = 0.5 it overshoots, from "
        "lr = 1 it diverges; a factor above 0.95 counts as slow."
    )
