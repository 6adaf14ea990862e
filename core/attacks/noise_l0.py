"""Pixels turned over at random: the control for attacks that count how many pixels they touch.

ε pixels, drawn anew for each image, become white where they were dark and black where they were light.
"""

from torch import Tensor

from core.attacks.attack import Attack
from core.attacks.context import AttackContext
from core.charts.palette import GRAY


def make(context: AttackContext) -> Tensor:
    """x with ε pixels at random places at the other end of [0, 1]; images (N, 1, 28, 28)."""
    context.seen(0, context.images)
    flat = context.images.flatten(1)
    places = context.draws.uniform("places", flat.shape[1]).argsort(1)[:, : int(context.epsilon)]
    other_end = (flat < 0.5).to(flat.dtype)
    x = flat.scatter(1, places, other_end.gather(1, places)).reshape(context.images.shape)
    context.seen(1, x)
    return x


NOISE_L0 = Attack(
    title="Random noise (L0)",
    idea="ε pixels at random places turned black or white: the control that any L0 attack must beat.",
    paper="control; Carlini et al. 2019",
    formula=r"x'_i = \begin{cases}[x_i < \tfrac12] & i \in S\\ x_i & \text{else}\end{cases},"
    r"\quad S\ \text{random},\ |S| = \varepsilon",
    norm="l0",
    access="nothing",
    epsilon=40.0,
    make=make,
    color=GRAY,
    dash="dot",
    targeted=False,
    random=True,
)
