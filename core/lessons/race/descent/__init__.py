"""Gradient descent where every step can be seen: on a curve of one variable and on a map of two.

Everything is computed in float64 with the optimizers that train the networks, gradients by autograd.
"""
