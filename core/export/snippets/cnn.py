"""A convolutional network as text for the "Show the code" panels."""

from core.config.cnn import CNNConfig
from core.export.snippets.words import PANEL, CodeContext, number
from core.formatting import shape

_LAYERS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky-relu": "LeakyReLU", "gelu": "GELU"}
_POOLS = {"max": "nn.MaxPool2d(2)", "average": "nn.AvgPool2d(2)"}
_START = {
    "normal": ("nn.init.normal_(layer.weight{0})", "nn.init.normal_(layer.bias{0})"),
    "xavier": ("nn.init.xavier_uniform_(layer.weight{0})", "nn.init.zeros_(layer.bias)"),
    "he": ("nn.init.kaiming_normal_(layer.weight{0})", "nn.init.zeros_(layer.bias)"),
    "pytorch": (
        "bound = layer.weight[0].numel() ** -0.5  # PyTorch's own start",
        "nn.init.uniform_(layer.weight, -bound, bound{0})",
        "nn.init.uniform_(layer.bias, -bound, bound{0})",
    ),
}


def network_code(config: CNNConfig, around: CodeContext = PANEL) -> str:
    """nn.Sequential with a comment on each layer's output; it takes rows of 784 pixels."""
    shapes = {layer.name: layer.shape for layer in config.layers()}
    activation = f"nn.{_LAYERS[config.activation]}()"
    rows = [("nn.Unflatten(1, (1, 28, 28))", "rows of 784 pixels as pictures again")]
    if config.normalize:
        rows.append(("Normalize(mean, std)", "of the training images"))
    depth = 1
    for index, channels in enumerate(config.channels):
        block = index + 1
        words = [str(depth), str(channels), str(config.kernels[index])]
        if config.strides[index] != 1:
            words.append(f"stride={config.strides[index]}")
        if config.paddings[index]:
            words.append(f"padding={config.paddings[index]}")
        rows.append((f"nn.Conv2d({', '.join(words)})", shape(shapes[f"conv{block}"])))
        following = {
            "norm": (f"nn.BatchNorm2d({channels})", ""),
            "act": (activation, ""),
            "pool": (_POOLS.get(config.pools[index], ""), shape(shapes.get(f"pool{block}", ()))),
        }
        rows += [following[part] for part in config.after_convolution(config.pools[index])]
        depth = channels
    rows.append(("nn.Flatten()", shape(shapes["flatten"])))
    width = shapes["flatten"][0]
    for units in config.hidden:
        rows.append((f"nn.Linear({width}, {units})", ""))
        if config.norm_hidden:
            rows.append((f"nn.BatchNorm1d({units})", ""))
        rows.append((activation, ""))
        if config.dropout:
            rows.append((f"nn.Dropout({number(config.dropout)})", ""))
        width = units
    rows.append((f"nn.Linear({width}, 10)", ""))
    wide = max(38, *(len(code) + 3 for code, note in rows if note))
    lines = [f"    {code + ',':<{wide}}{'# ' + note if note else ''}".rstrip() for code, note in rows]
    return "\n".join(["network = nn.Sequential(", *lines, ")", *_after(config, around)])


def _after(config: CNNConfig, around: CodeContext) -> list[str]:
    """Lines that set another start, or hold the convolutions as they start."""
    lines: list[str] = []
    if config.init != "pytorch" or around.whole:
        lines += [
            *(['weights = stream("weights")'] if around.whole else []),
            "for layer in network:",
            "    if isinstance(layer, nn.Conv2d | nn.Linear):",
            *(f"        {line.format(around.drawn)}" for line in _START[config.init]),
        ]
    if config.frozen:
        lines += [
            "for layer in network:",
            "    if isinstance(layer, nn.Conv2d):",
            "        layer.requires_grad_(False)  # its kernels stay random",
        ]
    if around.whole:
        lines.append("network.to(memory_format=torch.channels_last)  # convolutions are quicker so")
    return lines
