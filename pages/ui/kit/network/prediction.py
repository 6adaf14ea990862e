"""A network's answer to one image: the digit, its confidence, and all ten probabilities."""

from typing import TYPE_CHECKING

import streamlit as st

from core.charts import palette
from core.charts.intervals import bars
from core.formatting import probability
from pages.ui.kit.widgets.chart import chart

if TYPE_CHECKING:  # Home shows its first words before PyTorch is there
    from torch import Tensor


def show_prediction(probabilities: "Tensor", key: str, *, height: int = 230) -> int:
    """Show (10,) probabilities as a sentence and bars; returns the predicted digit."""
    order = probabilities.argsort(descending=True)
    first, second = int(order[0]), int(order[1])
    confidence, rival = float(probabilities[first]), float(probabilities[second])
    doubt = f"; second: {second} ({probability(rival)})" if rival >= 0.1 else ""
    st.markdown(f"### Prediction: {first}")
    st.caption(f"Confidence {probability(confidence)}{doubt}")
    names = [str(digit) for digit in range(10)]
    chart(bars(probabilities.numpy(), names, palette.DIGITS, height=height), key=key, still=True)
    return first
