"""Training: the loop, what it minimises with, what it records, and the jobs that run it."""
