"""What can be exported: any recipe and any recorded run, by its name."""

from typing import Literal

from core.attacks.config import AttackSetup
from core.config.errors import NotFound
from core.config.race import RaceConfig
from core.config.run import RunConfig
from core.export.attack_lesson import attack_lesson
from core.export.descent import descent_lesson
from core.export.facts import Facts, facts_of_recipe, facts_of_run
from core.export.image_race import image_race_lesson
from core.export.lesson import Lesson
from core.export.race import race_lesson
from core.export.training import training_lesson
from core.jobs.snapshot import Snapshot
from core.lessons.race.descent.walk import DescentConfig
from core.recipes.texts import RECIPES
from core.storage.runs import RunRecord, RunStore


def lesson_of(name: str, data: Literal["full", "small"] = "full") -> Lesson:
    """The lesson of a recipe or of a recorded run.

    data: whose digits a recipe's script takes; a run's takes those that the run had. Raises NotFound for a
    name that is neither, and LabError with a sentence for what cannot be exported.
    """
    if name not in RECIPES:
        try:
            return lesson_of_run(RunStore().get(name))
        except NotFound as error:
            raise NotFound(
                f"There is no recipe and no recorded run {name!r}; `python -m core recipes` and "
                "`python -m core runs` list what there is."
            ) from error
    setup = RECIPES[name].setup
    if isinstance(setup, RunConfig):
        return lesson_of_settings(setup, data)
    if isinstance(setup, RaceConfig):
        return race_lesson(setup, name, data)
    if isinstance(setup, AttackSetup):
        return attack_lesson(setup, name, data)
    if isinstance(setup, DescentConfig):
        return descent_lesson(setup)
    return image_race_lesson(setup)


def lesson_of_settings(config: RunConfig, data: Literal["full", "small"] = "full") -> Lesson:
    """The lesson of a run that nobody has made yet, or that came along."""
    return training_lesson(config, None, facts_of_recipe(config, data))


def lesson_of_live_run(start: RunConfig, snapshot: Snapshot, data: Literal["full", "small"]) -> Lesson:
    """The lesson of a run that goes on, or has just ended, as it stands now. start: its first settings."""
    facts = Facts(
        where=f"run {snapshot.job_id}",
        data=data,
        n_train=snapshot.n_train,
        status=snapshot.status,
        precision=snapshot.precision,
        threads=snapshot.threads,
    )
    return training_lesson(start, snapshot.history, facts)


def lesson_of_run(record: RunRecord) -> Lesson:
    """The lesson of a run as it stands on record, with what was changed while it went on."""
    return training_lesson(record.config, record.history, facts_of_run(record))
