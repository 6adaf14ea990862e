"""The lesson on backpropagation by hand: gradient checks, planted bugs, vanishing gradients."""
