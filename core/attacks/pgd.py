"""Projected gradient descent: BIM from a random start within ε, with random restarts.

Madry et al. 2018, "Towards deep learning models resistant to adversarial attacks". Norm L∞. The random start
and the restarts make it the usual yardstick: a network that withstands it has not merely a flat spot at the
image itself.
"""

from torch import Tensor

from core.attacks.attack import Attack, AttackContext, steps
from core.attacks.bim import STEP_SIZE, climb
from core.charts.palette import VERMILLION


def make(context: AttackContext) -> Tensor:
    """Signed steps of α from a uniform random point of the box of ±ε; α is 2.5 ε / steps unless set.

    Returns (N, 1, 28, 28) in [0, 1].
    """
    noise = 2 * context.draws.uniform("start", *context.images.shape[1:]) - 1
    start = (context.images + context.epsilon * noise).clamp(0, 1)
    return climb(context, start, context["step_size"] or 2.5 * context.epsilon / context.steps)


CODE = """\
epsilon, steps = {epsilon}, {steps}
step_size = {step_size}
low, high = (original - epsilon).clamp_min(0), (original + epsilon).clamp_max(1)

{input_gradient}
noise = 2 * torch.rand_like(original) - 1             # {tries}
adversarial = (original + epsilon * noise).clamp(0, 1)
for _ in range(steps):
    adversarial = (adversarial + step_size * input_gradient(adversarial).sign()).clamp(low, high)
"""

PGD = Attack(
    title="PGD",
    idea="BIM from a random start within ε, with random restarts: the standard benchmark.",
    paper="Madry et al. 2018",
    formula=r"x_{t+1} = \operatorname{clip}_{x,\varepsilon}\bigl(x_t + \alpha\,\operatorname{sign}"
    r"(\nabla_x L(x_t, y))\bigr),\quad x_0 = x + U(-\varepsilon, \varepsilon)",
    norm="linf",
    access="gradients",
    epsilon=0.2,
    make=make,
    color=VERMILLION,
    dash="dash",
    code=CODE,
    automatic_step="2.5 * epsilon / steps",
    random=True,
    settings={"steps": steps(40), "step_size": STEP_SIZE},
)
