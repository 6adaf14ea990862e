"""On screen and in the guides stand the field's words, and none of those that they replaced."""

import ast
import re
from pathlib import Path

from tests.source_strings import PROJECT, docstrings, nodes, sources, strings

GUIDES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
#: What nobody who learned the field would say, and what to say instead.
REPLACED = {
    r"[Aa]s it came\b|\b(came|comes?) along": "pretrained; bundled",
    r"\breads? (it |this |them )?(as |an? )|\bread (as|correctly|wrongly|rightly)\b|[Mm]isread": "predicts; "
    "classified correctly; misclassified",
    r"\b[Gg]uess(es|ed|ing)?\b": "chance level; predicts",
    r"\b[Ss]ure(r|st)?\b": "confident, confidence",
    r"\b[Pp]ictures?\b": "image, or figure",
    r"\b[Ff]irst weights\b|\bStart and step\b": "weight initialization; Initialization & optimizer",
    r"(?<![Ll]earning[ -])(?<![Ss]uccess )(?<![Ee]rror )(?<!sampling )(?<!frame )\b[Rr]ates?\b": "learning rate",
    r"\b[Ii]ts other settings\b": "hyperparameters",
    r"\b[Hh]eld out to choose\b": "validation split",
    r"\b[Ss]poil(s|t|ed|ing)?\b": "corrupt",
    r"\b[Ll]ens\b": "gradient step",
    r"\b[Kk]ept epoch\b": "best checkpoint (early stopping)",
    r"[Nn]o number any more|[Nn]o longer numbers": "became NaN (diverged)",
    r"\b[Bb]ends?\b": "activation function; ReLU breakpoint",
    r"\b[Ww]iggl": "overfitting",
    r"\bless the answer\b": "residual",
    r"\bawake\b": "saturation",
    r"\b[Kk]nock(ed)? out\b": "channel ablation",
    r"\bexcites?\b": "maximally activating images",
    r"\b[Ss]hak(e|en|ing)\b|how much it bears": "transform; robustness to",
    r"\b[Ww]eight of the past\b": "smoothing factor (EMA)",
    r"^(Across|Along)$": "x-axis",
    r"\bLoss on the batches\b": "training loss",
    r"\b[Ll]anes?\b": "optimizer, or run",
    r"\b[Uu]ntouched\b": "clean",
    r"\b[Ff]ool(s|ed|ing)?\b": "misclassified; attack success rate",
    r"\bWhat is left at\b": "robust accuracy at ε",
    r"\bIt shall read\b": "target class (targeted attack)",
    r"\bNothing to win\b": "target equals the true class",
    r"\b[Tt]rained on attacks\b": "adversarial training",
    r"\b[Ss]everal tries\b": "random restarts",
    r"\bskipped backwards?\b": "straight-through gradient (BPDA)",
    r"\b[Ii]s it honest\b": "attack sanity checks",
    r"\bLook closer\b": "details",
    r"\b[Ww]hich for which\b": "confusion matrix",
    r"\brelatives\b": "train–test leakage (shared stems)",
    r"[Pp]ieces of (words|\d)": "character n-grams",
    r"\bseed of the division\b": "split seed",
    r"\bone cycle\b": "one-cycle schedule",
    r"\blearnt\b": "learned",
    r"\b[Oo]n record\b|\b[Mm]ade as\b": "saved; run type",
    r"\bGo on\b": "Resume, Continue",
    r"\b[Ss]tart anew\b|\bstart nothing\b": "restart",
    r"\bstands? still\b": "locked while training runs; paused",
    r"\b[Ss]heets?\b": "page",
    r"\b[Tt]he (chapter|texts?|project|slides|report)('s)?\b": "the source by its name, as the page Sources has it",
    r"\b[Bb]lame\b": "error, gradient",
    r"\b[Uu]sual\b": "default",
    r"\b(over|under)-fit": "overfit, underfit",
    r"[Oo]ptimis|[Cc]olour|\b[Gg]rey|[Nn]ormalis|[Nn]eighbour|[Ii]nitialis|[Bb]ehaviour": "American spelling",
}
#: Where such a word has its ordinary meaning: file, words around it, why.
ORDINARY = (
    ("core/glossary/backpropagation.py", "back to the first weights", "those of the first layer"),
    ("pages/ui/runs/two_networks.py", "As it came: ", "former labels, for old links"),
    ("pages/ui/runs/two_networks.py", "On record: ", "former labels, for old links"),
    ("core/cli/reproduce.py", "the experiments of the texts", "all five of them"),
)


def former(path: Path) -> frozenset[int]:
    """The ids of the nodes of what only addresses say: a tab's name, and former labels (FORMER, `renamed`)."""
    calls = [(ast.unparse(node.func), node) for node in nodes(path) if isinstance(node, ast.Call)]
    keys = [part.value for name, call in calls if name == "Tab" for part in call.keywords if part.arg == "name"]
    parts = [part for name, call in calls if name == "renamed" for each in call.args for part in ast.walk(each)]
    parts += [
        node.value
        for node in nodes(path)
        if isinstance(node, ast.Assign) and "FORMER" in map(ast.unparse, node.targets)
    ]
    keys += [key for part in parts if isinstance(part, ast.Dict) for key in part.keys if key is not None]
    keys += [part.key for part in parts if isinstance(part, ast.DictComp)]
    return frozenset(id(node) for key in keys for node in ast.walk(key))


def shown(path: Path) -> list[tuple[int, str]]:
    """The strings of a file that people read, without the tags of HTML in them."""
    if path.suffix == ".md":
        texts = list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    else:
        found = strings(path, without=docstrings(path) | former(path))
        texts = [(line, text) for line, text in found if re.search(r"[A-Z]|\s", text)]  # others are keys
    return [(line, re.sub(r"<[^<>]*>", "", text)) for line, text in texts]


def replaced(path: Path) -> list[str]:
    """Where a file says a word that was replaced, and what to say instead."""
    name = path.relative_to(PROJECT).as_posix()
    allowed = [words for file, words, _ in ORDINARY if file == name]
    return [
        f"{name}:{line}: {match[0]!r}: say {instead}"
        for line, text in shown(path)
        if not any(words in text for words in allowed)
        for pattern, instead in REPLACED.items()
        for match in re.finditer(pattern, text)
    ]


def test_no_replaced_word_stands_in_any_string_on_screen_or_in_a_guide() -> None:
    assert not [hit for path in [*sources("core", "pages"), *GUIDES] for hit in replaced(path)]


def test_every_exception_is_still_there() -> None:
    for file, words, _ in ORDINARY:
        texts = [text for _, text in shown(PROJECT / file)]
        assert any(words in text for text in texts), f"{file} says {words!r} no more"
