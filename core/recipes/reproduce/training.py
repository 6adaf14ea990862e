"""The recipes that train: each text's claim beside the test accuracy over several seeds."""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

from tqdm import tqdm

from core.config.proportion import proportion
from core.config.run import DIGIT_READERS, RunConfig
from core.data.digits import Mnist
from core.formatting import percent, points
from core.jobs.autotune import ALONE, ThreadTuner
from core.recipes.reproduce.row import Load, Reproduction, Row, interval, row
from core.recipes.texts import RECIPES, Recipe, train_recipes
from core.storage.history import History
from core.training.callbacks import Callback, Training
from core.training.run_data import run_data
from core.training.trainer import Diverged, Trainer

SEEDS = (0, 1, 2)
QUICK_SEEDS = (0,)
#: Changes that make a run quick: nothing is tried out before it.
QUICK = {"epochs": 1, "precision": "fp32", "threads": 1}


def reproduce_training(name: str, quick: bool, load: Load) -> Row:
    """Train the recipe once a seed and average; quick: one seed and one epoch, whatever the text says."""
    started = time.perf_counter()
    seeds = QUICK_SEEDS if quick else SEEDS
    recipe, mnist = RECIPES[name], load()
    config = recipe.config.with_settings(QUICK) if quick else recipe.config
    histories = [trained(config.with_settings({"seed": seed}), mnist, f"{name}, seed {seed}") for seed in seeds]
    values = [history.last("test_accuracy") for history in histories]
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if len(known) == len(values) else None
    whole = not quick and mnist.size == "full"
    n_test = len(run_data(mnist, config).test)
    extra = {}
    if config.train.split == "lab":
        extra = {"first_half": [history.last("validation_accuracy") for history in histories]}
    return row(
        name,
        claim=recipe.claim,
        measured=mean,
        unit=f"accuracy on {config.tested_on(n_test)} (fraction, mean over seeds)",
        seeds=seeds,
        started=started,
        holds=held(recipe, mean) if whole else None,
        rule=rule(recipe, whole=whole),
        values=values,
        ci95=_ci95(known, mean, n_test),
        epochs=config.train.epochs,
        data=mnist.size,
        **extra,
    )


def slack(entry: Recipe) -> float:
    """Half the 95% interval of the reported accuracy on so many images: less cannot be told apart."""
    low, high = proportion(entry.reported or 0.0, entry.reported_on).interval
    return (high - low) / 2


def held(entry: Recipe, mean: float | None) -> bool | None:
    """Whether the mean accuracy reaches what the text reports; None where no run decides that."""
    if entry.reported is None or not entry.reported_on:
        return None
    return mean is not None and mean >= entry.reported - slack(entry)


def rule(entry: Recipe, *, whole: bool) -> str:
    """In words how `holds` is decided, or why it is not."""
    if entry.claim is None:
        return "undecided: the source reports no number"
    if entry.reported is None or not entry.reported_on:
        return f"undecided: {entry.undecided}"
    said = (
        f"the mean over seeds is at least {percent(entry.reported, 2)} less {points(slack(entry))}, "
        f"which is what {entry.reported_on:,} images can tell (95%)"
    )
    return said if whole else f"undecided on few images or epochs; on the whole MNIST: {said}"


def _ci95(values: Sequence[float], mean: float | None, images: int) -> list[float] | None:
    """Over seeds where there are several (inside 0…1), else over the test images."""
    if mean is None:
        return None
    low, high = interval(values) or proportion(mean, images).interval
    return [max(0.0, low), min(1.0, high)]


class _Bar(Callback):
    """A line on stderr that counts steps."""

    def __init__(self, label: str) -> None:
        self.label = label

    def on_train_begin(self, trainer: Training) -> None:
        steps = -(-trainer.n // trainer.config.train.batch_size) * trainer.config.train.epochs
        self.bar = tqdm(total=steps, desc=self.label, unit="step", file=sys.stderr, mininterval=0.5, leave=False)

    def on_batch_end(self, trainer: Training) -> None:
        self.bar.update()

    def on_train_end(self, trainer: Training) -> None:
        self.bar.close()


def trained(config: RunConfig, mnist: Mnist, label: str, callbacks: Sequence[Callable[[], Callback]] = ()) -> History:
    """Train to the end and return what was recorded; a run that diverged ends early, its scores None."""
    watching = [ThreadTuner(worth_it=ALONE), _Bar(label), *(make() for make in callbacks)]
    trainer = Trainer(config, run_data(mnist, config), watching)
    try:
        trainer.run()
    except Diverged as error:
        tqdm.write(f"{label}: {error}", file=sys.stderr)
    return trainer.history


ROWS: dict[str, Reproduction] = {name: partial(reproduce_training, name) for name in train_recipes(DIGIT_READERS)}
