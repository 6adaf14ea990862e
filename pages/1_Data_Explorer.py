"""Data Explorer: what a computer sees when it looks at a digit."""

from pages.ui.explorer.tabs import TABS
from pages.ui.lesson_page import lesson_page

lesson_page("Data Explorer", TABS)
