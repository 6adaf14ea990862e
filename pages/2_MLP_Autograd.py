"""MLP & Autograd: train fully connected networks live, and look inside them."""

from pages.ui.lesson_page import lesson_page
from pages.ui.mlp.tabs import TABS, around

lesson_page("MLP & Autograd", TABS, around)
