"""Part of the tab "One image": the path of an iterated attack, step by step."""

import streamlit as st
import torch
from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.attacks.norms import NORMS, NormName
from core.formatting import number
from core.lessons.adversarial.charts.animation import attack_film_figure
from core.lessons.adversarial.charts.one_image import path_numbers_figure
from core.lessons.adversarial.trajectory import Moment
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import attack_results
from pages.ui.adversarial.one_result import a, confidence
from pages.ui.kit.widgets.chart import chart


def path_view(trained: TrainedNetwork, image: Tensor, label: int, config: AttackConfig) -> None:
    """Image, change and probabilities as a film, and loss and size of the change over the steps."""
    walked = iterated(config)
    if walked is None:
        st.info(
            f"{ATTACKS[config.name].title} makes its change at once: there is no path. Choose an attack with "
            "steps, such as BIM or PGD.",
            icon=":material/linear_scale:",
        )
        return
    path = attack_results.path(trained, image, label, walked)
    if len(path) < 2:
        st.info("The attack took no step: nothing to walk along.", icon=":material/linear_scale:")
        return
    st.markdown(_told(path, label, walked, walked != config))
    steps = [moment.step for moment in path]
    images = torch.stack([moment.image[0] for moment in path])
    chances = torch.stack([moment.probabilities for moment in path])
    film = attack_film_figure(steps, images.numpy(), (images - image).numpy(), chances.numpy())
    chart(film, f"adv_one_film_{walked.name}_{len(path)}", still=True)
    _numbers(path, steps, walked)


def iterated(config: AttackConfig) -> AttackConfig | None:
    """The attack whose path is shown: itself, or the one that takes its single step in many; None if none does."""
    entry = ATTACKS[config.name]
    if entry.as_steps:
        return AttackConfig(entry.as_steps, config.epsilon, target=config.target)
    return config if "steps" in entry.settings else None


def _numbers(path: list[Moment], steps: list[int], config: AttackConfig) -> None:
    """Loss, L∞ and L2 over the steps, each on an axis of its own."""
    entry = ATTACKS[config.name]
    bound = config.budget if entry.bounded else None
    rows: list[tuple[str, list[float], float | None]] = [
        ("loss (nats)", [moment.loss for moment in path], None),
        ("L∞ of the change", [moment.linf for moment in path], bound if entry.norm == "linf" else None),
        ("L2 of the change", [moment.l2 for moment in path], bound if entry.norm == "l2" else None),
    ]
    if entry.norm == "l0":
        rows[1] = ("pixels changed", [float(moment.l0) for moment in path], bound)
    for place, (column, row) in enumerate(zip(st.columns(3, gap="medium"), rows, strict=True)):
        title, values, limit = row
        with column:
            fig = path_numbers_figure(steps, values, title=title, limit=limit)
            chart(fig, f"adv_one_path_{place}", still=True)
    st.caption(_loss(config))


def _loss(config: AttackConfig) -> str:
    """What the loss is, and which way it should go where the attack follows it."""
    if config.target is not None:
        words, way = f"the {config.target}", "fall"
    else:
        words, way = "the right digit", "rise"
    expected = f": it should {way}" if ATTACKS[config.name].bounded else ""
    return f"The loss is the cross-entropy of {words}{expected}."


def _told(path: list[Moment], label: int, config: AttackConfig, stands_in: bool) -> str:
    """When the reading turned, and where the path ended."""
    entry, last = ATTACKS[config.name], path[-1]
    norm = NORMS[entry.norm]
    words = (
        f"FGSM is a single step. Here is {entry.title} in its place, which takes {config.steps} small ones "
        f"within the same ε = {config.budget:g}. "
        if stands_in
        else ""
    )
    if entry.random and path[0].step == 0 and path[0].linf > 0:
        words += (
            f"**Step 0 is not the original**: {entry.title} begins at a random point within ε of it, here "
            f"{number(_size(path[0], entry.norm))} ({norm.title}) away, so "
            "that it does not stand on a flat spot. "
        )
    goal = [k for k, moment in enumerate(path) if _won(moment, label, config)]
    aim = "misclassified" if config.target is None else f"predicted as {a(config.target)}"
    if not goal:
        words += f"In none of the {len(path)} moments shown the image is {aim}."
    elif goal[0] == 0:
        words += f"The image is {aim} from the start on (step {path[0].step})."
    else:
        turned = path[goal[0]]
        thinned = len(path) <= last.step  # then steps between those shown may have been first
        which = f" as {a(turned.read)}" if config.target is None else ""
        words += (
            f"{'By' if thinned else 'At'} **step {turned.step}** the image is first {aim}{which}, "
            f"confidence {confidence(turned.probabilities, turned.read)}."
        )
    return (
        f"{words} At the last step shown ({last.step}) it predicts {a(last.read)} "
        f"({confidence(last.probabilities, last.read)}), {number(_size(last, entry.norm))} ({norm.title}) away "
        "from the original. Press ▶ or pull the slider."
    )


def _size(moment: Moment, norm: NormName) -> float:
    return {"linf": moment.linf, "l2": moment.l2, "l0": float(moment.l0)}[norm]


def _won(moment: Moment, label: int, config: AttackConfig) -> bool:
    return moment.read != label if config.target is None else moment.read == config.target
