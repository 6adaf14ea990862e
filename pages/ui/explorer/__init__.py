"""The tabs of the page about data."""
