"""Which image, which classifier and which target class: the controls of the race on an image."""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config.errors import LabError
from core.config.escaping import clean, escaped
from core.config.optimizers import OPTIMIZERS
from core.config.run import DIGIT_READERS
from core.data.images import ENDINGS, LARGEST
from core.lessons.race.imagenet import classifiers
from core.lessons.race.imagenet.classifiers import CLASSIFIERS, Classifier, digit_classifier, load_classifier
from core.lessons.race.imagenet.config import FEWEST, MOST, ImageRaceConfig
from core.lessons.race.imagenet.photos import PHOTOS, read_photo, sample
from core.recipes.texts import train_recipes
from core.storage.checkpoints import shipped
from pages.ui.kit.drawing.canvas import digit_canvas
from pages.ui.kit.network.network_picker import Option, pick_network
from pages.ui.kit.shell import choices
from pages.ui.kit.shell.cache import mnist, shipped_model
from pages.ui.kit.widgets.binding import renamed
from pages.ui.race.image_race_session import Settings, Subject

PHOTO, DIGIT = "a photo", "a digit"
OWN = "My own image…"
renamed("race_image_photo", {"My own picture…": OWN})
TEST, DRAWN = "a test digit", "my drawing"
SOURCES = {"test": TEST, "drawn": DRAWN}
NAMED = {title: name for name, title in SOURCES.items()}
NETWORK = "cnn-lab"  # the network of digits that stands first
SHARED = (*(float(f"{digit}e{power}") for power in range(-4, 2) for digit in (1, 3)), 100.0)
CHAPTER = ImageRaceConfig()  # the settings that stand there first


def choose(locked: bool, stage: DeltaGenerator) -> Settings | None:
    """All controls; None where something is missing, which a sentence on the page then says.

    locked: a race is running, so nothing may change. stage: where the canvas has room.
    """
    kind = st.segmented_control(
        "Image",
        [PHOTO, DIGIT],
        default=PHOTO,
        required=True,
        key="race_image_kind",
        bind="query-params",
        disabled=locked,
        help="A photo and an ImageNet classifier of 1,000 classes, or a digit and a much smaller network.",
    )
    chosen = _digit(locked, stage) if kind == DIGIT else _photo(locked)
    names, lr, iterations, clip = _runners(locked, str(kind))
    if chosen is None:
        return None
    classifier, subject, target = chosen
    return Settings(classifier, subject, target, names, lr, iterations, clip)


def _photo(locked: bool) -> tuple[Classifier, Subject, int] | None:
    titles = {photo.title: name for name, photo in PHOTOS.items()}
    title = st.selectbox(
        "Photo",
        [*titles, OWN],
        key="race_image_photo",
        bind="query-params",
        disabled=locked,
        help="Sample photos, or one of yours. The central square is cropped and scaled to 224 × 224 pixels.",
    )
    subject = _uploaded(locked) if title == OWN else Subject(_sample(titles[title]), title)
    names = {entry.title: name for name, entry in CLASSIFIERS.items()}
    picked = st.selectbox(
        "Classifier",
        list(names),
        key="race_image_classifier",
        bind="query-params",
        disabled=locked,
        help=" ".join(f"**{entry.title}**: {entry.about}" for entry in CLASSIFIERS.values()),
    )
    options = [f"{label} ({index})" for index, label in enumerate(classifiers.names())]
    wanted = st.selectbox(
        "Target class",
        options,
        index=CHAPTER.target,
        key="race_image_target",
        bind="query-params",
        disabled=locked,
        help="One of ImageNet's 1,000 classes: type to search. The book chapter's target is 288, leopard.",
    )
    name = names[picked]
    if not CLASSIFIERS[name].at_hand():
        return None
    classifier = _classifier(name)
    return None if subject is None else (classifier, subject, options.index(wanted))


def missing() -> str | None:
    """The name of the classifier chosen if its weights are not on this machine."""
    title = st.session_state.get("race_image_classifier")
    if st.session_state.get("race_image_kind") == DIGIT:
        return None
    return next((n for n, e in CLASSIFIERS.items() if e.title == title and not e.at_hand()), None)


def _uploaded(locked: bool) -> Subject | None:
    file = st.file_uploader(
        "Your image",
        key="race_image_file",
        max_upload_size=LARGEST // 2**20,
        disabled=locked,
        type=list(ENDINGS),
        help="At most 10 MB and 12 megapixels. It is never stored: it is forgotten with this session.",
    )
    if file is None:
        st.caption("Choose a file to start.")
        return None
    try:
        return Subject(_read(file.getvalue()), f"your image {clean(file.name)}", key=f"upload {file.file_id}")
    except LabError as error:
        st.error(escaped(str(error), "page"), icon=":material/broken_image:")
        return None


def _digit(locked: bool, stage: DeltaGenerator) -> tuple[Classifier, Subject, int] | None:
    readers = set(shipped()) & set(train_recipes(DIGIT_READERS))
    networks = sorted(readers, key=lambda name: (name != NETWORK, name))
    network = pick_network(
        "Network",
        {name: Option(name, partial(shipped_model, name)) for name in networks},
        "race_image_network",
        help="A pretrained network, trained on MNIST.",
        in_address=True,
        disabled=locked,
        kind=choices.NETWORK,
        named="shipped:",
    )
    with choices.shared(choices.SOURCE, "race_image_source", into=SOURCES.get, out_of=NAMED.get, locked=locked):
        source = st.segmented_control(
            "Digit",
            [TEST, DRAWN],
            default=TEST,
            required=True,
            key="race_image_source",
            bind="query-params",
            disabled=locked,
            help="One of MNIST's test images, or a digit that you draw.",
        )
    data = mnist()
    subject = None
    if source == DRAWN:
        with stage:
            drawing = digit_canvas("race_image_draw")
        if drawing is None:
            st.caption("Draw on the right. Until then the test image is used.")
        else:
            subject = Subject(drawing.image, "your drawing", key=f"drawing {hash(drawing.image.numpy().tobytes())}")
    if subject is None:
        with choices.image_number(f"race_image_index_{data.size}", len(data.test), locked=locked):
            index = st.number_input(
                "Test image number",
                0,
                len(data.test) - 1,
                4,
                key=f"race_image_index_{data.size}",
                bind="query-params",
                disabled=locked,
                help="Which of the test images, counted from 0.",
            )
        label = str(int(data.test.labels[int(index)]))
        subject = Subject(data.test.images[int(index)], f"test image {int(index)}", label, f"{data.size} {int(index)}")
    target = st.selectbox(
        "Target class",
        [str(digit) for digit in range(10)],
        index=3,
        key="race_image_digit",
        bind="query-params",
        disabled=locked,
        help="The class that the network should predict.",
    )
    return _digits(network.id), subject, int(target)


def _runners(locked: bool, kind: str) -> tuple[tuple[str, ...], float, int, bool]:
    """Optimizers, the learning rate they share, iterations, and whether pixels stay valid."""
    by_title = {entry.title: name for name, entry in OPTIMIZERS.items()}
    first = [OPTIMIZERS[name].title for name in CHAPTER.optimizers]
    picked = st.multiselect(
        "Optimizers",
        list(by_title),
        first,
        key="race_image_runners",
        bind="query-params",
        disabled=locked,
        max_selections=6,
        help="Each gets its own copy of the image; other hyperparameters are the defaults. Up to six.",
    )
    lr = st.select_slider(
        "Learning rate (shared)",
        SHARED,
        CHAPTER.lr,
        key="race_image_rate",
        bind="query-params",
        format_func=lambda rate: f"{rate:g}",
        disabled=locked,
        help="In the classifier's normalized space: for EfficientNet black is −1 and white is 1.",
    )
    with st.expander("Advanced", icon=":material/tune:"):
        iterations = st.slider(
            "Iterations",
            FEWEST,
            MOST,
            CHAPTER.iterations,
            10,
            key="race_image_iterations",
            bind="query-params",
            disabled=locked,
            help="Steps of each optimizer.",
        )
        clip = st.toggle(
            "Clip to valid pixels",
            key="race_image_clip",
            bind="query-params",
            disabled=locked,
            help="After each step, clip every pixel to [0, 1]. Without it the result may not be a valid image.",
        )
    names = tuple(name for name in OPTIMIZERS if OPTIMIZERS[name].title in picked)
    if not names:
        st.caption("Choose at least one optimizer.")
    return names, float(lr), int(iterations), bool(clip)


@st.cache_resource(max_entries=2, show_spinner="Loading the classifier…")
def _classifier(name: str) -> Classifier:
    return load_classifier(name)


@st.cache_resource(max_entries=10, show_spinner=False)
def _digits(name: str) -> Classifier:
    """A frozen copy of a pretrained network."""
    return digit_classifier(name, shipped_model(name).model)


@st.cache_resource(max_entries=len(PHOTOS), show_spinner=False)
def _sample(name: str) -> Any:
    return sample(name)


@st.cache_resource(max_entries=8, show_spinner="Loading your image…", scope="session")  # and gone with it
def _read(content: bytes) -> Any:
    return read_photo(content)
