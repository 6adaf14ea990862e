"""Every step of a walk as a table with all digits, beside the zones of the rate."""

import pandas as pd
import streamlit as st

from core.lessons.race.descent.paths import Path
from core.lessons.race.descent.walk import DescentConfig
from pages.ui.race.rate_words import zones_chart


def step_table(config: DescentConfig, path: Path) -> None:
    """The zones on the left (the parabola's), the table on the right."""
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        st.markdown("**Which rates do what**")
        zones_chart(config)
    with right:
        st.markdown(f"**Every step, with all digits**: {len(path.points)}")
        st.dataframe(rows(path), hide_index=True, height=270, key="race_gd_steps", width="stretch")
        st.caption(
            "Step 1 is x₀; the chapter calls step n “batch n” and prints x after n − 1 updates. "
            f"It stops once f is within {config.tolerance:g} of its value at the bottom, or after "
            f"{config.updates} updates."
        )


def rows(path: Path) -> pd.DataFrame:
    """Numbers as Python prints them."""
    x, slope = path.points[:, 0].tolist(), path.gradients[:, 0].tolist()
    return pd.DataFrame(
        {
            "step": range(1, len(x) + 1),
            "x": [repr(value) for value in x],
            "f(x)": [repr(value) for value in path.values.tolist()],
            "slope": [repr(value) for value in slope],
        }
    )
