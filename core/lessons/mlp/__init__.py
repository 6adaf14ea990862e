"""The lesson on fully connected networks: weights, saturation, one gradient step, the autograd graph."""
