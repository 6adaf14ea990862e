"""Training in the background: one job and its worker thread.

A job trains its own network in a worker thread and publishes frozen snapshots. Requests (pause, step, stop,
change a setting) are taken between two steps, never in the middle of one. Jobs share the machine, and all
together use no more threads than there are cores.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from torch import Tensor

from core.config.errors import LabError
from core.config.run import RunConfig
from core.config.validation import require
from core.data.examples import Material
from core.data.splits import n_tested
from core.jobs.autotune import ThreadTuner
from core.jobs.background import Background
from core.jobs.registry import JobRegistry
from core.jobs.slots import Slots
from core.jobs.snapshot import ACTIVE, Snapshot, Status
from core.models.device import choose_device, device_name
from core.models.threads import take_threads
from core.storage.history import History, Row
from core.storage.runs import RunStore
from core.training import memory
from core.training.callbacks import Callback, Training
from core.training.recording import best_of, keep, kept_row, record_of, weight_history_of
from core.training.run_data import check_batches
from core.training.trainer import Diverged, Trainer, changeable, new_trainer

log = logging.getLogger(__name__)

PUBLISH_EVERY = 0.2  # seconds between two snapshots while it runs
WEIGHTS_EVERY = 1.0  # seconds between two copies of the weights


class Job(Background[Snapshot], Callback):
    """One run in the background. Methods may be called from any thread; they return at once."""

    def __init__(
        self,
        config: RunConfig,
        material: Material,
        store: RunStore,
        slots: Slots,
        *,
        session: str,
        owner: str,
        seconds: float = 0.0,
    ) -> None:
        """seconds: rest between epochs so that the whole run takes about so long; 0 is as fast as it goes."""
        super().__init__(slots, session=session, owner=owner)
        self._slowly = [Throttle(seconds)] if seconds else []
        self._config, self._material, self._store = config, material, store
        self._device = choose_device()
        self._trainer: Trainer | None = None
        self._recorded = False
        self._weights: dict[str, Tensor] | None = None
        self._weights_step, self._weights_at, self._published_at = 0, 0.0, 0.0
        self._weights_epoch = 0.0
        self._rate, self._rate_from = 0.0, (0.0, 0)
        self._begin()

    @property
    def start(self) -> RunConfig:
        """The settings it began with; what was changed since stands in the history."""
        return self._config

    def title(self, together: Sequence[Background[Any]]) -> str:
        return " and ".join(job.start.recipe for job in together if isinstance(job, Job))

    def add_epoch(self) -> None:
        """One more pass over the images, also when the run has already ended.

        Raises LabError if the run's images were let go meanwhile.
        """
        with self._lock:
            if self._snapshot.active:
                self._requests.put(("add_epoch", None))
                return
            self.check_can_go_on()
            self._go_on(1)
            self._begin()

    def check_can_go_on(self) -> None:
        """Raise LabError unless another epoch can be asked for."""
        with self._lock:
            ended = not self._snapshot.active
            if ended and (self._trainer is None or self._status in ("diverged", "failed")):
                raise LabError("This run cannot go on; start a new one with the same settings.")

    def _go_on(self, epochs: int) -> None:
        """Make an ended run ready for more epochs. Call it with the lock held and no worker at work."""
        assert self._trainer is not None
        self._trainer.change("epochs", self._trainer.epoch + epochs)
        self._stop.clear()
        self._message, self._status, self._paused = "", "queued", False

    def release(self) -> None:
        """Let the images of an ended run go; it can then no longer be continued."""
        with self._lock:
            if not self._snapshot.active:
                self._trainer = None
                self._snapshot = replace(self._snapshot, weight_history=())  # it lies beside the checkpoint

    def change(self, name: str, value: Any) -> None:
        """Change a setting from the next step on. Raises ConfigError at once if it makes no sense."""
        config = self.snapshot.config
        names = changeable(config)
        require(name in names, f"{name} cannot change while training runs; these can: {', '.join(names)}.")
        changed = config.with_settings({name: value})
        check_batches(changed, self.snapshot.n_train)
        memory.check(memory.of_training(changed), "This change")
        self._requests.put((name, value))

    def _work(self) -> None:
        """The worker thread: train, record, and again while somebody asked for more in the meantime."""
        while True:
            self._guarded()
            self._record()
            with self._lock:  # what was asked while it was being recorded is answered, not lost
                asked = [self._requests.get()[0] for _ in range(self._requests.qsize())]
                more = asked.count("add_epoch")
                if not more or self._trainer is None or self._status in ("diverged", "failed"):
                    self._publish(whole=True)
                    return
                self._go_on(more)

    def _run(self) -> Status:
        if self._trainer is None:
            take_threads(1)  # this thread's own number
            tuner = ThreadTuner(self._slots.allowance)
            self._trainer = new_trainer(self._config, self._material, self._device, [tuner, self, *self._slowly])
        self._publish(whole=True)
        try:
            self._trainer.run()
        except Diverged as error:
            self._message = str(error)
            return "diverged"
        return "finished" if self._trainer.epoch >= self._trainer.config.train.epochs else "stopped"

    def _record(self) -> None:
        trainer = self._trainer
        if trainer is None or not trainer.steps:
            return
        try:
            record = record_of(trainer, self.job_id, status=self._status, owner=self.owner, data=self._material.size)
            keep(trainer, record, self._store)
            self._recorded = True
        except LabError as error:
            log.warning("Job %s could not be kept whole: %s", self.job_id, error)
            self._message = str(error)
        except Exception:
            log.exception("job %s could not be recorded", self.job_id)
            self._message = "The run ended but could not be recorded; the log says why."

    def on_batch_begin(self, trainer: Training) -> None:
        """Take the requests that came in; stand still while paused."""
        self._safe_point()

    def _settle(self) -> None:
        if self._trainer is not None:
            self._trainer.flush()

    def _steps(self) -> int:
        return self._trainer.steps if self._trainer else 0

    def _do(self, name: str, value: Any) -> None:
        assert self._trainer is not None
        if name == "add_epoch":
            self._trainer.change("epochs", self._trainer.config.train.epochs + 1)
        else:
            self._trainer.change(name, value)

    def _published_now(self) -> None:
        self._published_at = 0.0

    def on_batch_end(self, trainer: Training) -> None:
        if time.monotonic() - self._published_at > PUBLISH_EVERY:
            trainer.flush()
            self._publish(whole=time.monotonic() - self._weights_at > WEIGHTS_EVERY)

    def on_epoch_end(self, trainer: Training) -> None:
        self._publish(whole=True)

    def _publish(self, *, whole: bool = False) -> None:
        trainer, now = self._trainer, time.monotonic()
        if whole and trainer is not None:
            self._copy_weights(trainer)
            self._weights_at = now
        if trainer is not None and trainer.seconds > self._rate_from[0]:
            since = trainer.seconds - self._rate_from[0]
            self._rate = (trainer.examples - self._rate_from[1]) / since
            self._rate_from = (trainer.seconds, trainer.examples)
        with self._lock:
            self._snapshot = self._picture()
            self._published_at = now

    def _copy_weights(self, trainer: Trainer) -> None:
        """The weights as they are; at the end those that the run leaves, where these are not the last."""
        best = best_of(trainer) if self._status not in ACTIVE else None
        state = trainer.module.state_dict() if best is None else best.weights
        now: Row = {"step": trainer.steps, "epoch": trainer.epoch + trainer.position / trainer.n}
        row = now if best is None else kept_row(trainer)
        self._weights = {name: tensor.detach().cpu().clone() for name, tensor in state.items()}
        self._weights_step, self._weights_epoch = int(row["step"] or 0), float(row["epoch"] or 0)

    def _seconds_left(self, images: int, n: int) -> float | None:
        """For so many images of n an epoch; with the rests of a run that takes its time."""
        steps = images / self._rate if self._rate else None
        rests = self._slowly[0].seconds_left(images / n) if self._slowly else None
        return rests if steps is None or rests is None else max(steps, rests)

    def _picture(self) -> Snapshot:
        trainer = self._trainer
        config = trainer.config if trainer else self._config
        n = trainer.n if trainer else len(self._material.train)
        steps = trainer.steps if trainer else 0
        # What is left is counted in images: a changed batch size changes the number of steps.
        seen = trainer.epoch * n + trainer.position if trainer else 0
        left = config.train.epochs * n - seen
        return Snapshot(
            job_id=self.job_id,
            status=self._status,
            message=self._message,
            place=0,
            config=config,
            epoch=seen / n,
            steps=steps,
            steps_total=steps + math.ceil(left / config.train.batch_size),
            seconds=trainer.seconds if trainer else 0.0,
            seconds_left=self._seconds_left(left, n),
            images_per_second=self._rate,
            n_train=n,
            n_test=n_tested(self._material.test, config.train.split),
            history=trainer.history.copy() if trainer else History(),
            weights=self._weights,
            weights_step=self._weights_step,
            weights_epoch=self._weights_epoch,
            device=device_name(self._device),
            precision=trainer.precision if trainer else config.train.precision,
            threads=trainer.threads if trainer else None,
            recorded=self._recorded,
            weight_history=weight_history_of(trainer),
        )


def start_training(
    registry: JobRegistry,
    config: RunConfig,
    material: Material,
    *,
    session: str = "",
    owner: str = "me",
    seconds: float = 0.0,
) -> Job:
    """Start a training run, or queue it. seconds: spread it over about so many, so that it can be watched.

    Raises LabError as `JobRegistry.start` does.
    """

    def make() -> Job:
        return Job(config, material, registry.store, registry.slots, session=session, owner=owner, seconds=seconds)

    return registry.start(make, memory.of_training(config), "This training")


# A run that takes its time, so that a person can watch it.


RECENT = 9  # epochs whose middle duration tells the pace: a pause lengthens one, and hardly moves it
LONGEST = 0.25  # seconds that one rest may take: a pause or a stop is heard soon all the same


class Throttle(Callback):
    """Rests after every epoch, so that all of them together take about `seconds`.

    A thousand steps of a small network are over before a page has drawn twice. What is computed, and the time
    that the run reports for its steps, stay the same.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._before = 0.0
        self._took: deque[float] = deque(maxlen=RECENT)

    def seconds_left(self, epochs: float) -> float | None:
        """What so many further epochs will take at the present pace, with rests; None before the first."""
        return epochs * median(self._took) if self._took else None

    def on_train_begin(self, trainer: Training) -> None:
        self._before = time.monotonic()

    def on_epoch_end(self, trainer: Training) -> None:
        share = self.seconds / max(1, trainer.config.train.epochs)
        left = share - (time.monotonic() - self._before)
        if left > 0:
            time.sleep(min(left, LONGEST))
        now = time.monotonic()
        self._took.append(now - self._before)
        self._before = now
