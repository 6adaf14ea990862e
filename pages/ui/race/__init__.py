"""The tabs of the page about optimizers."""
