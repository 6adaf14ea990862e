"""`gd-demo`: the book chapter's walk down a parabola, held against the numbers it prints."""

import time

from core.lessons.race.descent.chapter import CHAPTER, DIGITS, PRINTED, beside_the_chapter
from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import walk
from core.recipes.reproduce.row import Load, Reproduction, Row, row
from core.recipes.texts import recipe


def gd_demo(quick: bool, load: Load) -> Row:
    """The walk from x₀ = 6 at rate 0.1; quick or not, it takes milliseconds and no digits."""
    started = time.perf_counter()
    return judged(walk(CHAPTER), started)


def judged(path: Path, started: float) -> Row:
    """The row for a path of one variable, ours or any other."""
    beside = beside_the_chapter(path)
    return row(
        "gd-demo",
        claim=recipe("gd-demo").claim,
        measured=[[entry.step, entry.x, entry.y] for entry in beside],
        unit="[step, x, y]; step 1 is x₀",
        seeds=[],
        started=started,
        holds=all(entry.agrees for entry in beside),
        rule=f"x and y of steps {min(PRINTED)} to {max(PRINTED)}, written with {DIGITS} significant digits, "
        "are the book chapter's, digit for digit",
        agree=sum(entry.agrees for entry in beside),
        printed=[[entry.step, entry.chapter_x, entry.chapter_y] for entry in beside],
    )


ROWS: dict[str, Reproduction] = {"gd-demo": gd_demo}
