"""Small regressions trained while a tab is drawn, kept by their settings so that each is trained once."""

import json

import streamlit as st

from core.config import RunConfig
from core.one_thread import one_thread
from core.training.small_fit import SmallFit, small_fit


def trained_here(config: RunConfig) -> SmallFit:
    """The fit of these settings: trained now, or found again."""
    return _fit(json.dumps(config.to_json()))


@st.cache_resource(max_entries=24, show_spinner="Training a small network…")
@one_thread()
def _fit(config: str) -> SmallFit:
    return small_fit(RunConfig.from_json(json.loads(config)))
