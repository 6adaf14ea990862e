"""How accuracies stand in a table: percentages with two decimals each, the interval in one column."""

from typing import Any

import pandas as pd
import streamlit as st

INTERVAL = "95% interval"
ACCURACIES = ("test accuracy", "validation")


def in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    """Accuracies from 0 to 100: Streamlit's own percent column writes 90% beside 91.12%."""
    return rows.assign(**{name: 100.0 * rows[name].astype(float) for name in ACCURACIES if name in rows})


def accuracy_columns() -> dict[str, Any]:
    """Formats for what `in_percent` returns."""
    return {
        "test accuracy": st.column_config.NumberColumn(format="%.2f%%", width=100),
        INTERVAL: st.column_config.TextColumn(width=125, help="Of the test accuracy."),
        "validation": st.column_config.NumberColumn(format="%.2f%%", width=90, help="Accuracy on what was held out."),
    }
