"""Random noise of a given length: the control for attacks that spend an L2 budget.

A random direction, of length ε. Where a pixel already is black or white its change points inwards, and what
clipping to [0, 1] takes away is given to the other pixels: the noise is as long as an attack's change may be.
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack
from core.attacks.context import AttackContext
from core.attacks.norms import column
from core.charts.palette import GRAY

ROUNDS = 5  # of clipping and lengthening again; each leaves less to do


def make(context: AttackContext) -> Tensor:
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
    make=make,
    color=GRAY,
    dash="dot",
    targeted=False,
    random=True,
)
