"""The experiments of the source texts, by name: one click in the app, one word on the command line.

A recipe holds the text's own settings. Its `claim` is what the text reports, shown beside what a run
measures and never mixed into it; `ours` says what the text leaves open and we had to choose.

Add your own: an entry in RECIPES. It is a preset on the page of its kind of network, a word on the command line, a
row of `reproduce`, a script to export. This one is whole; a test adds it as it stands and walks it through the app:

    RECIPES["mlp-tanh"] = Recipe(
        title="Two layers of tanh",
        color="yellow",
        idea="Normalized pixels, Xavier's start, tanh: what made networks learn before ReLU.",
        source="LeCun et al. 1998: Efficient BackProp",
        setup=RunConfig(
            "mlp-tanh",
            MLPConfig(hidden=(64,), activation="tanh", init="xavier", init_output="xavier", normalize=True),
            TrainConfig(epochs=5, batch_size=32, optimizer=OptimizerConfig("sgd", {"lr": 0.05})),
        ),
        claim="97% test accuracy",
        reported=0.97,
        undecided="the text leaves the width open",
        ours="Width, epochs and learning rate are ours.",
    )
"""

from dataclasses import replace

from core.attacks.config import AttackConfig, AttackSetup
from core.charts.palette import CATEGORICAL, HUES
from core.config.digits import DigitsConfig
from core.config.errors import NotFound
from core.config.race import Lane, RaceConfig
from core.config.run import (
    KINDS,
    CNNConfig,
    CurveConfig,
    DataConfig,
    MLPConfig,
    ModelConfig,
    OptimizerConfig,
    RecurrentConfig,
    RegressorConfig,
    RunConfig,
    TrainConfig,
    WordsConfig,
)
from core.lessons.race.descent.walk import DescentConfig
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.recipes.recipe import Recipe as Recipe
from core.recipes.sources import BLOG, CHAPTER, PROJECT, REPORT, SLIDES

# The recipes that guess a word's language: the course project's network on two divisions of the words.


_NETWORK = RecurrentConfig(cell="gru", units=128, dropout=0.5)
_TRAINING = TrainConfig(
    epochs=12,
    batch_size=64,
    optimizer=OptimizerConfig("adamw", {"lr": 0.03, "weight_decay": 0.1}),
    schedule="one-cycle",
)
_OURS = (
    "Languages, words and their split are ours, so the claim is a yardstick. AdamW, the learning rate, its "
    "one-cycle schedule, dropout after the last character and the epochs were chosen on held-out training words (91.2% "
    "of them over three seeds; Adam at 0.003 without dropout: 89.1%)."
)

LANGUAGE_RECIPES: dict[str, Recipe] = {
    "language-gru": Recipe(
        title="The language of a word",
        idea="One character after the other through a GRU; after the last one it names the language.",
        source=f"{PROJECT}, task 4",
        setup=RunConfig("language-gru", _NETWORK, _TRAINING, WordsConfig()),
        claim="88.20% test accuracy",
        reported=0.882,
        ours=_OURS,
    ),
    "language-gru-stem": Recipe(
        title="The same, split by word stem",
        idea="No test word begins with the same five letters as a training word of its language.",
        source=f"{PROJECT}, task 4",
        setup=RunConfig("language-gru-stem", _NETWORK, _TRAINING, WordsConfig(division="stem")),
        ours=f"The split by stem is ours: test words that are really new. {_OURS}",
    ),
}


def _run(recipe: str, model: ModelConfig, train: TrainConfig, data: DataConfig | None = None) -> RunConfig:
    return RunConfig(recipe=recipe, model=model, train=train, data=data)


_COURSE_NETWORK = CNNConfig(
    channels=(16, 32, 64),
    kernels=(3, 3, 3),
    strides=(1, 1, 1),
    paddings=(0, 0, 0),
    pools=("none", "max", "max"),
    hidden=(128,),
)
_COURSE_TRAINING = TrainConfig(
    epochs=5, batch_size=64, optimizer=OptimizerConfig("sgd", {"lr": 0.02, "momentum": 0.92})
)

RECIPES: dict[str, Recipe] = {
    "linear-softmax": Recipe(
        title="Linear softmax",
        color="gray",
        idea="One linear map f(x) = Wx + b and a softmax: how far does no hidden layer get?",
        source=SLIDES,
        setup=_run(
            "linear-softmax",
            MLPConfig(hidden=()),
            TrainConfig(epochs=10, batch_size=128, optimizer=OptimizerConfig("sgd", {"lr": 0.1})),
        ),
        ours="The course slides fit it to red wine; digits, learning rate 0.1, batch 128 and 10 epochs are ours.",
    ),
    "mlp-autograd": Recipe(
        title="Two layers, bare tensors",
        color="blue",
        idea="One hidden layer of 100 sigmoids; autograd finds the gradient, you make the step.",
        source=f"{SLIDES}, task 1",
        setup=_run(
            "mlp-autograd",
            MLPConfig(hidden=(100,), activation="sigmoid", family="raw"),
            TrainConfig(epochs=10, batch_size=128, optimizer=OptimizerConfig("sgd-by-hand", {"lr": 0.01})),
        ),
        ours="The course slides do not name the weight initialization; PyTorch's default is ours.",
    ),
    "mlp-manual": Recipe(
        title="The same, by hand",
        color="sky",
        idea="The same network without backward(): every gradient by the chain rule, written out.",
        source=f"{SLIDES}, bonus task",
        setup=_run(
            "mlp-manual",
            MLPConfig(hidden=(100,), activation="sigmoid", family="manual"),
            TrainConfig(epochs=10, batch_size=128, optimizer=OptimizerConfig("sgd-by-hand", {"lr": 0.01})),
        ),
        ours="The course slides do not name the weight initialization; PyTorch's default is ours.",
    ),
    "mlp-module": Recipe(
        title="Four layers, nn.Module",
        color="brown",
        idea="Three linear layers written as your own nn.Module, trained by torch.optim.",
        source=f"{SLIDES}, task 2",
        setup=_run(
            "mlp-module",
            MLPConfig(hidden=(256, 128), activation="relu", family="my-linear"),
            TrainConfig(epochs=10, batch_size=128, optimizer=OptimizerConfig("sgd", {"lr": 0.1})),
        ),
        ours="Widths 784→256→128→10, ReLU, batch 128, learning rate 0.1 and 10 epochs are ours.",
    ),
    "mlp-deep": Recipe(
        title="A deep network",
        color="violet",
        idea="Five linear layers, normalized input, momentum: deeper than it needs to be, and good.",
        source=BLOG,
        setup=_run(
            "mlp-deep",
            MLPConfig(hidden=(512, 256, 128, 64), activation="relu", normalize=True),
            TrainConfig(epochs=10, batch_size=64, optimizer=OptimizerConfig("sgd", {"lr": 0.01, "momentum": 0.5})),
        ),
    ),
    "cnn-lab": Recipe(
        title="The lab report's CNN",
        color="orange",
        idea="Two convolutions of 5×5, dropout and patience: small enough to look at every kernel.",
        source=REPORT,
        setup=_run(
            "cnn-lab",
            CNNConfig(
                channels=(4, 8),
                kernels=(5, 5),
                strides=(1, 1),
                paddings=(2, 2),
                pools=("max", "max"),
                hidden=(512,),
                dropout=0.5,
            ),
            TrainConfig(
                epochs=20,
                batch_size=64,
                optimizer=OptimizerConfig("sgd", {"lr": 0.001, "momentum": 0.9}),
                split="lab",
                record_every=100,
            ),
        ),
        claim="99.06% on the last 5,000 test images, 97.78% on the first 5,000 at the end",
        reported=0.9906,
        reported_on=5_000,
    ),
    "cnn-bn": Recipe(
        title="CNN with batch norm",
        color="vermillion",
        idea="Three convolutions of 3×3, each followed by batch normalization.",
        source=f"{PROJECT}, task 1",
        setup=_run("cnn-bn", replace(_COURSE_NETWORK, batch_norm=True), _COURSE_TRAINING),
        claim="98.84% with two batch-norm layers (pass mark 98%)",
        reported=0.9884,
        undecided="the course project gives neither epochs nor batch size, and counts two batch norms or three",
        ours="Three batch norms, as in the walk-through; 5 epochs, batch 64 and 128 hidden units are ours.",
    ),
    "cnn-nobn": Recipe(
        title="The same without batch norm",
        color="purple",
        idea="The course project's CNN as it is without normalization between its layers.",
        source=f"{PROJECT}, task 1",
        setup=_run("cnn-nobn", _COURSE_NETWORK, _COURSE_TRAINING),
        claim="97.77% without batch norm",
        reported=0.9777,
        undecided="the course project gives neither epochs nor batch size",
        ours="5 epochs, batch 64 and 128 hidden units are ours.",
    ),
    "fast-99": Recipe(
        title="99% while you watch",
        idea="A CNN built for speed: a good second of training classifies 99 of 100 unseen digits correctly.",
        source="None: ours, after the short-run records on MNIST",
        setup=_run(
            "fast-99",
            CNNConfig(
                channels=(16, 32),
                kernels=(5, 3),
                strides=(2, 1),
                paddings=(0, 0),
                pools=("none", "max"),
                batch_norm=True,
                pool_first=True,
                norm_hidden=True,
                hidden=(128,),
            ),
            TrainConfig(
                epochs=1,
                batch_size=192,
                optimizer=OptimizerConfig("adam", {"lr": 0.03, "beta_1": 0.7, "beta_2": 0.9}),
                label_smoothing=0.2,
                schedule="one-cycle",
            ),
            DigitsConfig(share=0.6),
        ),
        ours="All of it. One pass over 60% of the training images; designed on images held out of training.",
    ),
    "cnn-robust": Recipe(
        title="Adversarially trained CNN",
        color="green",
        idea="A small CNN that sees every image at its worst within ε = 0.3: robust, but slow to train.",
        source=f"{PROJECT}, task 3, turned round",
        setup=_run(
            "cnn-robust",
            CNNConfig(
                channels=(16, 32), kernels=(4, 4), strides=(2, 2), paddings=(1, 1), pools=("none", "none"), hidden=(64,)
            ),
            TrainConfig(
                epochs=8,
                batch_size=128,
                optimizer=OptimizerConfig("adam", {"lr": 0.003}),
                schedule="one-cycle",
                adversarial="pgd",
            ),
        ),
        ours="All of it is ours, after Madry et al. 2018 and Wong, Rice & Kolter 2020.",
    ),
    "fgsm": Recipe(
        title="The fast gradient sign method",
        idea="One step on the pixels, uphill on the loss: digits that were classified correctly no longer are.",
        source=f"{PROJECT}, task 3",
        setup=AttackSetup("cnn-bn", AttackConfig("fgsm", 0.3), n=1000),
        ours="The course project gives no ε and no number: 0.3, the network and the images are ours.",
    ),
    "regression-sine": Recipe(
        title="A curve from points",
        idea="One number in, one number out: sixteen tanh units that together fit a sine.",
        source=f"{PROJECT}, task 2",
        setup=RunConfig(
            "regression-sine",
            RegressorConfig(hidden=(16,), activation="tanh"),
            TrainConfig(
                epochs=1000,
                batch_size=256,
                optimizer=OptimizerConfig("adam", {"lr": 0.05}),
                validation=0.2,
                keep="best",
            ),
            CurveConfig(points=250),
        ),
        claim="a final loss of 0.000313 (pass mark 0.02)",
        ours="The course project gives MSE, Adam and learning rate 0.05; the sine, its interval, 16 tanh "
        "units and 1,000 epochs are ours.",
    ),
    **LANGUAGE_RECIPES,
    "gd-demo": Recipe(
        title="Gradient descent on a parabola",
        idea="f(x) = x² + 2 and nothing else: every step of the way down can be checked by hand.",
        source=CHAPTER,
        setup=DescentConfig(),
        claim="Steps 14 to 20 as printed: x from 0.329853488333 to 0.0864691128455",
        ours="The book chapter draws x₀ at random and does not print it; 6 leads to its numbers.",
    ),
    "optimizer-race": Recipe(
        title="SGD, RMSprop and Adam from one start",
        idea="Three optimizers train one network from the same weights on the same batches.",
        source=CHAPTER,
        setup=RaceConfig(
            _run(
                "mlp-autograd",
                MLPConfig(hidden=(100,), activation="relu", family="raw"),
                TrainConfig(epochs=2, batch_size=128, validation=0.1, record_every=50),
            ),
            tuple(Lane(name, OptimizerConfig(name.lower())) for name in ("SGD", "RMSprop", "Adam")),
        ),
        ours="The race on digits is ours: network, ReLU, batch 128, 2 epochs. The book chapter races on an image; "
        "what it says of RMSprop and Adam belongs there. The optimizers' settings are its defaults.",
    ),
    "optimizer-race-image": Recipe(
        title="Three optimizers make it see a leopard",
        idea="A frozen ImageNet classifier; only the image's pixels are updated, toward class 288.",
        source=CHAPTER,
        setup=ImageRaceConfig(),
        claim="RMSprop and Adam fall much faster than SGD",
        ours="The book chapter takes AlexNet and a panda and gives no learning rate; EfficientNet-Lite0, four "
        "photos and 0.01 for all are ours.",
    ),
}

_NETWORKS = tuple(KINDS.values())


def train_recipes(kind: type[ModelConfig] | tuple[type[ModelConfig], ...] = _NETWORKS) -> list[str]:
    """Names of the recipes that train a network of that kind, or of those kinds."""
    return [name for name, entry in RECIPES.items() if entry.kind == "train" and isinstance(entry.config.model, kind)]


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises NotFound with the names there are."""
    if name not in RECIPES:
        raise NotFound(f"There is no recipe {name!r}; the recipes are {', '.join(RECIPES)}.")
    return RECIPES[name]


def recipe_color(name: str) -> str:
    """The color of a recipe's network in every chart; where none is said an id always gets the same hue."""
    color = RECIPES[name].color if name in RECIPES else None
    return HUES[color] if color else CATEGORICAL[sum(name.encode()) % len(CATEGORICAL)]
