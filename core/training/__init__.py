"""Training: the loop, what it minimizes with, what it records, and hints on what went wrong."""
