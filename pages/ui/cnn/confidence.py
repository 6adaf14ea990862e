"""Tab: what the network says and how sure it is, image by image and over all of them."""

import streamlit as st
import torch
from torch import Tensor

from core.config.proportion import Proportion
from core.data.digits import CLASSES, Mnist
from core.formatting import interval, percent, probability
from core.models.trained_network import TrainedNetwork
from pages.ui.cnn.calibration import calibrated
from pages.ui.kit.network.gallery import digit_gallery
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets import cached_results

SHEET = 24
HIGH = 0.9  # the text's "most exceed 0.9"
MISREAD, LEAST, MOST, DIGIT = "misread", "least sure", "most sure", "one digit"

CODE = """\
with torch.no_grad():
    logits = model(images)                                    # (N, 10)
confidence, answer = logits.softmax(dim=1).max(dim=1)
right = answer == labels

# Expected calibration error, 15 bins of equal width (Guo et al. 2017)
place = (confidence * 15).ceil().long().sub(1).clamp(0, 14)
gap = torch.zeros(15).index_add(0, place, right.float() - confidence)
ece = gap.abs().sum() / len(images)

# Temperature scaling: one number, fitted on validation images
log_t = torch.zeros((), requires_grad=True)
optimizer = torch.optim.LBFGS([log_t], max_iter=50)

def closure():
    optimizer.zero_grad()
    loss = functional.cross_entropy(validation_logits / log_t.exp(), validation_labels)
    loss.backward()
    return loss

optimizer.step(closure)
calmer = (logits / log_t.exp().detach()).softmax(dim=1)        # same answers, other confidences
"""


@panel
def confidence(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The claim about confidences, a sheet of images with their answers, and the calibration."""
    probabilities = cached_results.probabilities(trained, mnist)
    confidence, answers = probabilities.max(dim=1)
    _share(confidence, answers == mnist.test.labels, mnist)
    _sheet(confidence, answers, mnist)
    st.subheader("As often right as sure?", anchor=False)
    calibrated(trained, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _share(confidence: Tensor, right: Tensor, mnist: Mnist) -> None:
    """How many confidences exceed 0.9, beside what the text says."""
    n, high, wrong = len(confidence), int((confidence > HIGH).sum()), int((~right).sum())
    low_end, high_end = Proportion(high, n).interval
    sure_and_wrong = int(((confidence > HIGH) & ~right).sum())
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Confidence above 0.9",
            percent(high / n),
            width=190,
            help=f"Share of images whose largest probability exceeds 0.9; 95% interval "
            f"{interval(low_end, high_end)} (Wilson 1927).",
        )
        st.metric("Misread", f"{wrong:,} of {n:,}", width=160, help="Images whose answer is not the label.")
        st.metric(
            "Misread, and above 0.9",
            f"{sure_and_wrong:,}",
            width=190,
            help="Mistakes that the network makes with full confidence.",
        )
    verdict = "so most do." if low_end > 0.5 else "so most do not." if high_end < 0.5 else "about half, no clear most."
    st.markdown(
        "**Claim of the course project:** most confidences exceed 0.9. **Measured here:** "
        f"{percent(high / n)} of {cached_results.which_images(mnist, n)} do, {verdict}"
    )


def _sheet(confidence: Tensor, answers: Tensor, mnist: Mnist) -> None:
    """A page of images in the order of one's choice, each with label, answer and probability."""
    labels = mnist.test.labels
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Images",
            [MISREAD, LEAST, MOST, DIGIT],
            default=MISREAD,
            required=True,
            key="cnn_sure_kind",
            bind="query-params",
            help="Those read wrongly (surest first), those with the lowest or the highest confidence, or one "
            "digit's images in the order of the file.",
        )
        digit = 0
        if kind == DIGIT:
            digit = int(
                st.selectbox(
                    "Digit",
                    list(range(CLASSES)),
                    key="cnn_sure_digit",
                    bind="query-params",
                    width=90,
                    help="The true digit, the label.",
                )
            )
        places = _order(str(kind), digit, confidence, answers, labels)
        sheets = max(1, -(-len(places) // SHEET))
        sheet = 1
        if sheets > 1:
            sheet = int(
                st.number_input(
                    f"Sheet, 1 to {sheets:,}",
                    1,
                    sheets,
                    1,
                    width=150,
                    bind="query-params",
                    key=f"cnn_sure_sheet_{str(kind).split()[0]}_{sheets}",
                    help=f"{SHEET} images a sheet.",
                )
            )
    if not len(places):
        st.markdown("Not one image was misread. Look at the least sure ones.")
        return
    here = places[(sheet - 1) * SHEET : sheet * SHEET]
    digit_gallery(
        mnist.test.images[here, 0].numpy(),
        [_caption(int(labels[i]), int(answers[i]), float(confidence[i])) for i in here],
    )
    st.caption(
        f"{len(places):,} images, {(sheet - 1) * SHEET + 1:,} to {(sheet - 1) * SHEET + len(here):,} shown. "
        "Under each: its label → the network's answer, and that answer's probability."
    )


def _order(kind: str, digit: int, confidence: Tensor, answers: Tensor, labels: Tensor) -> Tensor:
    """Positions of the images of that kind, in their order."""
    if kind == DIGIT:
        return torch.nonzero(labels == digit).flatten()
    if kind == MISREAD:
        wrong = torch.nonzero(answers != labels).flatten()
        return wrong[confidence[wrong].argsort(descending=True, stable=True)]
    return confidence.argsort(descending=kind == MOST, stable=True)


def _caption(label: int, answer: int, confidence: float) -> str:
    said = probability(confidence)
    return f"{label} → {answer} {said}" if label == answer else f"{label} → **{answer}** {said}"
