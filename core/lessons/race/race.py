"""A fair race: the same network from the same weights on the same batches, an optimizer in each lane.

All lanes of a seed take turns in one thread, one step each, so that nobody's neighbor costs him time. What a
lane does depends on its own settings and the seed alone: who else runs makes no difference to its curve.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Literal

import torch

from core.config.race import RaceConfig
from core.data.digits import Mnist
from core.jobs.autotune import ThreadTuner
from core.storage.history import History
from core.training.run_data import check_batches, divided
from core.training.trainer import Diverged, Trainer, new_trainer

LaneStatus = Literal["waiting", "running", "finished", "diverged", "stopped"]


@dataclass
class LaneRun:
    """One lane with one seed: how it stands, and what it has recorded.

    message: why it ended early, in a sentence. seconds: spent in its own steps.
    """

    lane: str
    seed: int
    status: LaneStatus = "waiting"
    message: str = ""
    history: History = field(default_factory=History)
    epoch: float = 0.0
    seconds: float = 0.0


class Race:
    """Runs a race; `advance` yields after every round, in which each lane of the present seed makes one step.

    n_train: images of an epoch. on_end: called with each lane's trainer and its run when that has ended, to
    record it. Raises ConfigError where batch norm would meet a batch of one image.
    """

    def __init__(
        self,
        config: RaceConfig,
        mnist: Mnist,
        device: torch.device | None = None,
        *,
        allowance: Callable[[], int] | None = None,
        on_end: Callable[[Trainer, LaneRun], None] | None = None,
    ) -> None:
        self.n_train, _ = divided(mnist, config.base)
        check_batches(config.base, self.n_train)  # all lanes have the same batches
        self.config, self.mnist = config, mnist
        self.device = device or torch.device("cpu")
        self.runs = [LaneRun(lane.name, seed) for seed in config.seeds for lane in config.lanes]
        self.trainers: dict[str, Trainer] = {}  # of the present seed, by lane
        self.rounds = 0
        self._tuner = ThreadTuner(allowance)
        self._tuned: Trainer | None = None
        self._on_end = on_end or (lambda trainer, run: None)

    def run(self) -> list[LaneRun]:
        """Race to the end."""
        for _ in self.advance():
            pass
        return self.runs

    def advance(self) -> Generator[None]:
        """Seed after seed, round after round. Closing the iterator ends the race where it stands."""
        for seed in self.config.seeds:
            runs = {run.lane: run for run in self.runs if run.seed == seed}
            self.trainers = {
                lane.name: new_trainer(self.config.run(lane, seed), self.mnist, self.device, keep_weights=False)
                for lane in self.config.lanes
            }
            going = {name: trainer.advance() for name, trainer in self.trainers.items()}
            self._tuned = None
            try:
                while going:
                    self._tune(self.trainers[next(iter(going))])
                    for name in list(going):
                        if not self._step(going[name], runs[name]):
                            del going[name]
                    self.rounds += 1
                    yield
            finally:
                for name, steps in going.items():
                    steps.close()
                    runs[name].status = "stopped"
                    self._close(runs[name])
                self.trainers = {}  # what they recorded is kept; networks and images are let go

    def _step(self, steps: Generator[None], run: LaneRun) -> bool:
        """One step of one lane; False when it has ended."""
        trainer = self.trainers[run.lane]
        if run.message:  # a look between two rounds has found that its losses are no numbers any more
            steps.close()
            run.status = "diverged"
            self._close(run)
            return False
        try:
            next(steps)
        except StopIteration:
            run.status = "finished"
        except Diverged as error:
            run.status, run.message = "diverged", str(error)
        else:
            run.status = "running"
            run.seconds, run.epoch = trainer.seconds, trainer.epoch + trainer.position / trainer.n
            return True
        self._close(run)
        return False

    def settle(self) -> None:
        """Bring the records of all lanes up to date, for who looks between two rounds.

        A lane whose last losses turn out not to be numbers ends with the next round.
        """
        for run in self.runs:
            if run.status == "running":
                try:
                    self.trainers[run.lane].flush()
                except Diverged as error:
                    run.message = str(error)

    def _close(self, run: LaneRun) -> None:
        """Take over what a lane has recorded, and say so."""
        trainer = self.trainers[run.lane]
        if run.status == "stopped" and run.message:
            run.status = "diverged"
        if run.status in ("stopped", "diverged") and trainer.steps:
            try:
                trainer.flush()
            except Diverged as error:  # its last losses had not been looked at yet
                run.status, run.message = "diverged", str(error)
            if trainer.history.epochs[-1]["step"] != trainer.steps:
                trainer.measure()
        run.history = trainer.history
        run.seconds, run.epoch = trainer.seconds, trainer.epoch + trainer.position / trainer.n
        self._on_end(trainer, run)

    def _tune(self, trainer: Trainer) -> None:
        """The number of threads is chosen once for all lanes: they compute in one thread of this process."""
        if self._tuned is not trainer:
            if self._tuned is None and self.rounds == 0:
                self._tuner.on_train_begin(trainer)
            else:
                self._tuner.choose(trainer)
            self._tuned = trainer
        else:
            self._tuner.on_batch_end(trainer)
            self._tuner.on_batch_begin(trainer)
        for other in self.trainers.values():
            if other.threads != trainer.threads:
                other.threads = trainer.threads
                other.history.threads.append({"step": other.steps, "threads": trainer.threads or 1})

    def look(self) -> list[LaneRun]:
        """The runs as they stand, safe to keep: what goes on is copied, what has ended never changes."""
        seen = []
        for run in self.runs:
            if run.status == "running":
                run = replace(run, history=self.trainers[run.lane].history.copy())
            else:
                run = replace(run)
            seen.append(run)
        return seen

    @property
    def progress(self) -> float:
        """Share of all lanes' epochs done, in [0, 1]; lanes that have ended count as done."""
        total = max(1, self.config.base.train.epochs)
        over = ("finished", "diverged", "stopped")
        done = sum(1.0 if run.status in over else min(1.0, run.epoch / total) for run in self.runs)
        return done / len(self.runs)
