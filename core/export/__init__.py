"""Runs and recipes as standalone lessons: scripts and notebooks that repeat them without Digit Lab."""
