"""A network as text: bare tensors, torch.nn layers, convolutions, a recurrent cell; and how its weights start."""

import inspect
from collections.abc import Sequence

from core.config.language import ALPHABET, LANGUAGES
from core.config.run import (
    FAMILIES,
    Activation,
    CNNConfig,
    Initialization,
    MLPConfig,
    RecurrentConfig,
    RegressorConfig,
    RunConfig,
)
from core.export.code_context import PANEL, CodeContext, indented, number
from core.export.lesson import Section
from core.formatting import shape
from core.models.activations import ACTIVATION_FUNCTIONS, ACTIVATION_LAYERS
from core.models.precision import SMALL
from core.models.raw_mlp import tensor_names

Row = tuple[str, str]  # a layer and, where there is something to say, a comment

#: How a layer's weights {W} (outputs, …) and biases {b} start.
_START: dict[Initialization, tuple[str, ...]] = {
    "pytorch": (
        "bound = {W}[0].numel() ** -0.5  # PyTorch's own start",
        "nn.init.uniform_({W}, -bound, bound{generator})",
        "nn.init.uniform_({b}, -bound, bound{generator})",
    ),
    "normal": ("nn.init.normal_({W}{generator})", "nn.init.normal_({b}{generator})"),
    "xavier": ("nn.init.xavier_uniform_({W}{generator})  # Glorot & Bengio 2010", "nn.init.zeros_({b})"),
    "he": ("nn.init.kaiming_normal_({W}{generator})  # He et al. 2015", "nn.init.zeros_({b})"),
}
_DERIVATIVES: dict[Activation, str] = {
    "sigmoid": "torch.sigmoid(z) * (1 - torch.sigmoid(z))",
    "tanh": "1 - torch.tanh(z) ** 2",
    "relu": "(z > 0).float()",
    "leaky-relu": "torch.where(z > 0, 1.0, 0.01)",
    "gelu": "torch.special.ndtr(z) + z * torch.exp(-z**2 / 2) / (2 * torch.pi) ** 0.5",
}
_POOLS = {"max": "nn.MaxPool2d(2)", "average": "nn.AvgPool2d(2)"}
_CELLS = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}
_OF_IMAGES = "of the training images"

_DROPOUT = '''\
class Dropout(nn.Module):
    """Silences each number with probability p while training; the others grow, so that the sum stays."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        dropped = round(self.p * 65536)  # of 65536 equally likely numbers, so many mean silence
        fours = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        draws = fours.view(torch.int16)[: x.numel()].view(x.shape)  # four numbers of 16 bits in each
        keep = draws.ge_(dropped - 32768)
        return (x * keep.to(x.dtype)).mul_(65536 / (65536 - dropped))'''

_SMALL_LAYERS = f"""\
class Linear(nn.Linear):
    def forward(self, x):
        if self.weight.numel() >= {SMALL} or not torch.is_autocast_enabled("cpu"):
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float())"""

_SMALL_PRODUCTS = f'''\
def affine(x, W, b):
    """x W + b."""
    if W.numel() >= {SMALL} or not torch.is_autocast_enabled("cpu"):
        return torch.addmm(b, x, W)
    with torch.autocast("cpu", enabled=False):
        return torch.addmm(b, x.float(), W)'''


def is_bare(config: RunConfig) -> bool:
    """Whether the network is bare tensors and not an nn.Module."""
    return config.model.family in ("raw", "manual")


def network_sections(config: RunConfig, context: CodeContext) -> list[Section]:
    """The network in a script, after the layers that it needs and torch.nn has otherwise."""
    sections = []
    if getattr(config.model, "dropout", 0.0):
        words = "As nn.Dropout does, whose draws differ from processor to processor."
        sections.append(Section("Dropout", words, _DROPOUT))
    if context.bf16:
        words = "Small layers stay in 32 bits: preparing a 16-bit product takes longer than making theirs."
        sections.append(Section("16 bits", words, _SMALL_PRODUCTS if is_bare(config) else _SMALL_LAYERS))
    words = "The initial weights are drawn from a generator of their own, so that the seed alone decides them."
    if config.model.family == "raw":
        words = "Bare tensors: nothing is hidden in a class. A weight W is (inputs, outputs)."
    elif config.model.family == "manual":
        words = "Bare tensors that ask for no gradient: `backward` follows the chain rule, layer by layer."
    return [*sections, Section("Network", words, network_code(config, context))]


def network_code(config: RunConfig, context: CodeContext = PANEL) -> str:
    """The lines that make `network`; in a script its start is drawn from the generator `weights`.

    An image is a row of 784 pixels. A network by hand has `forward` and `backward` too.
    """
    model = config.model
    if isinstance(model, CNNConfig):
        return cnn_code(model, context)
    if isinstance(model, RecurrentConfig):
        return _recurrent(model, context)
    if isinstance(model, MLPConfig) and is_bare(config):
        return "\n".join(
            [*_tensors(model, context), *(_by_hand if model.family == "manual" else _raw)(config, context)]
        )
    return _mlp(model, context)


def _activation(name: Activation) -> str:
    """PyTorch for σ(z)."""
    function = ACTIVATION_FUNCTIONS[name].__name__
    return f"torch.{function}(z)" if function in ("sigmoid", "tanh", "relu") else f"nn.functional.{function}(z)"


def _stream(context: CodeContext) -> list[str]:
    return ['weights = stream("weights")'] if context.script else []


# Bare tensors, with autograd or by hand.


def _tensors(model: MLPConfig, context: CodeContext) -> list[str]:
    """A function for each way to start that is used, and the weights (in, out) and biases (out,) it makes."""
    names = tensor_names(len(model.widths) - 1)
    starts = [*[model.init] * (len(names) - 1), model.init_output]
    gradient = "" if model.family == "manual" else ".requires_grad_()"
    lines = _stream(context)
    for init in dict.fromkeys(starts):
        lines += [
            *(context.between if lines else []),
            f"def start_{init}(n_in, n_out):",
            "    W, b = torch.empty(n_out, n_in), torch.empty(n_out)",
            *indented(_start(init, "W", "b", context)),
            f"    return W.T.contiguous(){gradient}, b{gradient}",
        ]
    lines += context.between
    for (weight, bias), init, n_in, n_out in zip(names, starts, model.widths[:-1], model.widths[1:], strict=True):
        lines.append(f"{weight}, {bias} = start_{init}({n_in}, {n_out})")
    return [*lines, f"tensors = [{', '.join(f'{w}, {b}' for w, b in names)}]"]


def _start(init: Initialization, weight: str, bias: str, context: CodeContext) -> list[str]:
    return [line.format(W=weight, b=bias, generator=context.generator("weights")) for line in _START[init]]


def _raw(config: RunConfig, context: CodeContext) -> list[str]:
    model, source, body = config.mlp, "x", []
    names = tensor_names(len(model.widths) - 1)
    if model.normalize:
        body.append(f"x = (x - mean) / std                      # {_OF_IMAGES}")
    for weight, bias in names:
        product = f"affine({source}, {weight}, {bias})" if context.bf16 else f"{source} @ {weight} + {bias}"
        if (weight, bias) == names[-1]:
            body.append(f"return {product}")
        else:
            body += [f"z = {product}", f"a = {_activation(model.activation)}"]
            source = "a"
    return ["", "def network(x):", *indented(body)]


def _by_hand(config: RunConfig, context: CodeContext) -> list[str]:
    """forward(x), network(x), and backward(a, z, y), which fills `.grad` of every tensor."""
    model, mean = config.mlp, config.train.reduction == "mean"
    names = tensor_names(len(model.widths) - 1)
    return [
        f"layers = [{', '.join(f'({w}, {b})' for w, b in names)}]",
        "",
        "def sigma(z):",
        f"    return {_activation(model.activation)}",
        "",
        "def derivative(z):                            # σ′(z)",
        f"    return {_DERIVATIVES[model.activation]}",
        "",
        "def forward(x):",
        "    a, z = [], []                             # the tape: what each layer received, and z",
        "    for W, b in layers:",
        "        x = sigma(z[-1]) if z else x",
        *([f"        x = x if z else (x - mean) / std  # {_OF_IMAGES}"] if model.normalize else []),
        "        a.append(x)",
        "        z.append(x @ W + b)",
        "    return a, z",
        "",
        "def network(x):",
        "    return forward(x)[1][-1]",
        "",
        "def backward(a, z, y):",
        "    delta = torch.softmax(z[-1], dim=1)",
        "    delta[torch.arange(len(y)), y] -= 1       # δ = ∂L/∂z = ŷ − y",
        *(["    delta /= len(y)                           # the loss is a mean over the batch"] if mean else []),
        "    for i in reversed(range(len(layers))):",
        "        W, b = layers[i]",
        "        W.grad = a[i].T @ delta               # ∂L/∂W = aᵀ δ",
        "        b.grad = delta.sum(dim=0)             # ∂L/∂b = Σ δ",
        "        if i > 0:",
        "            delta = delta @ W.T * derivative(z[i - 1])  # the chain rule: one layer down",
    ]


# torch.nn: layers in a row.


def _sequential(rows: Sequence[Row]) -> list[str]:
    wide = max(38, *(len(code) + 3 for code, note in rows if note), 0)
    lines = [f"{code + ',':<{wide}}{'# ' + note if note else ''}".rstrip() for code, note in rows]
    return ["network = nn.Sequential(", *indented(lines), ")"]


def _dense(
    widths: Sequence[int],
    linear: Sequence[str],
    activation: Activation,
    dropout: float,
    context: CodeContext,
    *,
    norm: bool = False,
) -> list[Row]:
    """Linear layers of these widths, and what follows each but the last. linear: the class of each layer."""
    rows: list[Row] = []
    for place, (name, n_in, n_out) in enumerate(zip(linear, widths[:-1], widths[1:], strict=True)):
        if place:
            rows += [(f"nn.BatchNorm1d({n_in})", "")] if norm else []
            rows.append((_layer(activation), ""))
            rows += [(f"{'' if context.script else 'nn.'}Dropout({number(dropout)})", "")] if dropout else []
        rows.append((f"{name}({n_in}, {n_out})", ""))
    return rows


def _layer(activation: Activation) -> str:
    return f"nn.{ACTIVATION_LAYERS[activation].__name__}()"


def _layer_starts(kind: str, inits: tuple[Initialization, Initialization], context: CodeContext) -> list[str]:
    """Lines that start all layers of a kind, the last one as the second of `inits` says."""

    def each(layers: str, init: Initialization) -> list[str]:
        return [f"for layer in {layers}:", *indented(_start(init, "layer.weight", "layer.bias", context))]

    lines = ["", *_stream(context), f"layers = [layer for layer in network if isinstance(layer, {kind})]"]
    if inits[0] == inits[1]:
        return [*lines, *each("layers", inits[0])]
    return [*lines, *each("layers[:-1]", inits[0]), *each("layers[-1:]", inits[1])]


def _mlp(model: MLPConfig | RegressorConfig, context: CodeContext) -> str:
    """torch.nn layers, or nn.Modules written by hand."""
    own = FAMILIES[model.family].layer if isinstance(model, MLPConfig) else None
    linear = own.__name__ if own else "Linear" if context.bf16 else "nn.Linear"
    normalize, dropout = (model.normalize, model.dropout) if isinstance(model, MLPConfig) else (False, 0.0)
    rows: list[Row] = [("Normalize(mean, std)", _OF_IMAGES)] if normalize else []
    rows += _dense(model.widths, [linear] * (len(model.widths) - 1), model.activation, dropout, context)
    source = [*inspect.getsource(own).rstrip().splitlines(), *context.between] if own else []
    lines = [*source, *_sequential(rows)]
    inits = (model.init if model.hidden else model.init_output, model.init_output)
    if context.script or own or set(inits) != {"pytorch"}:  # else nn.Linear's own start
        lines += _layer_starts(linear if own else "nn.Linear", inits, context)
    return "\n".join(lines)


def cnn_code(config: CNNConfig, context: CodeContext = PANEL) -> str:
    """nn.Sequential with a comment on each layer's output; it takes rows of 784 pixels."""
    shapes = {layer.name: layer.shape for layer in config.layers()}
    rows = [("nn.Unflatten(1, (1, 28, 28))", "rows of 784 pixels as images again")]
    if config.normalize:
        rows.append(("Normalize(mean, std)", _OF_IMAGES))
    for block, (depth, channels, kernel, stride, padding, pool) in enumerate(
        zip(
            (1, *config.channels[:-1]),
            config.channels,
            config.kernels,
            config.strides,
            config.paddings,
            config.pools,
            strict=True,
        ),
        1,
    ):
        words = [f"{depth}, {channels}, {kernel}"]
        words += [f"stride={stride}"] if stride != 1 else []
        words += [f"padding={padding}"] if padding else []
        rows.append((f"nn.Conv2d({', '.join(words)})", shape(shapes[f"conv{block}"])))
        following = {
            "norm": (f"nn.BatchNorm2d({channels})", ""),
            "act": (_layer(config.activation), ""),
            "pool": (_POOLS.get(pool, ""), shape(shapes.get(f"pool{block}", ()))),
        }
        rows += [following[part] for part in config.after_convolution(pool)]
    rows.append(("nn.Flatten()", shape(shapes["flatten"])))
    # in 16 bits hidden layers take 16 whatever their size
    linear = [*["nn.Linear"] * len(config.hidden), "Linear" if context.bf16 else "nn.Linear"]
    widths = (shapes["flatten"][0], *config.hidden, 10)
    rows += _dense(widths, linear, config.activation, config.dropout, context, norm=config.norm_hidden)
    lines = _sequential(rows)
    if context.script or config.init != "pytorch":
        lines += _layer_starts("nn.Conv2d | nn.Linear", (config.init, config.init), context)
    if config.frozen:
        lines += [
            "for layer in network:",
            "    if isinstance(layer, nn.Conv2d):",
            "        layer.requires_grad_(False)  # its kernels stay random",
        ]
    if context.script:
        lines.append("network.to(memory_format=torch.channels_last)  # convolutions are quicker so")
    return "\n".join(lines)


def _recurrent(config: RecurrentConfig, context: CodeContext) -> str:
    """An nn.Module from characters (N, L), −1 after a word's end, to a score for each language."""
    letters, languages = len(ALPHABET), len(LANGUAGES)
    dropout = f"{'' if context.script else 'nn.'}Dropout({number(config.dropout)})"
    lines = [
        "class Reader(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.cell = nn.{_CELLS[config.cell]}({letters}, {config.units}, batch_first=True)",
        *([f"        self.drop = {dropout}"] if config.dropout else []),
        f"        self.out = nn.Linear({config.units}, {languages})",
        "",
        "    def forward(self, characters):                # (N, L) places in the alphabet",
        "        last = (characters >= 0).sum(1) - 1       # where each word ends",
        "        characters = characters[:, : int(last.max()) + 1]",
        f"        hot = nn.functional.one_hot(characters.clamp_min(0), {letters}).float()",
        "        hot = hot * (characters >= 0).unsqueeze(2)",
        "        states, _ = self.cell(hot)                # one character after the other",
        "        ends = states[torch.arange(len(states)), last]",
        f"        return self.out({'self.drop(ends)' if config.dropout else 'ends'})",
        *context.between,
        "network = Reader()",
    ]
    if context.script:
        lines += [
            *_stream(context),
            f"bound = {config.units} ** -0.5  # PyTorch's own start",
            "for parameter in network.parameters():",
            "    nn.init.uniform_(parameter, -bound, bound, generator=weights)",
        ]
    return "\n".join(lines)
