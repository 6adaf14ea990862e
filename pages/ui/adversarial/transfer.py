"""Tab: do images that were made against one network fool another?"""

import streamlit as st

from core.attacks import ATTACKS
from core.attacks.norms import NORMS
from core.data.digits import Mnist
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial.attack_choice import attack_choice
from pages.ui.adversarial.samples import image_count
from pages.ui.adversarial.transfer_matrix import Setup, matrix
from pages.ui.kit.network.compared_networks import compared
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.layout import controls_and_stage

FIRST = ("cnn-bn", "cnn-lab", "mlp-deep", "mlp-autograd", "cnn-robust")
CODE = """\
from torch.nn import functional

def fgsm(model, images, labels, epsilon):
    images = images.clone().requires_grad_()
    loss = functional.cross_entropy(model(images).double(), labels, reduction="sum")  # all digits
    (gradient,) = torch.autograd.grad(loss, images)
    return (images + epsilon * gradient.sign()).clamp(0, 1).detach()

for made_on, a in networks.items():
    attacked = fgsm(a.eval(), images, labels, epsilon=0.2)
    for tested_on, b in networks.items():
        b.eval()
        both = (a(images).argmax(1) == labels) & (b(images).argmax(1) == labels)
        fooled = b(attacked).argmax(1) != labels         # b's gradients were never asked
        share = fooled[both].float().mean()
        print(f"{made_on} → {tested_on}: {share:.1%} of {int(both.sum())}")
"""


@panel
def transfer(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The matrix, with the noise that any transfer must beat below it."""
    networks = compared("adv_transfer_networks", trained, FIRST)  # many: they need the whole width
    left, right = controls_and_stage(1.0, 2.2)
    with left:
        knows = [name for name, entry in ATTACKS.items() if entry.access != "nothing"]
        config = attack_choice("adv_transfer", only=knows)
        n = image_count("adv_transfer_n", mnist)
    with right:
        stage = st.container()  # filled last: it may work for a moment
    with st.expander("Why does this matter?", icon=":material/key:"):
        st.markdown(
            "To follow the gradient an attacker needs the network itself. If images made on *another* one "
            "fool it too, he does not: he trains one of his own on similar digits, attacks that, and sends "
            "the images. Keeping a network secret then protects little. Papernot, McDaniel & Goodfellow "
            "(2016) named this transferability.\n\n"
            "An image counts only if both networks classify the clean image correctly: else a network that classifies "
            "badly anyway would look easily fooled. **n** says how many those are. The bottom row is the "
            f"control: random noise, as large as ε allows in {NORMS[ATTACKS[config.name].norm].title}, which "
            "knows no network. A transfer that does not beat it is none."
        )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with stage:
        if networks:
            matrix(mnist, Setup(tuple(networks), config, n))
        else:
            st.info("Choose at least one network, better two.", icon=":material/hub:")
