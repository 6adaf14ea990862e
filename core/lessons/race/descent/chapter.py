"""The numbers that the book's chapter prints, to be held against ours. They are the text's, not measured."""

from dataclasses import dataclass

from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig

#: Step → (x, y) as printed, 12 significant digits; step 1 is x₀. The chapter gives no x₀: 6 leads to these.
PRINTED: dict[int, tuple[str, str]] = {
    14: ("0.329853488333", "2.10880332377"),
    15: ("0.263882790666", "2.06963412721"),
    16: ("0.211106232533", "2.04456584141"),
    17: ("0.168884986026", "2.02852213851"),
    18: ("0.135107988821", "2.01825416864"),
    19: ("0.108086391057", "2.01168266793"),
    20: ("0.0864691128455", "2.00747690748"),
}
DIGITS = 12

#: The walk that the chapter's trace belongs to.
CHAPTER = DescentConfig()


@dataclass(frozen=True)
class Printed:
    """One step: our x and y (None where our path has ended before), and the chapter's as printed."""

    step: int
    x: float | None
    y: float | None
    chapter_x: str
    chapter_y: str

    @property
    def agrees(self) -> bool:
        """Whether both numbers, written with 12 significant digits, are the chapter's."""
        return (written(self.x), written(self.y)) == (self.chapter_x, self.chapter_y)


def written(value: float | None) -> str:
    """A number with 12 significant digits, as Python 2 printed it and the chapter shows it."""
    return "" if value is None else f"{value:.{DIGITS}g}"


def beside_the_chapter(path: Path) -> list[Printed]:
    """Our path of one variable beside every step that the chapter prints."""
    found = []
    for step, (x, y) in PRINTED.items():
        there = step <= len(path.points)  # step 1 is row 0
        ours_x = float(path.points[step - 1, 0]) if there else None
        ours_y = float(path.values[step - 1]) if there else None
        found.append(Printed(step, ours_x, ours_y, x, y))
    return found
