"""Lines at the foot of the sidebar: which images are in use, and what computes."""

import os

import streamlit as st

from core.formatting import count
from pages.ui.kit.shell.cache import mnist, registry
from pages.ui.kit.shell.owner import classroom

_SOURCES = {"MNIST_ROOT": "your own copy", "downloaded": "downloaded", "bundled": "bundled sample"}


def data_badge() -> None:
    """Source and number of images, so that no accuracy on the page can be misread."""
    data = mnist()
    st.caption(
        f":material/database: **MNIST**, {_SOURCES.get(data.source, data.source)}  \n"
        f"{len(data.train):,} training · {len(data.test):,} test images"
    )
    if data.problem:
        st.caption(f":orange[:material/warning: {data.problem}]")


def queue_badge() -> None:
    """In a classroom: how many runs are at work on this server, and how many are queued."""
    if not classroom():
        return
    slots = registry().slots
    waiting = f", {slots.waiting} queued" if slots.waiting else ""
    st.caption(f":material/groups: {slots.running} of {slots.limit} places to run taken{waiting}")


def device_badge() -> None:
    """The processor that trains and the version of PyTorch that drives it."""
    st.caption(f":material/memory: {device_name()}")


@st.cache_resource(show_spinner=False)
def device_name() -> str:
    """For example "CPU, 8 cores · PyTorch 2.15.0". Imports PyTorch, which takes seconds the first time."""
    import torch

    from core.models import device

    chosen = device.choose_device()
    name = device.device_name(chosen)
    if chosen.type == "cpu":
        cores = os.cpu_count() or 1
        name += f", {count(cores, 'core')}"
    return f"{name} · PyTorch {torch.__version__.split('+')[0]}"
