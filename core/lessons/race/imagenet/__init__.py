"""A classifier that knows a thousand things, photos for it, and optimizers racing on a photo's pixels."""
