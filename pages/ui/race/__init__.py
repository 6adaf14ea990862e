"""The parts of the Optimizer Race page, one tab a file."""
