"""Tab: many images under many attacks, as curves of accuracy against ε."""

import streamlit as st

from core.data.digits import Mnist
from core.models.trained_network import TrainedNetwork
from core.training import memory
from pages.ui.adversarial.many_choice import choose, presets
from pages.ui.adversarial.many_curves import KEY, curves
from pages.ui.adversarial.many_point import point
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.shell.layout import controls_and_stage

CODE = """\
from torch.nn import functional

def fgsm(model, images, labels, epsilon):
    images = images.clone().requires_grad_()
    loss = functional.cross_entropy(model(images).double(), labels, reduction="sum")  # all digits
    (gradient,) = torch.autograd.grad(loss, images)
    return (images + epsilon * gradient.sign()).clamp(0, 1).detach()

model.eval()                                             # batch norm and dropout as when it is used
right = model(images).argmax(1) == labels                # at epsilon = 0: the clean accuracy
worst = right.clone()                                    # classified correctly at every epsilon so far
for epsilon in [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]:
    attacked = fgsm(model, images, labels, epsilon)
    right = model(attacked).argmax(1) == labels          # counted anew on the images that came back
    worst &= right                                       # an attacker may also spend less
    print(f"{epsilon:.2f}: {right.float().mean():.1%}, worst case {worst.float().mean():.1%}")
"""


@panel
def many_images(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Accuracy against ε for several attacks and networks, and one point of it from inside."""
    left, right = controls_and_stage(1.0, 2.4)
    with left:
        choice = choose(trained, mnist)
        st.caption(f"Memory: {memory.of_attack(trained.config.model, choice.n)}.")
    with right:
        presets(mnist, KEY)
        if not choice.networks:
            st.info("Choose at least one network.", icon=":material/hub:")
        stage = st.container()  # filled last: it may work for a moment
    st.subheader("One point of it", anchor=False)
    point(mnist, choice)
    with st.expander("What makes such a curve honest?", icon=":material/balance:"):
        st.markdown(
            "- The network is in eval mode, pixels stay in [0, 1], every attacked image is counted anew.\n"
            "- ε = 0 is the clean accuracy. Images misclassified when clean count as misclassified everywhere.\n"
            "- Random noise of the same size is the control: an attack that does no better found nothing.\n"
            "- A single step such as FGSM need not get stronger with ε; the worst case up to ε never rises.\n"
            "- A network that withstands a weak attack may fall to a stronger one: take more steps."
        )
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")
    with stage:
        if choice.networks:
            curves(mnist, choice)
