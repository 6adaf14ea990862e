"""`python -m core train RECIPE`: train without a browser, and record the run."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.config.errors import ConfigError, LabError
from core.config.escaping import clean, escaped
from core.config.run import RunConfig
from core.config.validation import integer, setting
from core.formatting import number, percent
from core.jobs.autotune import ALONE, ThreadTuner
from core.jobs.interrupts import between_steps
from core.models.device import choose_device
from core.recipes.texts import RECIPES, recipe
from core.storage.atomic_write import write_whole
from core.storage.checkpoints import run_checkpoint, shipped
from core.storage.disk import check_target, disk_words, is_file
from core.storage.paths import home, private_folder
from core.storage.runs import RunStore, new_run_id
from core.storage.weight_history import weight_history_path
from core.training.callbacks import Callback, StopWhen, Training
from core.training.recording import keep, record_of
from core.training.run_data import material_for
from core.training.trainer import Diverged, new_trainer

HELP = "train a recipe and record the run"


def add(parser: argparse.ArgumentParser) -> None:
    """RECIPE [--epochs N] [--seed S] [--data full|small] [--set key=value …] [--save NAME]."""
    parser.add_argument("recipe", help=f"one of {', '.join(RECIPES)}")
    parser.add_argument("--epochs", type=integer, help="passes over the training images (default: the recipe's)")
    parser.add_argument("--seed", type=integer, help="decides weights, batch order and dropout (default: 0)")
    parser.add_argument(
        "--data",
        choices=("full", "small"),
        help="full: 59,000 / 10,000 images; small: the bundled 4,000 / 1,000 (default: full where it is)",
    )
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="change other settings"
    )
    parser.add_argument(
        "--save", metavar="NAME", help="keep the weights under this name too (or in this .safetensors file)"
    )


def run(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Train, record, and yield the run's summary."""
    chosen = recipe(arguments.recipe)
    if chosen.kind != "train":
        raise ConfigError(f"{arguments.recipe} is a recipe of kind {chosen.kind!r}; train takes those that train.")
    changes = parse_settings(chosen.config, arguments.set)
    for key in ("epochs", "seed"):
        if getattr(arguments, key) is not None:
            changes[key] = getattr(arguments, key)
    config = chosen.config.with_settings(changes)
    target = _target(arguments.save)
    store = RunStore()  # before the training, so that a damaged file costs nothing
    material = material_for(config, arguments.data or "auto")
    with between_steps() as asked:
        callbacks = [ThreadTuner(worth_it=ALONE), Progress(), StopWhen(asked)]
        trainer = new_trainer(config, material, choose_device(), callbacks)
        try:
            trainer.run()
            status = "finished" if trainer.epoch >= trainer.config.train.epochs else "stopped"
        except Diverged as error:
            status = "diverged"
            tqdm.write(escaped(str(error), "terminal"), file=sys.stderr)
        if status == "stopped" and not trainer.steps:
            asked.obey()  # there is nothing to keep yet
        record = record_of(trainer, new_run_id(), status=status, owner="me", data=material.size)
        problem: LabError | None = None
        try:
            keep(trainer, record, store)
            if target:
                _copy(run_checkpoint(record.run_id), target)
        except LabError as error:  # the row is printed all the same: nothing measured is lost
            problem = error
    if status == "stopped":
        tqdm.write(
            f"Stopped at epoch {number(record.epochs)} of {config.train.epochs}: run {record.run_id} keeps "
            f"the "
            "weights so far.",
            file=sys.stderr,
        )
    summary = record.summary()
    if target:
        summary["saved"] = str(target)
    yield summary
    if problem:
        raise problem
    asked.obey()


def _copy(checkpoint: Path, target: Path) -> None:
    """The weights, and their film if there is one, under the name that --save gave. Raises LabError."""
    try:
        write_whole(target, checkpoint.read_bytes())
        if is_file(weight_history_path(checkpoint)):
            write_whole(weight_history_path(target), weight_history_path(checkpoint).read_bytes())
    except OSError as error:
        words = disk_words(error, target)
        raise LabError(f"{words} The weights are kept under the run's id, {checkpoint.stem}.") from error


class Progress(Callback):
    """A progress bar on stderr: steps, loss, test accuracy of the last epoch."""

    def on_train_begin(self, trainer: Training) -> None:
        steps = -(-trainer.n // trainer.config.train.batch_size)
        self.bar = tqdm(total=steps * trainer.config.train.epochs, unit="step", file=sys.stderr, mininterval=0.5)

    def on_batch_end(self, trainer: Training) -> None:
        self.bar.update()

    def on_epoch_end(self, trainer: Training) -> None:
        row = trainer.history.epochs[-1]
        accuracy, loss = row.get("test_accuracy"), row.get("test_loss")
        score = f"accuracy {percent(accuracy, 2)}" if accuracy is not None else f"loss {loss or float('nan'):.3g}"
        self.bar.set_postfix_str(f"epoch {number(row['epoch'] or 0)}, test {score}")

    def on_train_end(self, trainer: Training) -> None:
        self.bar.close()


def parse_settings(config: RunConfig, pairs: list[str]) -> dict[str, Any]:
    """KEY=VALUE words as typed settings: numbers, true/false, words; `hidden=256,128` lists them."""
    known = config.settings()
    changes: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set takes KEY=VALUE, such as lr=0.1; {clean(pair, 40)!r} has no equals sign.")
        if isinstance(known.get(key), tuple) and not text.startswith("["):
            changes[key] = tuple(setting(word.strip()) for word in text.split(",") if word.strip())
        else:
            changes[key] = setting(text)
    return changes


def _target(name: str | None) -> Path | None:
    """Where --save writes: a file ending in .safetensors, or a plain name in the home folder."""
    if name is None:
        return None
    if name.endswith(".safetensors"):
        path = Path(name)
        check_target(path, "--save")
        return path
    if name in shipped():
        raise ConfigError(f"{name} is the name of a network that comes with Digit Lab; choose another for --save.")
    if not name or Path(name).name != name or name.startswith("."):
        raise ConfigError(f"--save takes a plain name or a file ending in .safetensors; it is {name!r}.")
    folder = home() / "checkpoints"
    private_folder(folder)
    path = folder / f"{name}.safetensors"
    check_target(path, "--save")
    return path
