"""Which digits are in use, what is wrong with a better copy, and the button that fetches the whole MNIST."""

import streamlit as st

from pages.ui.kit.shell.cache import mnist
from pages.ui.kit.shell.page import error_boundary
from pages.ui.kit.widgets.kept_button import kept_button

MEGABYTE = 1e6


def data_state(key: str) -> None:
    """Say where the digits come from and offer what can be done about it."""
    data = mnist()
    if data.problem:
        st.warning(
            f"{data.problem} Until that is put right, Digit Lab uses "
            f"{'the sample it comes with' if data.size == 'small' else 'the copy it downloaded'}.",
            icon=":material/warning:",
        )
    if data.size == "full":
        place = "your own copy (MNIST_ROOT)" if data.source == "MNIST_ROOT" else "the copy downloaded here"
        st.markdown(
            f"The whole MNIST, from {place}: **{len(data.train):,}** images to train on, "
            f"**{len(data.test):,}** to test on."
        )
        return
    st.markdown(
        f"The bundled sample of MNIST: **{len(data.train):,}** images to train on, "
        f"**{len(data.test):,}** to test on. Everything works with it, offline too. On the whole MNIST "
        "networks become more accurate, and the lessons' numbers match their sources."
    )
    if kept_button("Get the whole MNIST (11 MB)", icon=":material/download:", key=key):
        with error_boundary():
            _download()


def _download() -> None:
    """Fetch, showing how far it is; then every page reads the new copy."""
    from core.data.download import download

    bar = st.progress(0.0, text="Asking for MNIST…")

    def show(done: int, total: int) -> None:
        bar.progress(min(1.0, done / total), text=f"{done / MEGABYTE:.1f} of {total / MEGABYTE:.1f} MB")

    try:
        download(show)
    finally:
        bar.empty()
    mnist.clear()
    st.rerun()
