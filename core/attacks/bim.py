"""The basic iterative method: FGSM in small steps, looking at the gradient anew after each.

Kurakin, Goodfellow & Bengio 2017, "Adversarial examples in the physical world". Norm L∞. No random start.
"""

from torch import Tensor

from core.attacks.attack import Attack, AttackContext, epsilon_box, signed_step, steps
from core.charts.palette import SKY
from core.config.validation import Setting

STEP_SIZE = Setting(0.0, 0, 1, "Change of each pixel in one step; 0 sets it from ε and the number of steps.", log=False)


def make(context: AttackContext) -> Tensor:
    """Steps of α·sign(g) from the image itself, cut back to the box of ±ε around it and to [0, 1]."""
    x = context.images
    size = context["step_size"] or context.epsilon / context.steps
    return climb(context, x, size)


def climb(context: AttackContext, x: Tensor, size: float) -> Tensor:
    """`steps` signed steps of `size` from x, never leaving the box of ±ε around the original images.

    x and result: (N, 1, 28, 28) in [0, 1].
    """
    box = epsilon_box(context.images, context.epsilon)
    context.seen(0, x)
    for step in range(1, context.steps + 1):
        x = signed_step(x, context.input_gradient(x), size, box)
        context.seen(step, x)
    return x


CODE = """\
epsilon, steps = {epsilon}, {steps}
step_size = {step_size}
low, high = (original - epsilon).clamp_min(0), (original + epsilon).clamp_max(1)

{input_gradient}
adversarial = original
for _ in range(steps):
    adversarial = (adversarial + step_size * input_gradient(adversarial).sign()).clamp(low, high)
"""

BIM = Attack(
    title="BIM",
    idea="FGSM repeated in small steps, with the gradient recomputed after each.",
    paper="Kurakin, Goodfellow & Bengio 2017",
    formula=r"x_{t+1} = \operatorname{clip}_{x,\varepsilon}\bigl(x_t + \alpha\,\operatorname{sign}"
    r"(\nabla_x L(x_t, y))\bigr),\quad x_0 = x,\ \alpha = \varepsilon / T",
    norm="linf",
    access="gradients",
    epsilon=0.2,
    make=make,
    color=SKY,
    dash="dashdot",
    code=CODE,
    automatic_step="epsilon / steps",
    settings={"steps": steps(10), "step_size": STEP_SIZE},
)
