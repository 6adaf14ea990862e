"""How much work an image is for a convolutional network, in multiplications.

It decides on how many images the page can measure while somebody waits.
"""

from core.config.cnn import CNNConfig

MOST, LEAST = 2000, 20  # images of a sample
AT_ONCE = 3e9  # multiplications that take about a second on one busy thread


def multiplications(config: CNNConfig, after: str | None = None) -> int:
    """Multiplications for one image, in the whole network or in the layers after the one named.

    A convolution multiplies kernel² · channels in · channels out at every place of its output.
    """
    total, counting, depth, width = 0, after is None, 1, 0
    for layer in config.layers():
        if layer.kind == "convolution":
            channels, rows, columns = layer.shape
            kernel = config.kernels[int(layer.name.removeprefix("conv")) - 1]
            total += counting * kernel**2 * depth * channels * rows * columns
            depth = channels
        elif layer.kind == "linear":
            total += counting * width * layer.shape[0]
        if len(layer.shape) == 1:
            width = layer.shape[0]
        counting = counting or layer.name == after
    return total


def sample_size(multiplications_an_image: int, available: int, budget: float = AT_ONCE) -> int:
    """How many images fit into a budget of multiplications: LEAST to MOST, and no more than there are."""
    fitting = int(budget / max(1, multiplications_an_image))
    return min(available, max(LEAST, min(MOST, fitting)))
