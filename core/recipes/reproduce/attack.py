"""`fgsm`: one signed step against a trained network, at several ε."""

import time
from dataclasses import replace

from core.attacks.config import AttackSetup
from core.attacks.run import attack
from core.lessons.adversarial.result import judge
from core.models.trained_network import load_shipped
from core.recipes.reproduce.row import Load, Reproduction, Row, row
from core.recipes.texts import recipe

QUICK_N = 100
EPSILONS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


def fgsm(quick: bool, load: Load) -> Row:
    """The recipe's network and images; quick: the first 100 of them."""
    started = time.perf_counter()
    setup = recipe("fgsm").setup
    assert isinstance(setup, AttackSetup)
    mnist = load()
    digits = mnist.test.take(slice(0, QUICK_N if quick else setup.n))
    model = load_shipped(setup.network).model
    curve = {}
    for epsilon in sorted({*EPSILONS, setup.attack.budget}):
        config = replace(setup.attack, epsilon=epsilon)
        curve[epsilon] = judge(
            model, digits.images, digits.labels, attack(model, digits.images, digits.labels, config), config
        )
    outcome = curve[setup.attack.budget]
    return row(
        "fgsm",
        claim=recipe("fgsm").claim,
        measured=outcome.adversarial_accuracy,
        unit=f"accuracy of {setup.network} under FGSM at ε = {setup.attack.budget:g} (fraction)",
        seeds=[],
        started=started,
        holds=None,
        rule="undecided: the course project gives no ε and reports no number",
        ci95=list(outcome.ci95),
        n=len(outcome),
        clean_accuracy=outcome.clean_accuracy,
        max_linf=float(outcome.sizes("linf").max()),
        accuracies={f"{epsilon:g}": result.adversarial_accuracy for epsilon, result in curve.items()},
        data=mnist.size,
    )


ROWS: dict[str, Reproduction] = {"fgsm": fgsm}
