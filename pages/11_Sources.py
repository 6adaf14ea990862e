"""Sources: the texts behind the experiments."""

from pages.ui.kit.shell.lessons import SOURCES
from pages.ui.kit.shell.page import page
from pages.ui.sources import sources

with page(SOURCES.title, question=SOURCES.question, icon=SOURCES.icon):
    sources()
