"""CNN: train a convolutional network, open it, shake it."""

from pages.ui.cnn.tabs import TABS, around
from pages.ui.lesson_page import lesson_page

lesson_page("CNN", TABS, around)
