"""The tabs of the CNN page. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.tab import OpenTab, Tab

if TYPE_CHECKING:
    from core.models.trained_network import TrainedNetwork


@contextmanager
def around(open_tab: OpenTab) -> Iterator[Tab]:
    """Recipe, settings and start on the left: hidden, but kept, on the tabs that look at a network."""
    from pages.ui.cnn.batch_norm import PAIR
    from pages.ui.cnn.train import PAGE, open_former_first

    open_former_first()
    PAIR.current()  # whichever tab is open: the address and the run go on belonging to this session
    with PAGE.around(open_tab) as opened:
        yield opened


def _network() -> "TrainedNetwork":
    from pages.ui.cnn.train import PAGE

    return PAGE.chosen_network()


def _by_hand() -> None:
    from pages.ui.cnn.convolution_by_hand import by_hand

    by_hand(mnist())


def _train() -> None:
    from pages.ui.cnn.train import PAGE

    PAGE.show(PAGE.chosen())


def _kernels() -> None:
    from pages.ui.cnn.kernels import kernels

    kernels(_network(), mnist())


def _feature_maps() -> None:
    from pages.ui.cnn.feature_maps import feature_maps

    feature_maps(_network(), mnist())


def _robustness() -> None:
    from pages.ui.cnn.robustness import robustness

    robustness(_network(), mnist())


def _batch_norm() -> None:
    from pages.ui.cnn.batch_norm import batch_norm

    batch_norm(mnist())


def _confidence() -> None:
    from pages.ui.cnn.confidence import confidence

    confidence(_network(), mnist())


TABS = (
    Tab(
        name="By hand",
        title="By hand",
        question="What does a kernel compute at each place of the image?",
        see="Click a cell of the output to see its sum.",
        meaning="A convolution computes the same weighted sum at every place of the image, so a kernel of few "
        "weights detects its pattern wherever it occurs.",
        minutes=8,
        level="first",
        terms=("convolution", "cross-correlation", "kernel", "stride", "padding", "weight sharing", "max-pooling"),
        show=_by_hand,
    ),
    Tab(
        name="Train",
        title="Train",
        question="How well does a convolutional network learn to classify digits?",
        see="Press *Train one epoch* and watch the accuracy rise within the first epoch.",
        meaning="Sharing weights over all places builds in that images consist of local patterns, which is why a "
        "convolutional network usually classifies them better than a fully connected one.",
        minutes=10,
        level="first",
        terms=(
            "convolutional neural network",
            "convolution",
            "dropout",
            "label smoothing",
            "validation split",
            "trainable parameters",
        ),
        show=_train,
    ),
    Tab(
        name="Kernels",
        title="Kernels",
        question="What does training do to the kernels, and when does the network begin to classify correctly?",
        see="Drag the epoch from 0 to the end and watch the kernels and the accuracy.",
        meaning="Kernels are not designed but learned: gradient descent turns random weights into detectors of "
        "edges and strokes, and most of the accuracy is gained early.",
        minutes=6,
        level="deeper",
        terms=("kernel", "epoch", "weight initialization"),
        show=_kernels,
    ),
    Tab(
        name="Feature maps",
        title="Feature maps",
        question="What does every layer make of an image, and how much does the network need each channel?",
        see="Follow one image from layer to layer, then switch channels off under *Ablation*.",
        meaning="Each channel responds to one kind of pattern, deeper layers combine the maps before them, and "
        "ablation measures how much a prediction depends on a channel.",
        minutes=12,
        level="first",
        terms=(
            "feature map",
            "channel",
            "receptive field",
            "ablation",
            "maximally activating images",
            "saliency",
            "Grad-CAM",
        ),
        show=_feature_maps,
    ),
    Tab(
        name="Robustness",
        title="Robustness",
        question="How far can an image be transformed before the prediction changes?",
        see="Raise the strength until the prediction changes, and compare the feature maps before and after.",
        meaning="Convolution is equivariant to shifts and pooling only nearly invariant, so transformations that "
        "the training data lack still lower the accuracy.",
        minutes=8,
        level="deeper",
        terms=("robustness", "distribution shift", "equivariance", "invariance"),
        show=_robustness,
    ),
    Tab(
        name="Batch norm",
        title="Batch norm",
        question="Does batch norm make this network better, or training easier?",
        see="Raise the learning rate, press *Train both*, and see which of the two networks still learns.",
        meaning="Batch normalization keeps the pre-activations of every channel in a stable range, which makes "
        "training possible at learning rates that are too large without it.",
        minutes=10,
        level="deeper",
        terms=("batch normalization", "internal covariate shift", "learning rate"),
        show=_batch_norm,
    ),
    Tab(
        name="Confidence",
        title="Confidence",
        question="How confident is the network, and is it correct as often as it is confident?",
        see="Look at the most confident errors, then compare the two reliability diagrams.",
        meaning="Confidence is not the probability of being correct unless the network is calibrated, and "
        "temperature scaling improves calibration without changing any prediction.",
        minutes=8,
        level="deeper",
        terms=(
            "confidence",
            "calibration",
            "reliability diagram",
            "expected calibration error",
            "temperature scaling",
            "bootstrap",
        ),
        show=_confidence,
    ),
)
