"""From data and config to a finished run on record: what the command line and the jobs share."""

import platform
import sys
import time
from collections.abc import Iterable
from importlib.metadata import version

import torch

from core.checkpoints import run_checkpoint, save_checkpoint
from core.config import CNNConfig, RunConfig
from core.data.digits import Mnist
from core.data.splits import lab_split, validation_places
from core.device import device_name
from core.evaluation import wilson
from core.films import Film, film_path, save_film
from core.runs import RunRecord, RunStore
from core.training.adversarial import AttackedAccuracy
from core.training.callbacks import Callback
from core.training.filming import Filming, PreActivations
from core.training.trainer import RunData, Trainer


def run_data(mnist: Mnist, config: RunConfig) -> RunData:
    """The images of a run: training, test and, where the config asks for one, a validation split.

    Validation images are drawn from the training images by the run's seed, the same share of every digit.
    """
    if config.train.split == "lab":
        return RunData(mnist.train, mnist.test, halves=lab_split(mnist.test))
    if not config.train.validation:
        return RunData(mnist.train, mnist.test)
    kept, held_out = validation_places(mnist.train, config.train.validation, config.train.seed)
    return RunData(mnist.train, mnist.test, kept, held_out)


def new_trainer(
    config: RunConfig,
    mnist: Mnist,
    device: torch.device,
    callbacks: Iterable[Callback] = (),
    *,
    film: bool = True,
) -> Trainer:
    """A trainer ready to run `config` on these digits; a convolutional network is filmed if `film`."""
    filmed = film and isinstance(config.model, CNNConfig)
    watching: list[Callback] = [Filming(), PreActivations()] if filmed else []
    if config.train.adversarial != "none":
        watching.insert(0, AttackedAccuracy())  # first, so that all others see the finished row
    return Trainer(config, run_data(mnist, config), [*watching, *callbacks], device)


def film_of(trainer: Trainer | None) -> Film:
    """The frames that the run has kept so far; none where nobody films."""
    callbacks = trainer.callbacks if trainer else ()
    return next((entry.film for entry in callbacks if isinstance(entry, Filming)), ())


def versions() -> dict[str, str]:
    """What computed a run, for its record."""
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        "platform": f"{sys.platform} {platform.machine()}",
    }


def record_of(
    trainer: Trainer, run_id: str, *, status: str, owner: str, data: str, name: str = ""
) -> RunRecord:
    """The record of a run as it stands now."""
    history = trainer.history.copy()
    accuracy = history.last("test_accuracy")
    n_test = len(trainer.data.test)
    low, high = (None, None) if accuracy is None else wilson(round(accuracy * n_test), n_test)
    return RunRecord(
        run_id=run_id,
        recipe=trainer.start.recipe,
        name=name,
        owner=owner,
        created=time.time(),
        status=status,
        data=data,
        n_train=trainer.n,
        n_test=n_test,
        epochs=history.last("epoch") or 0.0,
        train_seconds=trainer.seconds,
        test_accuracy=accuracy,
        ci_low=low,
        ci_high=high,
        test_loss=history.last("test_loss"),
        validation_accuracy=history.last("validation_accuracy"),
        device=device_name(trainer.device),
        precision=trainer.precision,
        threads=trainer.threads,
        versions=versions(),
        config=trainer.start,
        history=history,
    )


def keep(trainer: Trainer, record: RunRecord, store: RunStore) -> None:
    """Write the weights, then the record: a recorded run always has its weights."""
    provenance = {k: v for k, v in record.summary().items() if k not in ("settings", "name")}
    provenance["versions"] = record.versions
    # the curves travel with the weights, so that a network can show how it became what it is
    provenance["history"] = record.history.rounded().to_json()
    provenance["trained"] = time.strftime("%Y-%m-%d", time.gmtime(record.created))
    if len(film := film_of(trainer)) > 1:
        save_film(film_path(run_checkpoint(record.run_id)), film[:-1])  # the last frame is the checkpoint
    save_checkpoint(run_checkpoint(record.run_id), trainer.module.state_dict(), trainer.start, provenance)
    store.save(record)
