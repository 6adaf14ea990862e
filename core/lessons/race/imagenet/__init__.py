"""A classifier that knows a thousand things, photos for it, and optimisers racing on a photo's pixels."""
