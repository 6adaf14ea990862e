"""Handwritten digits: where they come from, how they are divided, and what a drawing must become."""

from core.data.digits import Digits, Mnist
from core.data.drawing import Drawing, from_canvas
from core.data.sources import DataStatus, load, status

__all__ = ["DataStatus", "Digits", "Drawing", "Mnist", "from_canvas", "load", "status"]
