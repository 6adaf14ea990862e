"""The parts of the page on regression, one tab a file."""
