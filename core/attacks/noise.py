"""Random noise: the control. It changes as much as FGSM and knows nothing of the network.

Norm L∞: every pixel by +ε or −ε, a coin each, clipped to [0, 1]. If an "attack" does no better than this, it
found nothing (Carlini et al. 2019, "On evaluating adversarial robustness").
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack
from core.attacks.context import AttackContext
from core.attacks.norms import epsilon_box, signed_step
from core.charts.palette import GRAY


def make(context: AttackContext) -> Tensor:
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
    idea="Every pixel by ε up or down at random, cut off at black and white: what any attack must beat.",
    paper="control; Carlini et al. 2019",
    formula=r"x' = \operatorname{clip}_{[0,1]}\bigl(x + \varepsilon\,s\bigr),\quad s_i = \pm 1",
    norm="linf",
    access="nothing",
    epsilon=0.2,
    make=make,
    color=GRAY,
    dash="dot",
    code=CODE,
    targeted=False,
    random=True,
)
