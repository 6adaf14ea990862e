"""Errors a person can act on: the message is always a full sentence that says what to do."""

import re


class LabError(Exception):
    """Something a user did or has cannot work; `str(error)` is shown to them as it stands.

    A name of thousands of letters that somebody typed is cut off in it.
    """

    def __init__(self, sentence: str = "") -> None:
        super().__init__(re.sub(r"\S{201,}", lambda long: f"{long[0][:60]}…", sentence))


class ConfigError(LabError, ValueError):
    """A setting is outside what makes sense."""


class DataError(LabError):
    """A file of digits is missing, damaged or not what it claims to be."""


class NotFound(LabError, LookupError):  # noqa: N818 - reads as the sentence it is
    """A recipe, run or checkpoint of that name does not exist."""
