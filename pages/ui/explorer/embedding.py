"""Tab: maps on which similar digits lie close together."""

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
    "pca2": "**PCA** projects the images onto the two directions of largest variance. Images that are close on "
    "the map may be far apart in the other dimensions.",
    "pca3": "**PCA** with a third principal component. Drag to rotate: digits that overlapped may separate.",
    "tsne": "**t-SNE** keeps neighbors together, without ever seeing a label. Clusters mean similarity; the "
    "distance between two clusters means nothing.",
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
                help="How the 784 numbers of an image are reduced to two or three coordinates.",
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
            help="A random sample of training images, the same number of each class.",
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="data_map_seed", bind="query-params", help="Another seed draws another sample."
        )
        found = _compute(of, method, count, seed)
        st.markdown(WORDS[method])
        if found.explained:
            st.caption(f"Explained variance: {percent(sum(found.explained), 0)}.")
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
            height=470,
            on_pick=lambda mark: image_choice.choose("train", int(places[mark])),
        )
        st.caption(
            "Every mark is an image, colored by its label. Point at it to enlarge it, click to select it, drag to "
            f"{'rotate' if method == 'pca3' else 'move'} the map."
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
        help="About how many neighbors t-SNE keeps close to each image.",
    )
    return results.tsne(of, count, seed, float(perplexity))


def _chosen(image: torch.Tensor, name: str) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(picture(image[0].numpy(), size=112), width=112, alt=name)
        st.caption(f"Selected: {name}. The next tab shows its nearest neighbors.")
