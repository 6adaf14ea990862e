"""The tabs of the Data Explorer. Add a tab: a function that draws it, in a file of this folder, and a record here.

What a record holds, pages/ui/kit/shell/tab.py says.
"""

from pages.ui.kit.shell.tab import Tab


def _browse() -> None:
    from pages.ui.explorer.browse import show

    show()


def _numbers() -> None:
    from pages.ui.explorer.numbers import show

    show()


def _classes() -> None:
    from pages.ui.explorer.classes import show

    show()


def _pixels() -> None:
    from pages.ui.explorer.pixels import show

    show()


def _embedding() -> None:
    from pages.ui.explorer.embedding import show

    show()


def _neighbors() -> None:
    from pages.ui.explorer.neighbors import show

    show()


def _baseline() -> None:
    from pages.ui.explorer.baseline import show

    show()


def _shuffled() -> None:
    from pages.ui.explorer.shuffled import show

    show()


def _outliers() -> None:
    from pages.ui.explorer.outliers import show

    show()


def _own_handwriting() -> None:
    from pages.ui.explorer.own_handwriting import show

    show()


def _source() -> None:
    from pages.ui.kit.training.data_state import data_state

    data_state("data_source")


TABS = (
    Tab(
        name="Browse",
        title="Browse",
        question="In how many ways do people write the same digit?",
        see="Choose a digit, turn the pages, and point at an image to see it large.",
        meaning="The same digit is written in many shapes, so a classifier has to learn what they share instead of "
        "storing one template.",
        minutes=3,
        level="first",
        terms=("MNIST", "supervised learning", "class", "label", "training and test set"),
        show=_browse,
    ),
    Tab(
        name="As numbers",
        title="As numbers",
        question="What does a network receive when it is given an image?",
        see="Move the row: the framed row of pixels is one stretch of the vector of 784 numbers.",
        meaning="To a network an image is a vector of 784 pixel values between 0 and 1 and a label is a one-hot "
        "vector: all else must be learned from these.",
        minutes=5,
        level="first",
        terms=("pixel", "tensor", "flattening", "one-hot encoding", "batch"),
        show=_numbers,
    ),
    Tab(
        name="Classes",
        title="Classes",
        question="How often does each digit occur, and where does handwriting differ?",
        see="Find the yellow edges under *Where people differ*: there one digit is drawn in many ways.",
        meaning="The ten classes are nearly balanced, so accuracy is a fair measure, and the standard deviation of "
        "each pixel shows where handwriting varies.",
        minutes=3,
        level="first",
        terms=("class imbalance", "mean", "standard deviation"),
        show=_classes,
    ),
    Tab(
        name="Pixels",
        title="Pixels",
        question="How are pixel values distributed, and what does normalization change?",
        see="Compare the two histograms: the bars are the same, only the axis has moved.",
        meaning="Normalization subtracts one mean from all pixels and divides by one standard deviation: it changes "
        "the axis, not the information.",
        minutes=4,
        level="deeper",
        terms=("normalization", "histogram", "mean", "standard deviation"),
        show=_pixels,
    ),
    Tab(
        name="Map",
        title="Map",
        question="Do images of the same digit lie close together?",
        see="Switch from PCA to t-SNE and watch the ten colors part.",
        meaning="Images of the same class lie close together in pixel space: two principal components show it only "
        "in part, while t-SNE keeps neighbors together.",
        minutes=5,
        level="first",
        terms=("dimensionality reduction", "PCA", "explained variance", "t-SNE", "perplexity"),
        show=_embedding,
    ),
    Tab(
        name="Neighbors",
        title="Neighbors",
        question="Which training images are most like this one, and for which digit do they vote?",
        see="Raise the number of neighbors and watch the vote change.",
        meaning="k-nearest neighbors classifies without any training: it stores the training images and lets the k "
        "closest vote.",
        minutes=4,
        level="deeper",
        terms=("k-nearest neighbors", "Euclidean distance"),
        show=_neighbors,
    ),
    Tab(
        name="The floor",
        title="The floor",
        question="Which accuracy must every network beat?",
        see="Average one image per digit and try several seeds: the accuracy becomes a matter of luck.",
        meaning="A classifier is worth its complexity only if it beats a simple baseline, and an accuracy says "
        "little without its confidence interval.",
        minutes=4,
        level="first",
        terms=("baseline", "nearest centroid", "accuracy", "confidence interval", "confusion matrix", "random seed"),
        show=_baseline,
    ),
    Tab(
        name="Shuffled",
        title="Shuffled",
        question="Does a fully connected network need to know which pixels are neighbors?",
        see="Press *Train on both* and compare the two accuracies.",
        meaning="A fully connected network treats pixels as an unordered list, so it learns shuffled images just as "
        "well: that neighbors belong together is the inductive bias of a convolution.",
        minutes=4,
        level="deeper",
        terms=("multilayer perceptron", "fully connected layer", "inductive bias"),
        show=_shuffled,
    ),
    Tab(
        name="Odd ones",
        title="Odd ones",
        question="Which images are unlike their class, and which are almost copies?",
        see="Look for an image that you would label differently.",
        meaning="Every data set contains outliers, near-duplicates and doubtful labels, and they limit the accuracy "
        "that any classifier can reach.",
        minutes=4,
        level="deeper",
        terms=("outlier", "near-duplicate", "label", "label noise"),
        show=_outliers,
    ),
    Tab(
        name="My handwriting",
        title="My handwriting",
        question="How well do networks classify your own handwriting?",
        see="Draw a digit, say which it is, and press *Save*: with each drawing the intervals get narrower.",
        meaning="Images that differ in kind from the training data usually cost accuracy: that is distribution "
        "shift, and only many drawings make its measurement exact.",
        minutes=10,
        level="deeper",
        terms=("distribution shift", "generalization", "confidence interval", "Wilson interval"),
        show=_own_handwriting,
    ),
    Tab(
        name="Source",
        title="Source",
        question="Which digits are in use here, and where do they come from?",
        see="Compare the number of training images with the 60,000 of the whole MNIST.",
        meaning="A result can be compared only when it is known which images were trained on and which were kept "
        "apart for the test.",
        minutes=1,
        level="reference",
        terms=("MNIST", "training and test set"),
        show=_source,
    ),
)
