"""A picture before and after it was shaken, and what the network reads in both."""

import streamlit as st
from torch import Tensor

from core.charts.images import picture
from core.charts.intervals import before_after_figure
from core.formatting import article, probability
from core.models.evaluation import predict
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.widgets.chart import chart

SIZE = 112
NAMES = ("before", "after")


def shaken_reading(trained: Trained, before: Tensor, after: Tensor) -> None:
    """before, after: (1, 1, 28, 28). Two pictures, the two answers, ten probabilities of each."""
    readings = [predict(trained.model, image)[0] for image in (before, after)]
    pictures, bars = st.columns(2, gap="medium", vertical_alignment="center")
    with pictures, st.container(horizontal=True, gap="small"):
        for name, image, reading in zip(NAMES, (before, after), readings, strict=True):
            digit = int(reading.argmax())
            with st.container(width=SIZE, gap="small"):
                st.caption(name.capitalize(), text_alignment="center")
                small = picture(image[0, 0].numpy(), size=SIZE)
                st.image(small, width=SIZE, alt=f"The picture {name} it was shaken")
                st.markdown(
                    f"reads {article(f'**{digit}**')}  \n{_sure(float(reading[digit]))}", text_alignment="center"
                )
    with bars:
        fig = before_after_figure(readings[0].tolist(), readings[1].tolist(), names=NAMES)
        chart(fig, "cnn_shake_reading", still=True)


def _sure(chance: float) -> str:
    return f"{probability(chance)} sure"
