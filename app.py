"""Home: a way through, a digit to draw at once, the map of the lessons, and what this computer has."""

from pathlib import Path

import streamlit as st

from core.charts.images import picture
from core.formatting import article, interval, percent
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.drawing.keep_drawing import keep_drawing
from pages.ui.kit.network.prediction import show_prediction
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import mnist, shipped_model
from pages.ui.kit.shell.lesson_pictures import lesson_picture
from pages.ui.kit.shell.lessons import Lesson, lessons
from pages.ui.kit.shell.page import error_boundary, page
from pages.ui.kit.training import badges
from pages.ui.kit.training.data_state import data_state
from pages.ui.tab_index import search, tab_index
from pages.ui.way_through import lesson_progress, way_through

QUESTION = "How does a computer learn to read handwriting? Draw, train, look inside: it all happens here."
BEST_FIRST = ("cnn-bn", "cnn-lab", "mlp-deep", "mlp-module", "mlp-autograd", "linear-softmax")
COLUMNS = 3


@st.fragment
def draw_and_read() -> None:
    """Ink on the left, the answer of a network on the right; only this part runs again after a stroke."""
    from core.config.run import DIGIT_READERS
    from core.models.evaluation import predict
    from core.models.threads import one_thread
    from core.recipes.texts import train_recipes
    from core.storage.checkpoints import shipped
    from pages.ui.kit.training.accuracy_line import validated_on

    with error_boundary(), st.container(border=True, key="home-try"):
        readers = set(shipped()) & set(train_recipes(DIGIT_READERS))
        names = sorted(readers, key=lambda name: (name not in BEST_FIRST, [*BEST_FIRST, name].index(name)))
        left, right = st.columns([1.4, 1], gap="medium")
        with left:
            st.header("Draw a digit", anchor=False)
            drawing = digit_canvas("home_draw")
            with st.popover(
                "Save to my handwriting",
                icon=":material/bookmark_add:",
                disabled=drawing is None,
                help="Keep what you drew, with its label, in a test set of your own (Data Explorer).",
            ):
                if keep_drawing("home_keep", drawing):
                    st.toast(
                        "Saved: it is in *My handwriting* on the Data Explorer page.", icon=":material/bookmark_added:"
                    )
        with right:
            if not names:
                st.info("There is no trained network here yet. Train one in a lesson and draw there.")
                return
            with choices.shared(
                choices.NETWORK,
                "home_network",
                into=lambda word: name if (name := word.removeprefix("shipped:")) in names else None,
                out_of=lambda name: f"shipped:{name}",
            ):
                network = st.selectbox(
                    "Network",
                    names,
                    key="home_network",
                    bind="query-params",
                    help="All of them are trained already. Where one hesitates, see what another says.",
                )
            checkpoint = shipped_model(network)
            if drawing is None:
                image, label = mnist().test.images[:1], int(mnist().test.labels[0])
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.image(picture(image[0, 0].numpy(), size=56), width=56, alt=f"Test image, {article(label)}")
                    st.caption(f"Until you draw, it classifies this test image, {article(label)}.")
            else:
                image = drawing.image.unsqueeze(0)
            with one_thread():
                probabilities = predict(checkpoint.model, image)[0]
            show_prediction(probabilities, key="home_reading", height=200)
            facts = checkpoint.provenance
            low, high = facts["ci95"]
            st.caption(
                f"Accuracy {percent(facts['test_accuracy'])} on {checkpoint.config.tested_on(facts['n_test'])}.",
                help=f"95% interval {interval(low, high)}"
                f"{validated_on(checkpoint.config, facts['validation_accuracy'], facts['n_test'])}. "
                f"Trained for {facts['epochs']:g} epochs, seed {facts['seed']}.",
            )


def lesson_map(there: tuple[Lesson, ...]) -> None:
    """A card for each lesson: picture, name, the question it answers, how much of it was seen."""
    data = f"{mnist().source} {mnist().size}"
    for start in range(0, len(there), COLUMNS):
        row = st.columns(COLUMNS, gap="small")
        for column, lesson in zip(row, there[start : start + COLUMNS], strict=False):
            with column.container(border=True, height="stretch", key=f"lab-card-{Path(lesson.file).stem}"):
                painted = lesson_picture(lesson.file, data)
                if painted is not None:
                    st.image(painted, width="stretch", alt=f"The lesson {lesson.title} as a small image")
                label = f"**{lesson.title}** :gray[{lesson_progress(lesson)}]"
                st.page_link(lesson.file, label=label, icon=lesson.icon, help=lesson.learn)
                st.caption(lesson.question)


with page("Digit Lab", question=QUESTION, icon=":material/neurology:"):
    there = lessons()
    if there:
        way_through()
    draw_and_read()
    if there:
        search()
        with st.container(key="lab-map"):
            lesson_map(there)
        tab_index()
    with st.expander("On this computer: digits and processor", expanded=bool(mnist().problem)):
        data_state("home_download")
        st.markdown(f"Networks train on: {badges.device_name()}.")
