"""Adversarial: draw a digit, attack it, defend the network."""

from pages.ui.adversarial.tabs import TABS, around
from pages.ui.lesson_page import lesson_page

lesson_page("Adversarial", TABS, around)
