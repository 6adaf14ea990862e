"""The tabs of the page about regression."""
