"""Small regressions trained while a tab is drawn, kept by their settings so that each is trained once."""

import json

import streamlit as st

from core.config.run import RunConfig
from core.lessons.regression.small_fit import SmallFit, small_fit
from core.models.threads import one_thread


def trained_here(config: RunConfig) -> SmallFit:
    """The fit of these settings: trained now, or found again."""
    return _fit(json.dumps(config.to_json()))


@st.cache_resource(max_entries=24, show_spinner="Training a small network…")
@one_thread()
def _fit(config: str) -> SmallFit:
    return small_fit(RunConfig.from_json(json.loads(config)))
