"""Optimizer Race: the same start, the same batches, and every optimizer in a lane of its own."""

from pages.ui.lesson_page import lesson_page
from pages.ui.race.tabs import TABS, around

lesson_page("Optimizer Race", TABS, around)
