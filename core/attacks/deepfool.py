"""DeepFool: the nearest border of a network that is taken for linear, again and again until it is crossed.

Moosavi-Dezfooli, Fawzi & Frossard 2016, "DeepFool: a simple and accurate method to fool deep neural
networks". Norm L2. Not bounded by an ε: it looks for a small change, and others may find a smaller one.
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.norms import column
from core.charts.palette import GREEN
from core.config.validation import Setting

NUDGE = 1e-4  # past the border of the linear model, so that rounding does not leave an image on it


def make(context: AttackContext) -> Tensor:
    """Images (N, 1, 28, 28) just beyond the nearest border; those misclassified as they are stay so.

    Each step asks for the gradients of all 10 outputs, takes the network for linear, and goes straight to the
    nearest place where another digit's output draws level with the label's; the sum of the steps counts
    `overshoot` more. An image stops as soon as it is misclassified.
    """
    x, way = context.images.clone(), torch.zeros_like(context.images)
    context.seen(0, x)
    standing = torch.arange(len(x), device=x.device)
    for step in range(1, context.steps + 1):
        logits, slopes = context.jacobian(x[standing])
        still = logits.argmax(1) == context.labels[standing]
        standing, logits, slopes = standing[still], logits[still], slopes[still]
        if not len(standing):
            break
        way[standing] += to_the_nearest_border(logits, slopes, context.labels[standing])
        x[standing] = (context.images + (1 + context["overshoot"]) * way)[standing].clamp(0, 1)
        context.seen(step, x)
    return x


def to_the_nearest_border(logits: Tensor, slopes: Tensor, labels: Tensor) -> Tensor:
    """The shortest change (N, 1, 28, 28) with which a linear network predicts another digit than the label.

    logits: (N, 10). slopes: (N, 10, 1, 28, 28), their gradients. labels: (N,).
    """
    rows = torch.arange(len(labels), device=labels.device)
    lead = logits[rows, labels][:, None] - logits
    normals = slopes - slopes[rows, labels][:, None]
    length = torch.linalg.vector_norm(normals.flatten(2), dim=2) + 1e-8
    distance = (lead.abs() / length).scatter(1, labels[:, None], torch.inf)
    near = distance.argmin(1)
    return normals[rows, near] * column((distance[rows, near] + NUDGE) / length[rows, near])


DEEPFOOL = Attack(
    title="DeepFool",
    idea="Steps to the nearest decision boundary of the linearized network until it is crossed.",
    paper="Moosavi-Dezfooli, Fawzi & Frossard 2016",
    formula=r"r_t = \frac{\lvert f_k - f_y\rvert}{\lVert\nabla f_k - \nabla f_y\rVert_2^2}"
    r"\,(\nabla f_k - \nabla f_y),\quad k = \arg\min_{j \ne y}"
    r"\frac{\lvert f_j - f_y\rvert}{\lVert\nabla f_j - \nabla f_y\rVert_2}",
    norm="l2",
    access="gradients",
    epsilon=5.0,
    make=make,
    color=GREEN,
    dash="dash",
    bounded=False,
    targeted=False,
    settings={
        "steps": steps(50),
        "overshoot": Setting(0.02, 0, 1, "How far beyond the decision boundary the change goes, as a fraction of it."),
    },
)
