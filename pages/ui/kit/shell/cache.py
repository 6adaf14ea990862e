"""What all sessions share, made once: the images, the shipped networks.

Never train or change what comes from here: every open browser holds the same object. Copy it first.
"""

import atexit
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:  # importing these costs seconds (PyTorch); a page pays when it first asks
    from core.data import Mnist
    from core.jobs.registry import JobRegistry
    from core.models.trained_network import TrainedNetwork
    from core.storage.runs import RunStore


@st.cache_resource(show_spinner="Reading the digits…")
def mnist() -> "Mnist":
    """The digits in use: MNIST_ROOT, else the downloaded copy, else the bundled sample.

    Call `mnist.clear()` after a download.
    """
    from core import data

    return data.load("auto")


@st.cache_resource(show_spinner="Loading a trained network…")
def shipped_model(recipe_id: str) -> "TrainedNetwork":
    """A network that came with Digit Lab, titled by its recipe's id."""
    from core.models.trained_network import load_shipped

    return load_shipped(recipe_id)


@st.cache_resource(show_spinner=False)
def run_store() -> "RunStore":
    """The file of recorded runs."""
    from core.storage.runs import RunStore

    return RunStore()


@st.cache_resource(show_spinner=False)
def registry() -> "JobRegistry":
    """The one registry of jobs on this server; it asks Streamlit which browsers are still there.

    Streamlit takes Ctrl-C and SIGTERM and lets the process end: the jobs are stopped on the way out.
    """
    from core.jobs.registry import JobRegistry

    jobs = JobRegistry(run_store(), is_alive=_session_is_alive)
    atexit.register(jobs.close)
    return jobs


def _session_is_alive(session: str) -> bool:
    """Whether the browser tab of that session is still connected (asked from the watchdog's thread)."""
    from streamlit.runtime import exists, get_instance

    return not exists() or get_instance().is_active_session(session)


def share_processor() -> None:
    """Leave jobs their cores and the browser one: a page's own sums take what is over, at least one thread.

    PyTorch's threads spin while they wait for each other, so two that want the same core slow each other down
    a hundredfold.
    """
    from core.jobs.autotune import cores
    from core.models.threads import take_threads

    take_threads(max(1, cores() // (registry().slots.running + 1) - 1))
