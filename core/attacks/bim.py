"""The basic iterative method: FGSM in small steps, looking at the gradient anew after each.

Kurakin, Goodfellow & Bengio 2017, "Adversarial examples in the physical world". Norm L∞. No random start.
"""

from torch import Tensor

from core.attacks.attack import Attack, steps
from core.attacks.context import Given
from core.config.validation import Setting

STEP_SIZE = Setting(0.0, 0, 1, "How far one step moves each pixel; 0 chooses by ε and the number of steps.", log=False)


def make(given: Given) -> Tensor:
    """Steps of α·sign(g) from the image itself, cut back to the box of ±ε around it and to [0, 1]."""
    config, x = given.config, given.images
    size = config["step_size"] or config.budget / config.steps
    return climb(given, x, size)


def climb(given: Given, x: Tensor, size: float) -> Tensor:
    """`steps` signed steps of `size` from x, never leaving the box of ±ε around the original images.

    x and result: (N, 1, 28, 28) in [0, 1].
    """
    low = (given.images - given.config.budget).clamp_min(0)
    high = (given.images + given.config.budget).clamp_max(1)
    given.seen(0, x)
    for step in range(1, given.config.steps + 1):
        x = (x + size * given.slope(x).sign()).clamp(low, high)
        given.seen(step, x)
    return x


BIM = Attack(
    title="BIM",
    idea="FGSM in small steps, each along the gradient where it then stands.",
    paper="Kurakin, Goodfellow & Bengio 2017",
    formula=r"x_{t+1} = \operatorname{clip}_{x,\varepsilon}\bigl(x_t + \alpha\,\operatorname{sign}"
    r"(\nabla_x L(x_t, y))\bigr),\quad x_0 = x,\ \alpha = \varepsilon / T",
    norm="linf",
    access="gradients",
    epsilon=0.2,
    make=make,
    settings={"steps": steps(10), "step_size": STEP_SIZE},
)
