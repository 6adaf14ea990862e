"""How many of the test images take part."""

import streamlit as st

from core.data.digits import Mnist

IMAGES, FEW = (100, 200, 500, 1000), 200
ALL = "all"


def at_first(mnist: Mnist) -> str:
    """The option that stands there at the start."""
    return f"{FEW:,}" if len(mnist.test) > FEW else ALL


def image_count(key: str, mnist: Mnist) -> int:
    """Let the reader choose; samples are drawn once, and the larger ones hold the smaller."""
    total = len(mnist.test)
    options = [f"{n:,}" for n in IMAGES if n < total] + [ALL]
    picked = st.select_slider(
        "Images",
        options,
        at_first(mnist),
        key=f"{key}_{mnist.size}",
        bind="query-params",
        help=f"Drawn at random from the {total:,} test images, the same ones each time; "
        "a larger sample adds to a smaller one. More make the 95% intervals narrower. Each tab measures its "
        "own number of images, so the same accuracy reads a little differently there: within its interval.",
    )
    return total if picked == ALL else int(str(picked).replace(",", ""))
