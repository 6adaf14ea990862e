"""Guessing a word's language without a recurrent network, and fairly beside one."""
