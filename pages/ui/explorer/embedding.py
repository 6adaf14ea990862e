"""Tab: maps on which alike digits lie close."""

import streamlit as st
import torch

from core.charts.images import picture
from core.formatting import percent
from core.lessons.explorer.embedding import Map
from pages.ui.explorer import image_choice, results
from pages.ui.kit.drawing.digit_map import digit_map
from pages.ui.kit.shell.page import controls_and_stage

METHODS = {"pca2": "PCA", "pca3": "PCA 3-D", "tsne": "t-SNE"}
WORDS = {
    "pca2": "**PCA** looks at the cloud of images from the side where it is widest. Near on the map may "
    "still be far apart in the dimensions left out.",
    "pca3": "**PCA** with a third direction. Drag to turn it: digits that overlapped may part.",
    "tsne": "**t-SNE** keeps neighbors together, without ever seeing a label. Islands mean likeness; how "
    "far two islands lie apart means nothing.",
}


def show() -> None:
    """A map of a sample; the chosen digit large beside it."""
    left, right = controls_and_stage(1.0, 2.2)
    of = results.data_name()
    with left:
        method = str(
            st.segmented_control(
                "Map",
                list(METHODS),
                default="pca2",
                required=True,
                key="data_map",
                bind="query-params",
                format_func=lambda name: METHODS[name],
                help="How the 784 numbers of an image become two or three, so that it can be a dot on a map.",
            )
        )
        count = st.slider(
            "Images",
            200,
            1500,
            1000,
            100,
            key="data_sample",
            bind="query-params",
            help="As many of each digit, drawn from the training images.",
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="data_map_seed", bind="query-params", help="Another seed, another sample."
        )
        found = _compute(of, method, count, seed)
        st.markdown(WORDS[method])
        if found.explained:
            st.caption(f"These axes keep {percent(sum(found.explained), 0)} of all variance.")
    train = results.digits("train")
    places = results.sample(of, count, seed)
    index = image_choice.chosen_in("train")
    marked = [] if index is None else torch.nonzero(places == index).flatten().tolist()
    with right:
        digit_map(
            "data_map_view",
            images=train.images[places, 0].numpy(),
            labels=train.labels[places].tolist(),
            names=image_choice.names(train, "train", places),
            title=f"{METHODS[method]} map of {len(places)} digits",
            points=found.points,
            chosen=marked[0] if marked else None,
            on_pick=lambda mark: image_choice.choose("train", int(places[mark])),
        )
        st.caption(
            "Every mark is an image, colored by its label. Point at one to see it, click to choose it, drag "
            f"to {'turn' if method == 'pca3' else 'move'} the map."
        )
    if index is not None and marked:
        with left:
            _chosen(train.images[index], image_choice.name(train, "train", index))


def _compute(of: str, method: str, count: int, seed: int) -> Map:
    if method != "tsne":
        return results.pca(of, count, seed, 3 if method == "pca3" else 2)
    perplexity = st.slider(
        "Perplexity",
        5,
        60,
        30,
        5,
        key="data_perplexity",
        bind="query-params",
        help="About how many neighbors each image tries to keep close.",
    )
    return results.tsne(of, count, seed, float(perplexity))


def _chosen(image: torch.Tensor, name: str) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(picture(image[0].numpy(), size=112), width=112)
        st.caption(f"Chosen: {name}. Its neighbors are one tab further.")
