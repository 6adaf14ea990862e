"""Tab: attack sanity checks, each measured on the network that is chosen."""

from collections.abc import Callable

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.filters.config import FilterConfig
from core.charts.intervals import Accuracies, intervals
from core.charts.palette import GREEN, VIOLET
from core.config.proportion import Proportion
from core.data.digits import Mnist
from core.data.splits import evenly_spaced
from core.export.attack import SANITY_CHECKS
from core.formatting import interval, percent
from core.lessons.adversarial.sanity_checks import Finding, findings, masking, worst_case
from core.lessons.adversarial.sanity_evidence import (
    QUERIES,
    RESTARTS,
    STEPS,
    TRIED,
    Evaluation,
    Evidence,
    Probe,
    SideEffects,
    black_boxes,
    plan,
)
from core.lessons.adversarial.tasks import AttackTask, Predictions
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_choice import linf_budget
from pages.ui.adversarial.attack_results import results
from pages.ui.adversarial.filter_choice import choose_filter
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.page import controls_and_stage
from pages.ui.kit.widgets.cached_results import which_images
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.incremental_work import Piecework

LOOKS = {
    "holds": ("holds", ":material/check:", "green"),
    "chance": ("not significant", ":material/casino:", "yellow"),
    "violated": ("violated", ":material/close:", "red"),
    "unclear": ("undetermined", ":material/help:", "gray"),
    "open": ("not measured yet", ":material/hourglass_empty:", "gray"),
}


def finding_strip(found: list[Finding]) -> None:
    """All verdicts at a glance: one badge a check."""
    with st.container(horizontal=True, gap="small"):
        for finding in found:
            word, icon, color = LOOKS[finding.verdict]
            st.badge(finding.name, icon=icon, color=color, help=f"{word}: {finding.number}")  # type: ignore[arg-type]


def finding_cards(found: list[Finding]) -> None:
    """Two a row; on a phone one below the other."""
    for start in range(0, len(found), 2):
        for column, finding in zip(st.columns(2, gap="small"), found[start : start + 2], strict=False):
            with column:
                _card(finding)


def _card(finding: Finding) -> None:
    word, icon, color = LOOKS[finding.verdict]
    with st.container(border=True, height="stretch", gap="small"):
        st.markdown(f"**{finding.name}**")
        number = word if finding.verdict == "open" else f"{word}: {finding.number}"
        st.badge(number, icon=icon, color=color)  # type: ignore[arg-type]
        if finding.verdict != "open":
            st.markdown(finding.measured)
        st.caption(finding.why)


def summary(found: list[Finding]) -> str:
    """How many hold, in a sentence."""
    count = {verdict: sum(finding.verdict == verdict for finding in found) for verdict in LOOKS}
    if count["open"] == len(found):
        return "Nothing is measured yet."
    parts = [f":green[**{count['holds']} hold**]"]
    if count["chance"]:
        parts.append(f":orange[**{count['chance']}** fail, but not significantly]")
    if count["violated"]:
        parts.append(f":red[**{count['violated']} violated**]")
    if count["unclear"]:
        parts.append(f"{count['unclear']} undetermined for this network")
    if count["open"]:
        parts.append(f"{count['open']} not measured yet")
    return f"Of {len(found)} checks " + ", ".join(parts) + "."


IMAGES = (50, 100, 200, 400)


@panel
def honest(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Controls, badges that fill while it is measured, every accuracy as a bar, the evidence of each check folded."""
    st.session_state.setdefault("adv_honest_on", True)  # the first view measures by itself
    left, right = controls_and_stage()
    with left:
        epsilon = linf_budget("adv_honest_eps", 0.2, help="The same for every attack.")
        count = st.select_slider(
            "Test images",
            IMAGES,
            100,
            key="adv_honest_n",
            bind="query-params",
            help="The same images for every attack, evenly spaced over the test images. More images reveal smaller "
            "violations and take longer.",
        )
        chosen = choose_filter("adv_honest_filter")
        if chosen.name:
            st.caption("The checks now apply to filter and network together.")
    with right:
        _badges(trained, mnist, float(epsilon), min(int(count), len(mnist.test)), chosen)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(SANITY_CHECKS, language="python")


def _badges(trained: TrainedNetwork, mnist: Mnist, epsilon: float, count: int, chosen: FilterConfig) -> None:
    evaluation, store = Evaluation(trained.key, chosen, epsilon, count), results(mnist)
    labels = mnist.test.labels[evenly_spaced(len(mnist.test), count)].tolist()
    work = Piecework(
        "adv_honest",
        "Measure",
        help=f"{len(plan(epsilon)) + 1} attacks on {count} images: seconds, or about a minute for a large network.",
    )

    def one(task: AttackTask | Probe, progress: Callable[[float], None]) -> SideEffects | int | Predictions:
        if isinstance(task, AttackTask):
            return store.measure(task, {trained.key: trained.model})
        found = store.of(trained.key)[task] = task.answer(trained.model, mnist.test)
        return found

    def body() -> None:
        kept = store.known([trained.key])
        line = evaluation.line(kept)
        work.buttons(sum(task in kept for task in line), len(line), "measurements")
        with st.container(key="adv_honest_result"):
            evidence = evaluation.evidence(kept, labels)
            found = findings(evidence)
            st.markdown(f"### {summary(found)}")
            finding_strip(found)
            if signs := masking(found):
                st.warning(
                    f"**{'A sign' if len(signs) == 1 else f'{len(signs)} signs'} of gradient masking.** Violated: "
                    f"{'; '.join(finding.name for finding in signs)}. The measured robust accuracy is too high: a "
                    "stronger attack would succeed on more images.",
                    icon=":material/visibility_off:",
                )
            if evidence.readings:
                _accuracies(evidence, mnist)
            with st.expander("Details: every check, its evidence and why it matters", icon=":material/checklist:"):
                finding_cards(found)
        work.go_on(line, kept, one)

    work.part(body)


def _accuracies(evidence: Evidence, mnist: Mnist) -> None:
    """Every accuracy that was measured, and the one to report."""
    n, known = evidence.n, evidence.readings
    luck = evidence.at_random
    rows = [(title, known[name].correct, color) for name, title, color in _titles(luck) if name in known]
    worst = worst_case(evidence)
    rows.append(("strongest single attack" if luck else "all attacks together", worst, VIOLET))
    names, correct, colors = zip(*rows, strict=True)
    low, high = Proportion(worst, n).interval
    words = f"**Report {percent(worst / n)}**: the robust accuracy under " + (
        "the strongest single attack. (Predictions of this network are random: over many attacks every image would be "
        "misclassified once by chance, so the attacks are not combined.)"
        if luck
        else "all attacks together. It is an upper bound: a stronger attack may lower it."
    )
    st.markdown(f"**Robust accuracy at ε = {evidence.epsilon:g}**")
    drawn = Accuracies([k / n for k in correct], [Proportion(k, n).interval for k in correct], colors)
    chart(intervals(names, drawn, x_title="accuracy"), "adv_honest_bars", alt=words)
    st.markdown(words)
    st.caption(
        f"On {which_images(mnist, n)}; 95% interval of that number: {interval(low, high)}. Error bars: 95% intervals "
        "(Wilson). Dotted: chance level."
    )


def _titles(luck: bool = False) -> list[tuple[str, str, str]]:
    """The attacks in the chart: name, title, color as on every tab.

    luck: the network's predictions are random, so the black box met every image, not only those PGD left.
    """
    first = "" if luck else "PGD, then "
    return [
        ("clean", "clean", GREEN),
        ("noise", "random noise", ATTACKS["noise"].color),
        ("fgsm 8", "FGSM", ATTACKS["fgsm"].color),
        *((f"pgd {steps}", f"PGD, {steps} steps", ATTACKS["pgd"].color) for steps in STEPS),
        ("restarts", f"PGD, {TRIED} steps, best of {RESTARTS}", ATTACKS["pgd"].color),
        *((name, f"{first}{ATTACKS[name].title}, {QUERIES:,} queries", ATTACKS[name].color) for name in black_boxes()),
    ]
