"""The parts of the CNN page, one tab a file."""
