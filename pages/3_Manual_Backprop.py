"""Manual Backprop: every derivative by hand, checked, broken on purpose, and trained with."""

from pages.ui.backprop.tabs import TABS, around
from pages.ui.lesson_page import lesson_page

lesson_page("Manual Backprop", TABS, around)
