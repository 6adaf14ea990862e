"""The tabs of the page about fully connected networks."""
