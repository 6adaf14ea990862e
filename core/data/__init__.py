"""Handwritten digits: where they come from, how they are divided, and what a drawing must become."""

from core.data.digits import Digits, Mnist
from core.data.sources import DataStatus, load, status

__all__ = ["DataStatus", "Digits", "Mnist", "load", "status"]
