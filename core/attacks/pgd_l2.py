"""Projected gradient descent within a ball: the change is short, not small in every pixel.

Madry et al. 2018. Norm L2: steps along the gradient itself, of length α, cut back to length ε.
"""

import torch
from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.norms import NORMS, column
from core.charts.palette import VERMILLION
from core.config.validation import Setting

STEP_SIZE = Setting(0.0, 0, 28, "L2 norm of one step; 0 sets it to 2.5 ε / steps.")


def make(context: AttackContext) -> Tensor:
    """Steps of length α along the gradient from a random point of the ball; α is 2.5 ε / steps unless set.

    Returns (N, 1, 28, 28) in [0, 1].
    """
    images = context.images
    project = NORMS["l2"].project
    size = context["step_size"] or 2.5 * context.epsilon / context.steps
    way = context.draws.normal("start", *images.shape[1:])
    share = context.draws.uniform("radius") ** (1 / images[0].numel())  # uniform in the ball's volume
    x = (images + unit(way) * column(context.epsilon * share)).clamp(0, 1)
    context.seen(0, x)
    for step in range(1, context.steps + 1):
        moved = x + size * unit(context.input_gradient(x))
        x = (images + project(moved - images, context.epsilon)).clamp(0, 1)
        context.seen(step, x)
    return x


def unit(change: Tensor) -> Tensor:
    """Each of (N, …) at length 1; zero stays zero."""
    return change / column(torch.linalg.vector_norm(change.flatten(1), dim=1).clamp_min(1e-12))


CODE = """\
epsilon, steps = {epsilon}, {steps}
step_size = {step_size}

{input_gradient}
def length(change):                                   # one a row, to divide by
    lengths = change.flatten(1).norm(dim=1).clamp_min(1e-12)
    return lengths.reshape(-1, *[1] * (change.dim() - 1))

noise = torch.randn_like(original)                    # {tries}
radius = epsilon * torch.rand_like(length(noise)) ** (1 / 784)
adversarial = (original + radius * noise / length(noise)).clamp(0, 1)
for _ in range(steps):
    gradient = input_gradient(adversarial)
    change = adversarial + step_size * gradient / length(gradient) - original
    change = change * (epsilon / length(change)).clamp_max(1)          # back into the ball
    adversarial = (original + change).clamp(0, 1)
"""

PGD_L2 = Attack(
    title="PGD (L2)",
    idea="PGD within an L2 ball: it may change a few pixels a lot, where the gradient is steep.",
    paper="Madry et al. 2018",
    formula=r"x_{t+1} = \Pi_{\lVert x' - x\rVert_2 \le \varepsilon}\Bigl(x_t + \alpha\,"
    r"\frac{\nabla_x L(x_t, y)}{\lVert\nabla_x L(x_t, y)\rVert_2}\Bigr)",
    norm="l2",
    access="gradients",
    epsilon=2.0,
    make=make,
    color=VERMILLION,
    dash="solid",
    code=CODE,
    automatic_step="2.5 * epsilon / steps",
    random=True,
    settings={"steps": steps(40), "step_size": STEP_SIZE},
)
