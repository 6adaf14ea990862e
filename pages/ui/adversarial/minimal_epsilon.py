"""Part of the tab "One image": the smallest ε that fools the network, found by trying and halving."""

import streamlit as st
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS
from core.lessons.adversarial.charts.one_image import epsilon_tries_figure, needed_epsilon_figure
from core.lessons.adversarial.minimal_epsilon import PRECISION, Bisection
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import attack_results
from pages.ui.adversarial.one_result import a, pictures
from pages.ui.kit.widgets.chart import chart


def smallest_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """The tries as a chart, the image at the ε that was found, and on request what every attack needs."""
    found = attack_results.smallest(trained, image, label, config)
    st.markdown(_told(found, label, config))
    if found.epsilon != 0:
        left, right = st.columns([1.2, 1], gap="medium", vertical_alignment="center")
        with left:
            _tries(found, config)
        if found.epsilon is not None:
            before, after = (predict(trained.model, one[None])[0] for one in (image, found.image))
            with right:
                pictures(image, found.image, before, after, key="adv-three-smallest", size=112)
    if st.toggle(
        "Compare all attacks",
        key="adv_one_compare",
        bind="query-params",
        help="Look for the smallest ε of every attack on this image, each with its own usual settings. "
        "Those that take hundreds of steps are slow.",
    ):
        _compared(trained, image, label, config)


def _tries(found: Bisection, config: AttackConfig) -> None:
    norm = NORMS[ATTACKS[config.name].norm]
    aim = "right digit" if config.target is None else f"{config.target}"
    largest = max(one.epsilon for one in found.tries)
    fig = epsilon_tries_figure(
        [one.epsilon for one in found.tries],
        [one.chance for one in found.tries],
        [one.fooled for one in found.tries],
        [one.read for one in found.tries],
        smallest=found.epsilon,
        end=largest,
        y_title=f"probability of the {aim}",
        x_title=f"ε ({norm.title})",
    )
    chart(fig, "adv_one_tries", still=True)


def _told(found: Bisection, label: int, config: AttackConfig) -> str:
    """The answer, and how it was found."""
    entry, count = ATTACKS[config.name], len(found.tries)
    norm = NORMS[entry.norm]
    aim = "" if config.target is None else f" with the target {a(config.target)}"
    if found.epsilon == 0:
        predicted = found.tries[0].read
        right = f", and this is {a(label)}" if config.target is None else ""
        return f"**ε = 0.** The network predicts {a(predicted)} as it is{right}: nothing has to change."
    if found.epsilon is None:
        end = attack_results.search_end(config)
        return (
            f"**None up to {end:g}.** {entry.title} did not succeed{aim} with any of the {count} "
            f"values of ε ({norm.title}) that were tried."
        )
    fooling = next(one for one in reversed(found.tries) if one.fooled)
    at = f"{found.epsilon:.0f} pixels" if entry.norm == "l0" else f"{found.epsilon:.3g}"
    how = (
        f"{count} values of ε were tried: from below until one succeeds, then the gap beneath it was halved "
        f"until it was no wider than {PRECISION[entry.norm]:g}."
        if entry.bounded
        else "This attack looks for a small change by itself; that is the size it came to. Another attack "
        "may find a smaller one."
    )
    after = f": it then predicts {a(fooling.read)}"
    return f"**{at}** ({norm.title}) is enough for {entry.title} to succeed{aim or after}. {how}{_back_again(found)}"


def _back_again(found: Bisection) -> str:
    """A warning where a larger ε that was tried did not fool."""
    later = [one.epsilon for one in found.tries if not one.fooled and one.epsilon > (found.epsilon or 0)]
    return f" A larger one need not do: at {min(later):.3g} it did not." if later else ""


def _compared(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Bars of what every attack needs, one chart a norm."""
    target = config.target
    named = [name for name, entry in ATTACKS.items() if target is None or entry.targeted]
    found = {name: attack_results.smallest(trained, image, label, _usual(name, config)) for name in named}
    norms = list(dict.fromkeys(ATTACKS[name].norm for name in named))
    for column, norm in zip(st.columns(len(norms), gap="medium"), norms, strict=True):
        names = [name for name in named if ATTACKS[name].norm == norm]
        needed = [found[name].epsilon for name in names]
        with column:
            fig = needed_epsilon_figure(
                [ATTACKS[name].title for name in names],
                needed,
                end=attack_results.search_end(AttackConfig(names[0])),
                x_title=f"smallest ε ({NORMS[norm].title})",
                colors=[ATTACKS[name].color for name in names],
                current=ATTACKS[config.name].title,
            )
            chart(fig, f"adv_one_needed_{norm}", still=True)
    st.caption(
        "Smaller is stronger: what the best of them needs is known to be enough, and no attack proves that "
        "less is not. Numbers of different norms measure different things: compare within a chart. "
        "Pale bars: correctly classified up to there." + (" Random noise is the control." if target is None else "")
    )


def _usual(name: str, config: AttackConfig) -> AttackConfig:
    """The attack's own defaults, but for the one that is chosen above: that as it is set."""
    return config if name == config.name else AttackConfig(name, target=config.target)
