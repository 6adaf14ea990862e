"""Write README's list of lessons and their tabs from the records: `python -m tests.readme_lessons`."""

import re

from pages.ui.all_tabs import ALL_TABS
from pages.ui.kit.shell.lessons import Lesson, lessons
from tests.readme_tree import README

BLOCK = re.compile(r"(<!-- lessons -->\n).*?(<!-- /lessons -->)", re.DOTALL)


def entry(lesson: Lesson) -> str:
    """A lesson in three lines: its question, what one does there, and its tabs."""
    titles = " · ".join(tab.title for tab in ALL_TABS[lesson.name])
    return f"- **{lesson.title}**: {lesson.question}\n  {lesson.learn}\n  *{titles}*\n"


def with_lessons(text: str) -> str:
    """README's text with its list brought up to date."""
    return BLOCK.sub(lambda match: match[1] + "".join(map(entry, lessons())) + match[2], text)


if __name__ == "__main__":
    README.write_text(with_lessons(README.read_text(encoding="utf-8")), encoding="utf-8")
