"""What a job costs: the same run in a job that is being watched, and bare."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, Setup, Timed, Took
from core.config.errors import LabError
from core.config.run import RunConfig
from core.data.digits import Mnist
from core.jobs.autotune import ThreadTuner
from core.jobs.registry import JobRegistry
from core.jobs.training_job import Job, start_training
from core.models.device import choose_device
from core.recipes.texts import RECIPES
from core.storage.runs import RunStore, new_run_id
from core.training.recording import keep, record_of
from core.training.trainer import new_trainer

QUICK = 2_000  # images of an epoch in a quick run
LOOK_EVERY = 0.5  # seconds, as the page does


@contextmanager
def temporary_home() -> Iterator[RunStore]:
    """A store of runs in a home of its own, gone afterwards: nothing is written into the user's."""
    before = os.environ.get("DIGITLAB_HOME")
    with TemporaryDirectory(prefix="digitlab-bench-") as folder:
        os.environ["DIGITLAB_HOME"] = folder
        try:
            yield RunStore(Path(folder) / "runs.sqlite")
        finally:
            if before is None:
                del os.environ["DIGITLAB_HOME"]
            else:
                os.environ["DIGITLAB_HOME"] = before


def in_jobs(configs: Sequence[RunConfig], mnist: Mnist) -> Timed:
    """From submitting jobs, all at once, to the end of the last, weights and records kept.

    They are looked at twice a second meanwhile. Threads: the most that one of them had at its end.
    """

    def run() -> Took:
        with temporary_home() as store:
            registry = JobRegistry(store)
            try:
                started = time.perf_counter()
                jobs = [start_training(registry, config, mnist, session="bench") for config in configs]
                while active := [job for job in jobs if job.snapshot.active]:
                    active[0].wait(LOOK_EVERY)
                seconds = time.perf_counter() - started
            finally:
                registry.close()
                for job in registry.watched_by("bench", Job):
                    job.join(10)  # its home is about to go
            for last in (job.snapshot for job in jobs):
                if last.status != "finished" or not last.recorded:
                    raise LabError(f"The job to be timed ended as {last.status!r}. {last.message}")
            return Took(seconds, max(job.snapshot.threads or 1 for job in jobs))

    return run


def bare(config: RunConfig, mnist: Mnist) -> Timed:
    """The same without a job: trainer, thread tuner, measurements, weights and record, nobody looking."""

    def run() -> Took:
        with temporary_home() as store:
            started = time.perf_counter()
            trainer = new_trainer(config, mnist, choose_device(), [ThreadTuner()])
            trainer.run()
            record = record_of(trainer, new_run_id(), status="finished", owner="bench", data=mnist.size)
            keep(trainer, record, store)
            return Took(time.perf_counter() - started, trainer.threads)

    return run


def _overhead(setup: Setup) -> tuple[Timed, Timed]:
    mnist = setup.digits(QUICK)
    # On one thread: where two are hardly faster, the trial takes them on one side and not on the other.
    settings = {"epochs": 1 if setup.quick else 2, "precision": "fp32", "threads": 1}
    config = RECIPES["mlp-deep"].config.with_settings(settings)
    return in_jobs([config], mnist), bare(config, mnist)


ROWS: dict[str, Row] = {
    "job-overhead": Row(
        "mlp-deep in a job on one thread, from submit to its end by the clock: training, measuring, "
        "snapshots, recording; looked at twice a second",
        "the bare trainer by the clock, on one thread too: the same training, measuring and recording",
        0.95,
        _overhead,
    )
}
