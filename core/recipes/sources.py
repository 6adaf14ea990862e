"""The texts that the experiments come from: one name for each, what it is, and what it asks for.

Names and claims as the texts have them; what was measured here stands elsewhere.
"""

from dataclasses import dataclass

SLIDES = "Course slides (Digits)"
PROJECT = "Course project"
BLOG = "Blog post (Deep network)"
CHAPTER = "Book chapter (Optimizers)"
REPORT = "Lab report (CNN)"


@dataclass(frozen=True)
class Ask:
    """One thing that a text asks for or does. part: where in the text, or "". asked: a sentence.

    recipes: names of those that answer it. tabs: (lesson's name, tab's name) of where it can be seen.
    """

    part: str
    asked: str
    recipes: tuple[str, ...]
    tabs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A text. title: what it is called itself. about: what kind of text it is and what it covers, a sentence."""

    name: str
    title: str
    about: str
    asks: tuple[Ask, ...]


SOURCES = (
    Source(
        SLIDES,
        "Handwritten digits: from supervised learning to PyTorch",
        "Slides of a first course. They collect data, build f(x), choose a loss, minimize it by gradient descent and "
        "predict; then PyTorch does the same.",
        (
            Ask(
                "",
                "See an image as a vector of 784 numbers in [0, 1], its label as one-hot, and why training takes "
                "mini-batches.",
                (),
                (("explorer", "As numbers"), ("mlp", "Formulas")),
            ),
            Ask(
                "",
                "Start from the linear model f(x) = Wx + b with a softmax.",
                ("linear-softmax",),
                (("mlp", "Train"),),
            ),
            Ask(
                "",
                "Let autograd differentiate ((a − 1)²).sum() and compare with the derivative by hand.",
                (),
                (("mlp", "Autograd"),),
            ),
            Ask(
                "task 1",
                "Train 784-100-10 with sigmoids on bare tensors; report the test accuracy at the defaults, then a "
                "record of at least three rows of hyperparameters and accuracy.",
                ("mlp-autograd",),
                (("mlp", "Train"), ("mlp", "Results")),
            ),
            Ask(
                "bonus task",
                "Train the same network without backward(): the chain rule as a loop over the samples, then as matrix "
                "products.",
                ("mlp-manual",),
                (("backprop", "Chain rule"), ("backprop", "Loop or matrices"), ("backprop", "Train it")),
            ),
            Ask(
                "task 2",
                "Write a network of three linear layers as an nn.Module, train it with torch.optim.SGD, compare with "
                "task 1, and try other optimizers.",
                ("mlp-module",),
                (("mlp", "Train"), ("runs", "Compare")),
            ),
        ),
    ),
    Source(
        PROJECT,
        "Four tasks on convolution, regression, attacks and recurrent networks",
        "A report on a project of four tasks, each with a network of its own.",
        (
            Ask(
                "task 1",
                "Classify digits with a CNN, with and without batch normalization; show predictions with their "
                "confidence, the misclassified ones too; say what batch normalization does.",
                ("cnn-bn", "cnn-nobn"),
                (("cnn", "Train"), ("cnn", "Batch norm"), ("cnn", "Confidence")),
            ),
            Ask(
                "task 2",
                "Fit a nonlinear function of one variable with MSE loss and Adam; plot training and validation loss.",
                ("regression-sine",),
                (("regression", "Train"),),
            ),
            Ask(
                "task 3",
                "Attack a network with the fast gradient sign method, show clean beside adversarial images, and say "
                "why it works.",
                ("fgsm", "cnn-robust"),
                (("adversarial", "Step by step"), ("adversarial", "Why it works"), ("adversarial", "Defend")),
            ),
            Ask(
                "task 4",
                "Tell with a GRU which of five languages a word is from; explain its gates.",
                ("language-gru", "language-gru-stem"),
                (("language", "Train"), ("language", "How a GRU works")),
            ),
        ),
    ),
    Source(
        BLOG,
        "A deep fully connected network",
        "A blog post that builds one network of five linear layers, and derives its gradients down to the first.",
        (
            Ask(
                "",
                "Train 784-512-256-128-64-10 on normalized images, with momentum; the accuracy after each epoch.",
                ("mlp-deep",),
                (("mlp", "Train"), ("explorer", "Classes")),
            ),
            Ask(
                "",
                "Follow the long chain of partial derivatives down to ∂L/∂W₁, and the momentum update.",
                (),
                (("backprop", "Long product"), ("mlp", "One step")),
            ),
        ),
    ),
    Source(
        CHAPTER,
        "Backward pass and optimizers",
        "A chapter of a book on deep learning: gradient descent by hand, then optimizers that change an image.",
        (
            Ask(
                "",
                "Descend f(x) = x² + 2 at learning rate 0.1 and print every step; gradient ascent, too.",
                ("gd-demo",),
                (("race", "One dimension"),),
            ),
            Ask(
                "",
                "Compare SGD, RMSprop and Adam with the settings it lists; here on digits.",
                ("optimizer-race",),
                (("race", "The race"), ("race", "Two dimensions")),
            ),
            Ask(
                "",
                "Change an image by each of the three until a fixed classifier sees a leopard; plot the losses.",
                ("optimizer-race-image",),
                (("race", "For an image"),),
            ),
        ),
    ),
    Source(
        REPORT,
        "Inside a convolutional network",
        "A report that trains a small CNN and takes it apart.",
        (
            Ask(
                "",
                "Train it for 20 epochs; record training and validation error every 100 batches; test on the last "
                "5,000 test images.",
                ("cnn-lab",),
                (("cnn", "Train"),),
            ),
            Ask(
                "",
                "Keep the kernels of every epoch and show them; show the feature maps of test image 4.",
                ("cnn-lab",),
                (("cnn", "Kernels"), ("cnn", "Feature maps")),
            ),
            Ask(
                "",
                "Shift an image by 3 pixels, predict again, and compare the feature maps before and after.",
                ("cnn-lab",),
                (("cnn", "Robustness"),),
            ),
        ),
    ),
)
