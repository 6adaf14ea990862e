"""Regression: a curve from points, the bends it is made of, and when it goes wrong."""

from pages.ui.lesson_page import lesson_page
from pages.ui.regression.tabs import TABS, around

lesson_page("Regression", TABS, around)
