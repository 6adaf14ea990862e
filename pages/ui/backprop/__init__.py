"""The tabs of the page about backpropagation by hand."""
