"""The parts of the Data Explorer, one tab a file. Each has a `show()` that draws the open tab."""
