"""Random noise in each norm: the controls. They change as much as an attack may and know nothing of the network.

L∞: every pixel by +ε or −ε, a coin each, clipped to [0, 1]. L2: a random direction of length ε; where a pixel already
is black or white its change points inwards, and what clipping takes away is given to the other pixels. L0: ε pixels,
drawn anew for each image, become white where they were dark and black where they were light. If an "attack" does no
better than this, it found nothing (Carlini et al. 2019, "On evaluating adversarial robustness").
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, epsilon_box, signed_step
from core.attacks.norms import column
from core.charts.palette import GRAY

ROUNDS = 5  # of clipping and lengthening again; each leaves less to do


def random_direction(context: AttackContext) -> Tensor:
    """x + ε·d/‖d‖₂ with d from N(0, 1), pointing into [0, 1] at its ends; images (N, 1, 28, 28)."""
    x = context.images
    context.seen(0, x)
    way = context.draws.normal("direction", *x.shape[1:])
    way = torch.where(x <= 0, way.abs(), torch.where(x >= 1, -way.abs(), way))
    for _ in range(ROUNDS):
        length = torch.linalg.vector_norm(way.flatten(1), dim=1)
        way = (x + context.epsilon * way / column(length)).clamp(0, 1) - x
    context.seen(1, x + way)
    return x + way


NOISE_L2 = Attack(
    title="Random noise (L2)",
    idea="A change of length ε in a random direction: the control that any L2 attack must beat.",
    paper="control; Carlini et al. 2019",
    formula=r"x' = \operatorname{clip}_{[0,1]}\Bigl(x + \varepsilon\,\frac{d}{\lVert d\rVert_2}\Bigr),"
    r"\quad d_i \sim \mathcal{N}(0, 1)",
    norm="l2",
    access="nothing",
    epsilon=2.0,
    make=random_direction,
    color=GRAY,
    dash="dot",
    targeted=False,
    random=True,
)


def random_pixels(context: AttackContext) -> Tensor:
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
    idea="ε pixels at random positions turn black or white: the control that any L0 attack must beat.",
    paper="control; Carlini et al. 2019",
    formula=r"x'_i = \begin{cases}[x_i < \tfrac12] & i \in S\\ x_i & \text{else}\end{cases},"
    r"\quad S\ \text{random},\ |S| = \varepsilon",
    norm="l0",
    access="nothing",
    epsilon=40.0,
    make=random_pixels,
    color=GRAY,
    dash="dot",
    targeted=False,
    random=True,
)


def random_signs(context: AttackContext) -> Tensor:
    """x ± ε with random signs, clipped to [0, 1]."""
    images = context.images
    context.seen(0, images)
    signs = torch.where(context.draws.uniform("signs", *images.shape[1:]) < 0.5, 1.0, -1.0).to(images.dtype)
    x = signed_step(images, signs, context.epsilon, epsilon_box(images, context.epsilon))
    context.seen(1, x)
    return x


CODE = """\
epsilon = {epsilon}

signs = torch.randint(0, 2, original.shape) * 2 - 1   # a coin for every pixel
adversarial = (original + epsilon * signs).clamp(0, 1)
"""

NOISE = Attack(
    title="Random noise",
    idea="Every pixel changes by +ε or −ε at random, clipped to [0, 1]: the control that any attack must beat.",
    paper="control; Carlini et al. 2019",
    formula=r"x' = \operatorname{clip}_{[0,1]}\bigl(x + \varepsilon\,s\bigr),\quad s_i = \pm 1",
    norm="linf",
    access="nothing",
    epsilon=0.2,
    make=random_signs,
    color=GRAY,
    dash="dot",
    code=CODE,
    targeted=False,
    random=True,
)
