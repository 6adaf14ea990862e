r"""Attacks on images: small changes that a network misclassifies. `ATTACKS` names them all.

Images are in [0, 1] and a network normalizes by itself, so ε is in pixel units everywhere. The page's tabs, the
command line, code panels, exported scripts, charts and sanity checks read this one dict.

Add your own: a file here and an entry in ATTACKS. This one is whole; a test adds it as it stands and walks it
through the app. Without `code` the panels show a call of it and the source of its `make`.

    def momentum_steps(context):
        x, velocity = context.images, torch.zeros_like(context.images)
        box = epsilon_box(context.images, context.epsilon)
        context.seen(0, x)  # for the path, step by step
        for step in range(1, context.steps + 1):
            gradient = context.input_gradient(x)
            size = gradient.abs().flatten(1).sum(1).clamp_min(1e-12)
            velocity = context["decay"] * velocity + gradient / column(size)
            x = signed_step(x, velocity, context.epsilon / context.steps, box)
            context.seen(step, x)
        return x

    CODE = '''\
    epsilon, steps = {epsilon}, {steps}
    low, high = (original - epsilon).clamp_min(0), (original + epsilon).clamp_max(1)

    {input_gradient}
    adversarial, velocity = original, 0.0
    for _ in range(steps):
        gradient = input_gradient(adversarial).flatten(1)
        unit = gradient / gradient.abs().sum(1, keepdim=True).clamp_min(1e-12)
        velocity = {decay} * velocity + unit.reshape(original.shape)
        adversarial = (adversarial + epsilon / steps * velocity.sign()).clamp(low, high)
    '''

    ATTACKS["mi-fgsm"] = Attack(
        title="MI-FGSM",
        idea="BIM that remembers where it was going: its images transfer better.",
        paper="Dong et al. 2018",
        formula=r"v_{t+1} = \mu v_t + \frac{g}{\lVert g\rVert_1},\quad "
        r"x_{t+1} = x_t + \alpha\,\operatorname{sign}(v_{t+1})",
        norm="linf",
        access="gradients",
        epsilon=0.2,
        make=momentum_steps,
        settings={
            "steps": steps(10),
            "decay": Setting(1.0, 0, 1, "Memory of the last direction."),
        },
        color="#117733",
        code=CODE,
    )
"""

from core.attacks.attack import Attack
from core.attacks.bim import BIM
from core.attacks.carlini_wagner import CARLINI_WAGNER
from core.attacks.deepfool import DEEPFOOL
from core.attacks.fgsm import FGSM
from core.attacks.jsma import JSMA
from core.attacks.noise import NOISE, NOISE_L0, NOISE_L2
from core.attacks.pgd import PGD
from core.attacks.pgd_l2 import PGD_L2
from core.attacks.square import SQUARE

ATTACKS: dict[str, Attack] = {
    "fgsm": FGSM,
    "bim": BIM,
    "pgd": PGD,
    "pgd-l2": PGD_L2,
    "deepfool": DEEPFOOL,
    "carlini-wagner": CARLINI_WAGNER,
    "jsma": JSMA,
    "square": SQUARE,
    "noise": NOISE,
    "noise-l2": NOISE_L2,
    "noise-l0": NOISE_L0,
}
