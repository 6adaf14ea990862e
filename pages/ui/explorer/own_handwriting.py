"""Tab: a test set in one's own handwriting, and every network's accuracy on it."""

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import clean, escaped
from core.config.proportion import proportion
from core.data.handwriting import Collection, Handwriting
from core.data.handwriting_zip import LARGEST, Imported, export, take_in
from core.formatting import count, interval
from pages.ui.explorer import own_gallery, own_results
from pages.ui.explorer.own_predictions import collection, drawings
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.drawing.keep_drawing import keep_drawing
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.incremental_work import alone

CANVAS = "data_own_draw"
ENOUGH = 20
CODE = """import csv
from pathlib import Path

import torch
from PIL import Image
from torchvision.transforms.functional import pil_to_tensor

from core.models.trained_network import load_shipped

folder = Path("my-handwriting")  # the download, unpacked
rows = list(csv.DictReader((folder / "labels.csv").open()))
images = torch.stack([pil_to_tensor(Image.open(folder / row["file"])) / 255 for row in rows])
labels = torch.tensor([int(row["label"]) for row in rows])  # images: (N, 1, 28, 28) in [0, 1]

model = load_shipped("cnn-bn").model  # in evaluation mode
with torch.no_grad():
    predicted = model(images).argmax(dim=1)
correct = int((predicted == labels).sum())
print(f"{correct} of {len(labels)} classified correctly: {correct / len(labels):.1%}")
"""


def show() -> None:
    """Canvas and files on top, then the drawings, then every network's accuracy on them."""
    _draw()
    own = collection()
    for problem in own.problems[:5]:
        st.warning(problem, icon=":material/broken_image:")
    if len(own.problems) > 5:
        st.caption(f"And {len(own.problems) - 5} more files or lines that cannot be read.")
    if len(own):
        own_gallery.gallery(own)
    files(own)
    if len(own):
        own_results.results(own)
    with st.expander("Show the code", icon=":material/code:"):
        st.markdown("The download contains PNG files and a CSV file. This code loads them and tests a network on them.")
        st.code(CODE, language="python")


@st.fragment
def _draw() -> None:
    """Only this runs again after a stroke; after Save the whole page does."""
    saved = False
    with error_boundary():
        own = collection()
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            drawing = digit_canvas(CANVAS)
        with right:
            saved = keep_drawing("data_own", drawing)
            _progress(own)
        if saved:
            st.session_state[own_gallery.NUMBER] = len(own)
    if saved and alone():  # the gallery and the chart below still show the old set
        st.rerun()


def _progress(own: Collection) -> None:
    """How many there are, what is missing, and how much they can tell."""
    n = len(own)
    if not n:
        st.info(
            "Networks are tested on other people's handwriting. What is their accuracy on yours? Draw a digit, choose "
            f"its label, press *Save*. From {ENOUGH} drawings on, the accuracy begins to mean something.",
            icon=":material/draw:",
        )
        return
    st.progress(min(1.0, n / ENOUGH), f"{n} of {ENOUGH}" if n < ENOUGH else f"{n} drawings")
    low, high = proportion(0.9, n).interval
    st.caption(
        f"A network that classifies {round(0.9 * n)} of {n} correctly has a 95% interval of {interval(low, high)}. "
        "With more drawings the intervals get narrower."
    )
    missing = [str(digit) for digit, count in enumerate(own.counts()) if not count]
    if missing:
        st.caption(f"No {_either(missing)} yet.")


def _either(digits: list[str]) -> str:
    """ "3", "3 or 4", "3, 4 or 5"."""
    *others, last = digits
    return f"{', '.join(others)} or {last}" if others else last


# Download the drawings, import some, or delete all.


TOLD, PROBLEM, TURN = "data_own_file_told", "data_own_file_problem", "data_own_file_turn"


def files(own: Collection) -> None:
    """Download, import, and delete all after a second press."""
    with st.container(horizontal=True, gap="small", key="data_own_files"):
        if len(own):
            st.download_button(
                "Download",
                _zip(drawings().state(), owner()),
                "my-handwriting.zip",
                "application/zip",
                icon=":material/download:",
                key="data_own_download",
                on_click="ignore",
                help="A zip file with every drawing as PNG (28 × 28, and the canvas) and labels.csv.",
            )
        with st.popover(
            "Import",
            icon=":material/upload:",
            help="Add drawings from such a zip file: yours from another computer, or a friend's.",
        ):
            turn = st.session_state.setdefault(TURN, 0)
            st.file_uploader(
                "A zip file downloaded from Digit Lab",
                ["zip"],
                key=f"data_own_upload_{turn}",
                on_change=_import,
                args=(f"data_own_upload_{turn}",),
                max_upload_size=LARGEST // 2**20,
                help="Images of 28 × 28 pixels and a labels.csv with the columns file, label, drawn.",
            )
        if len(own):
            with st.popover("Delete all", icon=":material/delete_sweep:", help="Delete every drawing. Asks first."):
                st.markdown(f"This deletes all {len(own)} drawings. Download them first to keep them.")
                st.button(
                    f"Yes, delete {len(own)}",
                    type="primary",
                    icon=":material/delete_forever:",
                    key="data_own_clear",
                    on_click=_clear,
                    help="This cannot be undone.",
                )
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem, icon=":material/error:")
    if sentence := st.session_state.pop(TOLD, None):
        st.success(sentence, icon=":material/check:")


@st.cache_data(show_spinner=False, max_entries=8)
def _zip(state: str, who: str) -> bytes:
    return export(Handwriting(who))


def _import(key: str) -> None:
    """Runs before the page does, outside its error boundary."""
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[TURN] += 1  # a fresh field: the same file again is a new try
    try:
        st.session_state[TOLD] = _words(take_in(drawings(), file.getvalue(), clean(file.name)))
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")


def _words(came: Imported) -> str:
    said = f"{count(came.added, 'drawing')} imported"
    if came.known:
        said += f", {came.known} already present"
    if came.inverted:
        said += f", {came.inverted} of them inverted from black on white"
    left = len(came.problems)
    if left:
        said += f"; {left} skipped. {escaped(came.problems[0], 'page')}"
    return said if left else f"{said}."


def _clear() -> None:
    try:
        drawings().clear()
    except LabError as error:
        st.session_state[PROBLEM] = escaped(str(error), "page")
