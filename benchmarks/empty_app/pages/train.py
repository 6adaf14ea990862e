"""The same job as in Digit Lab, in a thread of this server, while the other pages are measured."""

import time

import streamlit as st

from core.data import load
from core.jobs.registry import JobRegistry
from core.jobs.training_job import Job, start_training
from core.recipes.texts import RECIPES
from core.storage.runs import RunStore


@st.cache_resource
def registry() -> JobRegistry:
    return JobRegistry(RunStore())


st.title("Train")
job: Job | None = st.session_state.get("job")
if st.button("Train"):
    recipe, epochs = st.query_params["recipe"], int(st.query_params["epochs"])
    config = RECIPES[recipe].config.with_settings({"epochs": epochs})
    job = st.session_state["job"] = start_training(registry(), config, load("auto"), session="bench")
if st.button("Stop") and job is not None:
    job.stop()
    job.join(30)
while job is not None and job.snapshot.active and not job.snapshot.steps:
    time.sleep(0.1)
st.markdown("Nothing yet" if job is None else "Training" if job.snapshot.active else "Stopped")
with st.sidebar:
    st.page_link("app.py", label="app.py")
