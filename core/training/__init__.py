"""Training: the loop, what it minimizes with, and what it records."""
