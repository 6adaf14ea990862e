"""Glossary: every term of the field that is taught here."""

from pages.ui.glossary import glossary
from pages.ui.kit.shell.lessons import GLOSSARY
from pages.ui.kit.shell.page import page

with page(GLOSSARY.title, question=GLOSSARY.question, icon=GLOSSARY.icon):
    glossary()
