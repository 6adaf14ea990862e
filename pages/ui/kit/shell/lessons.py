"""The lessons in the order they are meant to be taken. The sidebar and the map on Home read this list."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Lesson:
    """One page: its file, its name, the question it answers, and what one does there to find out."""

    file: str
    title: str
    icon: str
    question: str
    learn: str

    @property
    def exists(self) -> bool:
        return (ROOT / self.file).is_file()


HOME = Lesson("app.py", "Home", ":material/home:", "What can I learn here?", "")

_ALL = (
    Lesson(
        "pages/1_Data_Explorer.py",
        "Data Explorer",
        ":material/grid_view:",
        "What does a computer see when it looks at a digit?",
        "Browse MNIST, see an image as numbers and as a vector, map all digits, find the odd ones out.",
    ),
    Lesson(
        "pages/2_MLP_Autograd.py",
        "MLP & Autograd",
        ":material/hub:",
        "How does a network learn, one step at a time?",
        "Train networks live, change them while they learn, draw digits and see which neurons answer.",
    ),
    Lesson(
        "pages/3_Manual_Backprop.py",
        "Manual Backprop",
        ":material/function:",
        "Where does a gradient come from?",
        "Walk the chain rule by hand, check it three ways, plant a bug, watch gradients vanish.",
    ),
    Lesson(
        "pages/4_CNN.py",
        "CNN",
        ":material/filter_center_focus:",
        "What does a convolutional network see?",
        "Slide a kernel by hand, train, wind back through the epochs, switch channels off, shake digits.",
    ),
    Lesson(
        "pages/5_Optimizer_Race.py",
        "Optimizer Race",
        ":material/flag:",
        "Which way down is the fastest?",
        "Roll balls down curves, race optimizers from one start on the same batches, find best rates.",
    ),
    Lesson(
        "pages/6_Adversarial.py",
        "Adversarial",
        ":material/shield:",
        "How little must change before a network reads something else?",
        "Draw a digit, attack it, see who is fooled and by how little; train a network that is not.",
    ),
    Lesson(
        "pages/7_Regression.py",
        "Regression",
        ":material/show_chart:",
        "How does a network draw a curve through points?",
        "Watch a curve grow through points, place your own, see it made of bends, over-fit it and stop.",
    ),
    Lesson(
        "pages/8_Language_ID.py",
        "Language ID",
        ":material/translate:",
        "After which letter can one know a word's language?",
        "Type a word, watch a GRU read it, change a letter, see what counting letters alone can do.",
    ),
    Lesson(
        "pages/9_Runs.py",
        "Runs",
        ":material/leaderboard:",
        "Which network is better, and is the difference more than chance?",
        "Every run ever trained here: lay curves over each other, see what differs, search for settings.",
    ),
)


def lessons() -> tuple[Lesson, ...]:
    """The lessons whose page is there."""
    return tuple(lesson for lesson in _ALL if lesson.exists)


def lesson(file: str) -> Lesson | None:
    """The lesson on page `file` ("pages/1_Data_Explorer.py"), or None when it is not there."""
    return next((entry for entry in lessons() if entry.file == file), None)
