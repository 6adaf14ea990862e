"""Language ID: a recurrent network reads a word character by character and names its language."""

from pages.ui.language.tabs import TABS, around
from pages.ui.lesson_page import lesson_page

lesson_page("Language ID", TABS, around)
