"""Runs and recipes as text: the short code of a panel, and scripts and notebooks that run without Digit Lab.

Both are written by the same functions. What they know of the run around them is a `CodeContext`: PANEL, or a
script's with seeds, scores and all that changed on the way.
"""
