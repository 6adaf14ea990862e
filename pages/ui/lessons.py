"""The lessons in the order they are meant to be taken. The sidebar and the map on Home read this list."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Lesson:
    """One page: its file, how it is called and the question it answers."""

    file: str
    title: str
    icon: str
    question: str
    group: str

    @property
    def exists(self) -> bool:
        return (ROOT / self.file).is_file()


HOME = Lesson("app.py", "Home", ":material/home:", "What can I learn here?", "")

_ALL = (
    Lesson("pages/1_Data_Explorer.py", "Data Explorer", ":material/grid_view:",
           "What does a computer see when it looks at a digit?", "Look"),
    Lesson("pages/2_MLP_Autograd.py", "MLP & Autograd", ":material/hub:",
           "How does a network learn, one step at a time?", "Learn"),
    Lesson("pages/3_Manual_Backprop.py", "Backprop by Hand", ":material/calculate:",
           "What does backward() work out?", "Learn"),
    Lesson("pages/4_CNN.py", "Inside a CNN", ":material/blur_on:",
           "What do convolutions look for?", "Look inside"),
    Lesson("pages/5_Optimizer_Race.py", "Optimizer Race", ":material/flag:",
           "Which way downhill is the fastest?", "Learn"),
    Lesson("pages/6_Adversarial.py", "Adversarial Examples", ":material/shield:",
           "How little must change to fool a network?", "Look inside"),
    Lesson("pages/7_Regression.py", "Regression", ":material/show_chart:",
           "Can a network follow a curve?", "Beyond digits"),
    Lesson("pages/8_Language_ID.py", "Which Language?", ":material/translate:",
           "Can a network tell a language from one word?", "Beyond digits"),
    Lesson("pages/9_Runs.py", "Runs", ":material/history:",
           "What have I trained so far?", "Keep"),
)  # fmt: skip


def lessons() -> tuple[Lesson, ...]:
    """The lessons whose page is there."""
    return tuple(lesson for lesson in _ALL if lesson.exists)


def lesson(file: str) -> Lesson | None:
    """The lesson on page `file` ("pages/1_Data_Explorer.py"), or None when it is not there."""
    return next((entry for entry in lessons() if entry.file == file), None)
