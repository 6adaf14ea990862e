"""Backpropagation by hand: forward and backward of a fully connected network, without autograd anywhere.

`pieces` holds the derivative of each operation, `network` chains them for a batch as matrix products,
`per_sample` for one image at a time as on the course slides, `walk` shows them one by one, `bugs` breaks them.
"""
