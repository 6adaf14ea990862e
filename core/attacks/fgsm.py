"""The fast gradient sign method: one step, every pixel by ε, in the direction that raises the loss.

Goodfellow, Shlens & Szegedy 2015, "Explaining and harnessing adversarial examples"; task 3 of the course
project. Norm L∞. To first order no other change of at most ε a pixel raises the loss as much: it adds ε‖g‖₁.
"""

from torch import Tensor

from core.attacks.attack import Attack, AttackContext, epsilon_box, signed_step
from core.charts.palette import BLUE


def make(context: AttackContext) -> Tensor:
    """x + ε·sign(g), clipped to [0, 1]; images (N, 1, 28, 28)."""
    context.seen(0, context.images)
    box = epsilon_box(context.images, context.epsilon)
    x = signed_step(context.images, context.input_gradient(context.images), context.epsilon, box)
    context.seen(1, x)
    return x


CODE = """\
epsilon = {epsilon}

x = original.clone().requires_grad_()
loss = {sign}functional.cross_entropy(model(x).double(), {labels}, reduction="sum")
(gradient,) = torch.autograd.grad(loss, x)
adversarial = (original + epsilon * gradient.sign()).clamp(0, 1)
"""

FGSM = Attack(
    title="FGSM",
    idea="One step: every pixel changes by ε in the direction that raises the loss, clipped to [0, 1].",
    paper="Goodfellow, Shlens & Szegedy 2015; course project, task 3",
    formula=r"x' = \operatorname{clip}_{[0,1]}\bigl(x + \varepsilon\,\operatorname{sign}"
    r"(\nabla_x L(x, y))\bigr)",
    norm="linf",
    access="gradients",
    epsilon=0.2,
    make=make,
    color=BLUE,
    dash="solid",
    code=CODE,
    as_steps="bim",
)
