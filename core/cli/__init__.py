"""The verbs of `python -m core`, one a file. Each has `add(parser)` and `run(arguments) -> rows`.

A row is a dict of JSON values; `core.__main__` prints it as JSON or as text.
"""
