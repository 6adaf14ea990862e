"""Language ID: a recurrent network reads a word character by character and names its language."""

from pages.ui.kit.shell.lesson_page import lesson_page
from pages.ui.language.tabs import TABS, around

lesson_page("Language ID", TABS, around)
