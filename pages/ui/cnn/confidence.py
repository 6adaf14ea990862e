"""Tab: the network's predictions and their confidence, image by image and over all of them."""

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
from pages.ui.kit.widgets.binding import renamed
from pages.ui.kit.widgets.parts import pick_part

PAGE_SIZE = 24
HIGH = 0.9  # as in the course project: "most exceed 0.9"
WRONG, LEAST, MOST, DIGIT = "misclassified", "lowest confidence", "highest confidence", "one digit"
PREDICTIONS, CALIBRATION = "Predictions", "Calibration"
KIND = "cnn_sure_kind"
renamed(KIND, {"misread": WRONG, "least sure": LEAST, "most sure": MOST})
#: Words in the keys of the page number, which stand in addresses.
PAGE_WORD = {WRONG: "misread", LEAST: "least", MOST: "most", DIGIT: "one"}

CODE = """\
with torch.no_grad():
    logits = model(images)                                    # (N, 10)
confidence, predicted = logits.softmax(dim=1).max(dim=1)
correct = predicted == labels

# Expected calibration error, 15 bins of equal width (Guo et al. 2017)
place = (confidence * 15).ceil().long().sub(1).clamp(0, 14)
gap = torch.zeros(15).index_add(0, place, correct.float() - confidence)
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
calibrated = (logits / log_t.exp().detach()).softmax(dim=1)    # same predictions
"""


@panel
def confidence(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The share of high confidences, images with their predictions, and the calibration."""
    part = pick_part(
        "cnn_sure_part",
        {PREDICTIONS: (), CALIBRATION: ("cnn_sure_bins",)},
        help="Single predictions with their confidence, or confidence against accuracy.",
    )
    if part == CALIBRATION:
        calibrated(trained, mnist)
    else:
        probabilities = cached_results.probabilities(trained, mnist)
        confidence, predicted = probabilities.max(dim=1)
        _share(confidence, predicted == mnist.test.labels, mnist)
        _images(confidence, predicted, mnist)
        _course_project(confidence, mnist)
    with st.expander("Show the code", icon=":material/code:"):
        st.code(CODE, language="python")


def _share(confidence: Tensor, right: Tensor, mnist: Mnist) -> None:
    """How many confidences exceed 0.9, and how many of those predictions are wrong."""
    n, high, wrong = len(confidence), int((confidence > HIGH).sum()), int((~right).sum())
    low_end, high_end = Proportion(high, n).interval
    confident_errors = int(((confidence > HIGH) & ~right).sum())
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Confidence above 0.9",
            percent(high / n),
            width=190,
            help=f"Share of test images whose largest probability exceeds 0.9. 95% interval "
            f"{interval(low_end, high_end)}.",
        )
        st.metric("Misclassified", f"{wrong:,} of {n:,}", width=160, help="The prediction is not the true label.")
        st.metric(
            "Confident errors", f"{confident_errors:,}", width=190, help="Misclassified with confidence above 0.9."
        )


def _course_project(confidence: Tensor, mnist: Mnist) -> None:
    """Its sentence about confidences beside the number, folded away."""
    n, high = len(confidence), int((confidence > HIGH).sum())
    low_end, high_end = Proportion(high, n).interval
    verdict = "Yes" if low_end > 0.5 else "No" if high_end < 0.5 else "About half of them"
    with st.expander("Course project: do most confidences exceed 0.9?", icon=":material/format_quote:"):
        st.markdown(f"{verdict}: {percent(high / n)} of {cached_results.which_images(mnist, n)} do.")


def _images(confidence: Tensor, answers: Tensor, mnist: Mnist) -> None:
    """A page of images in the order of one's choice, each with true label, prediction and confidence."""
    labels = mnist.test.labels
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Images",
            [WRONG, LEAST, MOST, DIGIT],
            default=WRONG,
            required=True,
            key=KIND,
            bind="query-params",
            wrap=True,
            help="Misclassified images (most confident errors first), those of lowest or highest confidence, or "
            "all images of one digit.",
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
                    help="True label.",
                )
            )
        places = _order(str(kind), digit, confidence, answers, labels)
        pages = max(1, -(-len(places) // PAGE_SIZE))
        page = 1
        if pages > 1:
            page = int(
                st.number_input(
                    f"Page, 1 to {pages:,}",
                    1,
                    pages,
                    1,
                    width=150,
                    bind="query-params",
                    key=f"cnn_sure_sheet_{PAGE_WORD[str(kind)]}_{pages}",
                    help=f"{PAGE_SIZE} images per page.",
                )
            )
    if not len(places):
        st.markdown("No image is misclassified. Look at those of lowest confidence.")
        return
    here = places[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    digit_gallery(
        mnist.test.images[here, 0].numpy(),
        [_caption(int(labels[i]), int(answers[i]), float(confidence[i])) for i in here],
    )
    st.caption(
        f"{len(places):,} images, {(page - 1) * PAGE_SIZE + 1:,} to {(page - 1) * PAGE_SIZE + len(here):,} shown. "
        "Captions: true label → prediction, confidence."
    )


def _order(kind: str, digit: int, confidence: Tensor, answers: Tensor, labels: Tensor) -> Tensor:
    """Positions of the images of that kind, in their order."""
    if kind == DIGIT:
        return torch.nonzero(labels == digit).flatten()
    if kind == WRONG:
        wrong = torch.nonzero(answers != labels).flatten()
        return wrong[confidence[wrong].argsort(descending=True, stable=True)]
    return confidence.argsort(descending=kind == MOST, stable=True)


def _caption(label: int, answer: int, confidence: float) -> str:
    said = probability(confidence)
    return f"{label} → {answer} {said}" if label == answer else f"{label} → **{answer}** {said}"
