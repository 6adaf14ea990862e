"""The lesson on optimizers: a fair race, learning rates, descent on curves and maps, a race on an image."""
