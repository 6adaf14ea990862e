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


def _statistics() -> None:
    from pages.ui.explorer.statistics import show

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


def _own_handwriting() -> None:
    from pages.ui.explorer.own_handwriting import show

    show()


TABS = (
    Tab(
        name="Browse",
        title="Browse",
        question="In how many ways do people write the same digit?",
        see="Choose a class, turn the pages, and point at an image to enlarge it.",
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
        see="Move *Row of the image*: the framed row of pixels is one stretch of the vector of 784 numbers.",
        meaning="To a network an image is a vector of 784 pixel values between 0 and 1 and a label is a one-hot "
        "vector: all else must be learned from these.",
        minutes=5,
        level="first",
        terms=("pixel", "tensor", "flattening", "one-hot encoding", "batch"),
        show=_numbers,
    ),
    Tab(
        name="Classes",
        title="Statistics",
        question="How are classes and pixel values distributed, and what does normalization change?",
        see="Find the yellow edges in the standard deviations: there handwriting differs. Then turn to *Pixel values*.",
        meaning="The ten classes are nearly balanced, so accuracy is a fair measure, and normalization changes the "
        "axis of the pixel values, not their information.",
        minutes=7,
        level="first",
        terms=("class imbalance", "mean", "standard deviation", "histogram", "normalization", "training and test set"),
        show=_statistics,
        joined={"Pixels": {"data_statistics": "Pixel values"}, "Source": {"data_statistics": "Source"}},
    ),
    Tab(
        name="Map",
        title="Map",
        question="Do images of the same digit lie close together?",
        see="Switch from PCA to t-SNE and watch the ten colors separate.",
        meaning="Images of the same class lie close together in pixel space: two principal components show it only "
        "in part, while t-SNE keeps neighbors together.",
        minutes=5,
        level="first",
        terms=("dimensionality reduction", "PCA", "explained variance", "t-SNE", "perplexity"),
        show=_embedding,
    ),
    Tab(
        name="Neighbors",
        title="Neighbors & outliers",
        question="Which images are similar, which are unlike their class, and which are almost copies?",
        see="Raise *k* and watch the vote change. Under *Outliers*, look for a label that you would doubt.",
        meaning="The distance between images is enough to classify by a vote of the k nearest neighbors, and it finds "
        "outliers, near-duplicates and doubtful labels, which limit every classifier.",
        minutes=8,
        level="deeper",
        terms=("k-nearest neighbors", "Euclidean distance", "outlier", "near-duplicate", "label", "label noise"),
        show=_neighbors,
        joined={"Odd ones": {"data_distances": "Outliers"}},
    ),
    Tab(
        name="The floor",
        title="Baseline",
        question="Which accuracy must every network beat?",
        see="Take one training image per class and try several seeds: the accuracy becomes a matter of chance.",
        meaning="A classifier is worth its complexity only if it beats a simple baseline, and an accuracy says "
        "little without its confidence interval.",
        minutes=4,
        level="first",
        terms=("baseline", "nearest centroid", "accuracy", "confidence interval", "confusion matrix", "random seed"),
        show=_baseline,
    ),
    Tab(
        name="Shuffled",
        title="Shuffled pixels",
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
        name="My handwriting",
        title="My handwriting",
        question="How well do networks classify your own handwriting?",
        see="Draw a digit, choose its label, and press *Save*: with each drawing the intervals get narrower.",
        meaning="Images that differ in kind from the training data usually cost accuracy: that is distribution "
        "shift, and only many drawings make its measurement exact.",
        minutes=10,
        level="deeper",
        terms=("distribution shift", "generalization", "confidence interval", "Wilson interval"),
        show=_own_handwriting,
    ),
)
