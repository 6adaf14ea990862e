"""The lessons in the order they are meant to be taken. The sidebar, Home and README's list read this list.

Add a lesson: a file in pages/ that calls `lesson_page`, an entry here, a folder pages/ui/NAME with its `tabs.py`,
and that in pages/ui/all_tabs.py.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Lesson:
    """One page: its file, its name, the question it answers, and what one does there to find out.

    name: of its folder. prefix: begins the parameters of its address. heading: at the top of the page, where
    that is another than the title. meant_tab: the tab that an address means which has settings but names no tab,
    if that is not the first one.
    """

    name: str
    prefix: str
    file: str
    title: str
    icon: str
    question: str
    learn: str
    heading: str | None = None
    meant_tab: str = ""

    @property
    def exists(self) -> bool:
        return (ROOT / self.file).is_file()

    @property
    def tab_key(self) -> str:
        """The parameter of the address that names the open tab."""
        return f"{self.prefix}_tab"


HOME = Lesson("home", "home", "app.py", "Home", ":material/home:", "What can I learn here?", "")
GLOSSARY = Lesson(
    "glossary",
    "term",
    "pages/10_Glossary.py",
    "Glossary",
    ":material/dictionary:",
    "What does a term mean, what is it called in Chinese and in PyTorch, and where can it be seen?",
    "",
)
SOURCES = Lesson(
    "sources",
    "sources",
    "pages/11_Sources.py",
    "Sources",
    ":material/menu_book:",
    "Which texts do the experiments come from, and what does each of them ask for?",
    "",
)
#: Pages to look things up. The sidebar lists them below the lessons.
REFERENCE = (GLOSSARY, SOURCES)

_ALL = (
    Lesson(
        "explorer",
        "data",
        "pages/1_Data_Explorer.py",
        "Data Explorer",
        ":material/grid_view:",
        "What does a computer see when it looks at a digit?",
        "Browse MNIST, see an image as numbers and as a vector, map all digits, find neighbors and outliers.",
    ),
    Lesson(
        "mlp",
        "mlp",
        "pages/2_MLP_Autograd.py",
        "MLP & Autograd",
        ":material/hub:",
        "How does a network learn to classify digits, one small step at a time?",
        "Train networks live, change them while they learn, draw digits and see which hidden units respond.",
        meant_tab="Train",
    ),
    Lesson(
        "backprop",
        "manual",
        "pages/3_Manual_Backprop.py",
        "Manual Backprop",
        ":material/function:",
        "Where does a gradient come from, if nobody computes it for you?",
        "Walk the chain rule by hand, check it three ways, plant a bug, watch gradients vanish.",
    ),
    Lesson(
        "cnn",
        "cnn",
        "pages/4_CNN.py",
        "CNN",
        ":material/filter_center_focus:",
        "What does a network see that slides the same small window over the whole image?",
        "Slide a kernel by hand, train, wind back through the epochs, ablate channels, transform digits.",
        meant_tab="Train",
    ),
    Lesson(
        "race",
        "race",
        "pages/5_Optimizer_Race.py",
        "Optimizer Race",
        ":material/flag:",
        "Which way down is the fastest, and is the comparison fair?",
        "Roll balls down curves, race optimizers from one start on the same batches, tune learning rates.",
        meant_tab="The race",
    ),
    Lesson(
        "adversarial",
        "adv",
        "pages/6_Adversarial.py",
        "Adversarial",
        ":material/shield:",
        "How little must an image change before a network misclassifies it, and can it be stopped?",
        "Draw a digit, attack it, see which network misclassifies it and how small ε can be; train one that resists.",
    ),
    Lesson(
        "regression",
        "reg",
        "pages/7_Regression.py",
        "Regression",
        ":material/show_chart:",
        "How does a network draw a curve through points, and when does it draw too much?",
        "Fit a curve to points, place your own, see it as a sum of hidden units, overfit it and stop early.",
        heading="Non-Linear Regression",
    ),
    Lesson(
        "language",
        "lang",
        "pages/8_Language_ID.py",
        "Language ID",
        ":material/translate:",
        "Which of five languages is a word from, and after which letter can one know?",
        "Type a word, watch a GRU read it, change a letter, see what counting letters alone can do.",
    ),
    Lesson(
        "runs",
        "runs",
        "pages/9_Runs.py",
        "Runs",
        ":material/leaderboard:",
        "Which of all these networks is the better one, and is the difference more than chance?",
        "Every run ever trained here: lay curves over each other, see what differs, search for settings.",
    ),
)


def lessons() -> tuple[Lesson, ...]:
    """The lessons whose page is there."""
    return tuple(lesson for lesson in _ALL if lesson.exists)


def lesson_called(title: str) -> Lesson:
    """The lesson with that title."""
    return next(entry for entry in _ALL if entry.title == title)
