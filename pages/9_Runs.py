"""Runs: everything that was ever trained here, side by side."""

from pages.ui.lesson_page import lesson_page
from pages.ui.runs.tabs import TABS, around

lesson_page("Runs", TABS, around)
