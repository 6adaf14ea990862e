"""Clean image, perturbation and adversarial image side by side, with predictions and norms."""

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName, held_by_clipping
from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.formatting import count, percent, probability, ratio
from core.lessons.adversarial.charts.one_image import perturbation_picture
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.kit.shell.css import side_by_side
from pages.ui.kit.widgets.chart import chart


@dataclass(frozen=True, eq=False)
class Case:
    """One attack and the predictions before and after.

    label: what the image shows. before, after: (10,) probabilities. size: how large the change came out, in
    the attack's norm.
    """

    config: AttackConfig
    label: int
    before: Tensor
    after: Tensor
    size: float

    @property
    def clean(self) -> int:
        """The class predicted for the clean image."""
        return int(self.before.argmax())

    @property
    def read(self) -> int:
        """The class predicted for the adversarial image."""
        return int(self.after.argmax())


def verdict(case: Case) -> tuple[str, str]:
    """A headline of a few words, and what happened in a sentence or two."""
    entry, target = ATTACKS[case.config.name], case.config.target
    was, now = confidence(case.before, case.clean), confidence(case.after, case.read)
    if target is not None and target == case.label:
        return ("Target equals the true class", f"This image is {a(case.label)}. Choose another target class.")
    if case.clean != case.label:
        after = "also" if case.read == case.clean else "then"
        return (
            "Misclassified before any attack",
            f"The true class is {case.label}; the prediction for the clean image is {case.clean} (confidence "
            f"{was}), so there is nothing to attack. For the adversarial image it "
            f"{after} predicts {a(case.read)} ({now}).",
        )
    if case.size == 0:
        if case.config.budget == 0:
            why = "ε is 0: no change is allowed."
        elif entry.bounded and entry.access != "gradients":
            why = f"{entry.title} found no change that raises the loss."
        elif entry.bounded:
            why = f"{entry.title} changed nothing: its gradient may have been rounded to 0."
        else:
            why = f"{entry.title} found no adversarial example within ε = {case.config.budget:g}."
        return "Unchanged", f"{why} The prediction is {case.read} (confidence {now})."
    if target is not None:
        return _aimed(case, target, was, now)
    if case.read != case.label:
        return (
            f"Misclassified: {a(case.label)} is predicted as {a(case.read)}",
            f"Confidence {now}; for the clean image it was {was} in the {case.label}.{_doubt(case)}",
        )
    return (
        f"Correctly classified: still {a(case.label)}",
        f"Confidence {now}; for the clean image it was {was}.{_direction(case)}",
    )


def a(digit: int, *, bold: bool = False) -> str:
    """A digit with its article: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {f'**{digit}**' if bold else digit}"


def confidence(probabilities: Tensor, digit: int) -> str:
    """The probability of that digit in words that do not round to certainty."""
    return probability(float(probabilities[digit]))


def _aimed(case: Case, target: int, was: str, now: str) -> tuple[str, str]:
    entry = f"for the clean image it was {was} in the {case.label}"
    if case.read == target:
        return (f"Target reached: {a(case.label)} is predicted as {a(target)}", f"Confidence {now}; {entry}.")
    was_chance, chance = confidence(case.before, target), confidence(case.after, target)
    moved = f"stays at {chance}" if chance == was_chance else f"changed from {was_chance} to {chance}"
    if case.read == case.label:
        return (
            f"Correctly classified: still {a(case.label)}",
            f"The target was missed: the probability of the {target} {moved}. Confidence {now}; {entry}.",
        )
    return (
        f"Misclassified as {a(case.read)}, but not as the {target}",
        f"The target was missed: the probability of the {target} {moved}. Confidence {now}; {entry}.",
    )


def _doubt(case: Case) -> str:
    """A word on a narrow win."""
    rest = float(case.after[case.label])
    return f" The {case.label} keeps a probability of {percent(rest)}." if rest >= 0.1 else ""


def _direction(case: Case) -> str:
    """Whether the change did anything to its confidence, and which way."""
    moved = float(case.after[case.label] - case.before[case.label])
    if moved > 0.001:
        return " The attack raised its confidence."
    rival = int(case.after.argsort(descending=True)[1])
    chance = float(case.after[rival])
    return f" Second: the {rival} with {probability(chance)}." if chance >= 0.01 else ""


SIZE = 168
NAMES = ("clean", "adversarial")


def one_result(trained: TrainedNetwork, image: Tensor, made: Tensor, label: int, config: AttackConfig) -> None:
    """image, made: (1, 28, 28), before and after the attack of `config`. label: what the image shows."""
    before, after = predict(trained.model, image[None])[0], predict(trained.model, made[None])[0]
    norm = ATTACKS[config.name].norm
    sizes: dict[NormName, float] = {name: float(NORMS[name].size((made - image)[None])) for name in NORMS}
    headline, sentence = verdict(Case(config, label, before, after, sizes[norm]))
    with st.container(key="adv-verdict", gap="small"):
        st.markdown(f"### {headline}")
        st.markdown(sentence)
    pictures(image, made, before, after, key="adv-three")
    _sizes(sizes, norm, config)
    if held := clipping(image, made, norm):
        st.caption(held)
    fig = before_after_figure(before.tolist(), after.tolist(), height=200, names=NAMES)
    chart(fig, "adv_one_reading", still=True, alt=f"Probabilities, clean and adversarial. {headline}. {sentence}")


def clipping(image: Tensor, made: Tensor, norm: NormName) -> str:
    """Why fewer pixels than all changed, where the attack may change every one of them."""
    held = held_by_clipping(image, made)
    if norm == "l0" or not held or bool((image == made).all()):
        return ""
    return (
        f"{count(held, 'pixel')} stayed black or white because the result is clipped to [0, 1]: so L0 is below "
        "784, though the attack may change every pixel."
    )


def pictures(image: Tensor, made: Tensor, before: Tensor, after: Tensor, *, key: str, size: int = SIZE) -> None:
    """Clean image, perturbation and adversarial image in a row. before, after: (10,) probabilities. key: of the row."""
    change, factor = perturbation_picture((made - image)[0].numpy(), size=size)
    shown = (
        ("Clean", picture(image[0].numpy(), size=size), _reads(before), "The clean image"),
        (
            f"Perturbation × {factor:.3g}" if bool((made != image).any()) else "No perturbation",
            change,
            "orange brighter,  \nblue darker",
            f"The perturbation of each pixel, magnified {ratio(factor)}",
        ),
        ("Adversarial", picture(made[0].numpy(), size=size), _reads(after), "The adversarial image"),
    )
    with st.container(horizontal=True, gap="medium" if size == SIZE else "small", key=key):
        for title, pixels, words, alt in shown:
            with st.container(width=size, gap="small"):
                st.caption(title, text_alignment="center")
                st.image(pixels, width=size, alt=alt)
                st.markdown(words, text_alignment="center")
    side_by_side(key)


def _reads(probabilities: Tensor) -> str:
    digit = int(probabilities.argmax())
    return f"predicts {a(digit, bold=True)}  \nconfidence {confidence(probabilities, digit)}"


def _sizes(sizes: dict[NormName, float], norm: NormName, config: AttackConfig) -> None:
    """The size of the change in three norms, and how much of ε it took in the attack's own."""
    st.caption("Norm of the perturbation")
    with st.container(horizontal=True, gap="medium", key="adv-sizes"):
        for name, size in sizes.items():
            written = f"{size:.0f} px" if name == "l0" else f"{size:.3f}" if name == "linf" else f"{size:.2f}"
            title = NORMS[name].title
            with st.container(width=150):
                st.metric(
                    f"{title} (ε = {config.budget:g})" if name == norm else title,
                    written,
                    help=f"{title}: {NORMS[name].idea}. At most {NORMS[name].largest:g} is possible.",
                )
    side_by_side("adv-sizes")
