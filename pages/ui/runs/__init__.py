"""The tabs of the page about all runs."""
