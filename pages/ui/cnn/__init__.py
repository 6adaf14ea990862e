"""The tabs of the page about convolutional networks."""
