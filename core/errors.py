"""Errors a person can act on: the message is always a full sentence that says what to do."""


class LabError(Exception):
    """Something a user did or has cannot work; `str(error)` is shown to them as it stands."""


class ConfigError(LabError, ValueError):
    """A setting is outside what makes sense."""


class DataError(LabError):
    """A file of digits is missing, damaged or not what it claims to be."""


class NotFound(LabError, LookupError):  # noqa: N818 - reads as the sentence it is
    """A recipe, run or checkpoint of that name does not exist."""
