"""What the tab "Gradient check" computes, kept by the subject's key. Shared by all sessions: read it only."""

import streamlit as st
import torch
from torch import Tensor

from core.lessons.backprop.finite_differences import finite_differences
from core.lessons.backprop.gradient_check import TensorCheck, gradient_check
from core.lessons.backprop.one_weight import losses_along, width_errors
from core.models.threads import one_thread
from pages.ui.backprop.subject import Subject

REACH = 3.0  # how far the curve of one weight goes to either side
POINTS = 161


def all_checks(subject: Subject) -> list[TensorCheck]:
    """Every tensor's gradient, three ways."""
    return _all_checks(subject.key, subject)


def unit_measured(subject: Subject, unit: int) -> Tensor:
    """Finite differences (in,) of all weights that lead to one unit of the first layer; NaN at kinks."""
    return _unit_measured(subject.key, unit, subject)


def curve(subject: Subject, tensor: int, entry: int) -> tuple[Tensor, Tensor]:
    """Values of one weight (P,) and the loss (P,) at each."""
    return _curve(subject.key, tensor, entry, subject)


def errors_of_widths(subject: Subject, tensor: int, entry: int, value: float) -> dict[str, list[float]]:
    """The finite difference's error for every width, by the name of the number type."""
    return _errors(subject.key, tensor, entry, value, subject)


@st.cache_resource(max_entries=32, show_spinner=False)
@one_thread()
def _all_checks(key: str, _subject: Subject) -> list[TensorCheck]:
    return gradient_check(_subject.layers, _subject.activation, _subject.x, _subject.target, loss=_subject.loss)


@st.cache_resource(max_entries=64, show_spinner=False)
@one_thread()
def _unit_measured(key: str, unit: int, _subject: Subject) -> Tensor:
    inputs, units = _subject.layers[0].weight.shape
    return finite_differences(
        _subject.layers,
        _subject.activation,
        _subject.x,
        _subject.target,
        0,
        torch.arange(inputs) * units + unit,
        loss=_subject.loss,
    )


@st.cache_resource(max_entries=64, show_spinner=False)
@one_thread()
def _curve(key: str, tensor: int, entry: int, _subject: Subject) -> tuple[Tensor, Tensor]:
    middle = float(_subject.tensors[tensor].flatten()[entry])
    values = torch.linspace(middle - REACH, middle + REACH, POINTS, dtype=torch.float64)
    losses = losses_along(
        _subject.layers, _subject.activation, _subject.x, _subject.target, tensor, entry, values, loss=_subject.loss
    )
    return values, losses


@st.cache_resource(max_entries=128, show_spinner=False)
@one_thread()
def _errors(key: str, tensor: int, entry: int, value: float, _subject: Subject) -> dict[str, list[float]]:
    return width_errors(
        _subject.layers, _subject.activation, _subject.x, _subject.target, tensor, entry, value, loss=_subject.loss
    )
