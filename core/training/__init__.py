"""Training: the loop, what it minimizes with, what it records, and the jobs that run it."""
