"""A convolutional network as text for the "Show the code" panels."""

from core.cnn_config import CNNConfig

_LAYERS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky-relu": "LeakyReLU", "gelu": "GELU"}
_POOLS = {"max": "nn.MaxPool2d(2)", "average": "nn.AvgPool2d(2)"}
_START = {
    "normal": "nn.init.normal_(layer.weight), nn.init.normal_(layer.bias)",
    "xavier": "nn.init.xavier_uniform_(layer.weight), nn.init.zeros_(layer.bias)",
    "he": "nn.init.kaiming_normal_(layer.weight), nn.init.zeros_(layer.bias)",
}


def network_code(config: CNNConfig) -> str:
    """nn.Sequential with a comment on each layer's output; it takes rows of 784 pixels."""
    shapes = {layer.name: layer.shape for layer in config.layers()}
    activation = f"nn.{_LAYERS[config.activation]}()"
    rows = [("nn.Unflatten(1, (1, 28, 28))", "rows of 784 pixels as pictures again")]
    if config.normalize:
        rows.append(("Normalize(mean, std)", "of the training images"))
    depth = 1
    for index, channels in enumerate(config.channels):
        number = index + 1
        words = [str(depth), str(channels), str(config.kernels[index])]
        if config.strides[index] != 1:
            words.append(f"stride={config.strides[index]}")
        if config.paddings[index]:
            words.append(f"padding={config.paddings[index]}")
        rows.append((f"nn.Conv2d({', '.join(words)})", _shape(shapes[f"conv{number}"])))
        if config.batch_norm:
            rows.append((f"nn.BatchNorm2d({channels})", ""))
        rows.append((activation, ""))
        if config.pools[index] != "none":
            rows.append((_POOLS[config.pools[index]], _shape(shapes[f"pool{number}"])))
        depth = channels
    rows.append(("nn.Flatten()", _shape(shapes["flatten"])))
    width = shapes["flatten"][0]
    for units in config.hidden:
        rows += [(f"nn.Linear({width}, {units})", ""), (activation, "")]
        if config.dropout:
            rows.append((f"nn.Dropout({config.dropout:g})", ""))
        width = units
    rows.append((f"nn.Linear({width}, 10)", ""))
    lines = [f"    {code + ',':<38}{'# ' + note if note else ''}".rstrip() for code, note in rows]
    return "\n".join(["network = nn.Sequential(", *lines, ")", *_after(config)])


def _after(config: CNNConfig) -> list[str]:
    """Lines that set another start, or hold the convolutions as they start."""
    lines: list[str] = []
    if config.init != "pytorch":
        lines += [
            "for layer in network:",
            "    if isinstance(layer, nn.Conv2d | nn.Linear):",
            f"        {_START[config.init]}",
        ]
    if config.frozen:
        lines += [
            "for layer in network:",
            "    if isinstance(layer, nn.Conv2d):",
            "        layer.requires_grad_(False)  # its kernels stay random",
        ]
    return lines


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape)
