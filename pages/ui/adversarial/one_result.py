"""Original, perturbation and result side by side, with what the network reads and how large the change is."""

import streamlit as st
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName, held_by_clipping
from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.formatting import count, ratio
from core.lessons.adversarial.charts.one_image import perturbation_picture
from core.models.evaluation import predict
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.result_words import Case, a, sure, verdict
from pages.ui.kit.shell.css import side_by_side
from pages.ui.kit.widgets.chart import chart

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
    fig = before_after_figure(before.tolist(), after.tolist(), names=NAMES)
    chart(fig, "adv_one_reading", still=True)


def clipping(image: Tensor, made: Tensor, norm: NormName) -> str:
    """Why fewer pixels than all changed, where the attack may change every one of them."""
    held = held_by_clipping(image, made)
    if norm == "l0" or not held or bool((image == made).all()):
        return ""
    return (
        f"{count(held, 'pixel')} stayed black or white: a step would have left the range from 0 to 1, and is "
        "cut off there. So L0 is below 784 though the attack may change every pixel."
    )


def pictures(image: Tensor, made: Tensor, before: Tensor, after: Tensor, *, key: str, size: int = SIZE) -> None:
    """Original, change and result in a row. before, after: (10,) probabilities. key: of the row."""
    change, factor = perturbation_picture((made - image)[0].numpy(), size=size)
    shown = (
        ("Original", picture(image[0].numpy(), size=size), _reads(before), "The untouched picture"),
        (
            f"Change × {factor:.3g}" if bool((made != image).any()) else "Change: none",
            change,
            "orange brighter,  \nblue darker",
            f"What was added to each pixel, {ratio(factor)} as strong",
        ),
        ("Result", picture(made[0].numpy(), size=size), _reads(after), "The attacked picture"),
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
    return f"reads {a(digit, bold=True)}  \n{sure(probabilities, digit)} sure"


def _sizes(sizes: dict[NormName, float], norm: NormName, config: AttackConfig) -> None:
    """The size of the change in three norms, and how much of ε it took in the attack's own."""
    st.caption("Size of the change")
    with st.container(horizontal=True, gap="medium", key="adv-sizes"):
        for name, size in sizes.items():
            written = f"{size:.0f} px" if name == "l0" else f"{size:.3f}" if name == "linf" else f"{size:.2f}"
            title = NORMS[name].title
            with st.container(width=150):
                st.metric(
                    f"{title} (ε = {config.budget:g})" if name == norm else title,
                    written,
                    help=f"{NORMS[name].idea.capitalize()}. At most {NORMS[name].largest:g} is possible.",
                )
    side_by_side("adv-sizes")
