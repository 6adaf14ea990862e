"""The row about the shortest way to 99%: the recipe `fast-99` against the public record's, in seconds.

Each round trains with another seed, and both sides tell how well they read the test images. `fast-99` was
designed on images held out of the training set; the test images only report.
"""

import itertools

import torch

from benchmarks import record_recipe
from benchmarks.epochs import IN_IT, Stopwatch
from benchmarks.measure import Limit, Row, Setup, Timed, Took
from core.jobs.autotune import ALONE, ThreadTuner
from core.models.evaluation import evaluate
from core.recipes.texts import RECIPES
from core.training.trainer import new_trainer

QUICK = 4_000  # training images in a quick run
SEEDS = 10  # rounds of a whole run, a seed each


def _fast_99(setup: Setup) -> tuple[Timed, Timed]:
    mnist = setup.digits(QUICK)
    prepared, test = record_recipe.prepared(mnist.train), record_recipe.prepared(mnist.test)
    our_seeds, their_seeds = itertools.count(), itertools.count()

    def ours() -> Took:
        config = RECIPES["fast-99"].config.with_settings({"seed": next(our_seeds), "fast": True})
        watch = Stopwatch()
        trainer = new_trainer(config, mnist, torch.device("cpu"), [ThreadTuner(worth_it=ALONE), watch])
        trainer.run()
        wrong = 100 * (1 - (trainer.history.last("test_accuracy") or 0.0))
        return Took(watch.seconds, torch.get_num_threads(), {"mean_test_error_percent": wrong})

    def record() -> Took:
        took, model = record_recipe.one_epoch(prepared, next(their_seeds))
        wrong = 100 * (1 - evaluate(model, test).accuracy)
        return took._replace(extra={"mean_test_error_percent_of_the_record": wrong})

    return ours, record


ROWS: dict[str, Row] = {
    "time-to-99": Row(
        f"the recipe fast-99, another seed each round: {IN_IT}",
        "the public record's recipe as published, fp32, its images normalized beforehand",
        7.0,
        _fast_99,
        limit=Limit("mean_test_error_percent", 1.0),
        rounds=SEEDS,
    )
}
