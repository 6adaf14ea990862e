"""The few lines of PyTorch that matter for a run, as text for the "Show the code" panels."""

from core.config.run import CNNConfig, MLPConfig, RecurrentConfig, RegressorConfig, RunConfig
from core.export.snippets import by_hand as snippets_by_hand
from core.export.snippets import cnn, loop
from core.export.snippets.loop import loop_code
from core.export.snippets.words import PANEL, CodeContext, number

_CALLS = {
    "sigmoid": "torch.sigmoid(z)",
    "tanh": "torch.tanh(z)",
    "relu": "torch.relu(z)",
    "leaky-relu": "torch.nn.functional.leaky_relu(z)",
    "gelu": "torch.nn.functional.gelu(z)",
}
_LAYERS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky-relu": "LeakyReLU", "gelu": "GELU"}


def training_code(config: RunConfig) -> str:
    """Network, loss and loop of `config` as readable PyTorch; x, y stand for one batch of inputs, labels."""
    code = f"{network_code(config)}\n\n{loop_code(config)}\n"
    more = "import math\n\n" if "math." in code else ""
    return f"{more}import torch\nfrom torch import nn\n\n{code}"


def network_code(config: RunConfig, around: CodeContext = PANEL) -> str:
    """The lines that make `network`; in a whole script its start is drawn from the generator `weights`."""
    model = config.model
    if isinstance(model, CNNConfig):
        return cnn.network_code(model, around)
    if isinstance(model, RecurrentConfig):
        return loop.network_code(model, around)
    if isinstance(model, MLPConfig) and model.family in ("raw", "manual"):
        return _raw(config, around)
    return _module(model, around)


def _normalize(model: MLPConfig) -> str:
    return "    x = (x - mean) / std                      # of the training images\n" if model.normalize else ""


def _raw(config: RunConfig, around: CodeContext) -> str:
    """Bare tensors, with autograd or without."""
    from core.models.raw_mlp import tensor_names

    model = config.mlp
    names = tensor_names(len(model.widths) - 1)
    lines = _drawing(model) if around.whole else []
    asks = "" if model.family == "manual" else ".requires_grad_()"
    for (weight, bias), n_in, n_out in zip(names, model.widths[:-1], model.widths[1:], strict=True):
        start = model.init_output if weight == names[-1][0] else model.init
        if around.whole:
            draw = _DRAWING[start][0]
            lines.append(f"{weight}, {bias} = {draw}({n_in}, {n_out})")
            continue
        lines += [f"{weight} = {_start(start, n_in, n_out)}{asks}", f"{bias} = {_start_bias(start, n_out, n_in)}{asks}"]
    body = []
    source = "x"
    for index, (weight, bias) in enumerate(names):
        if index < len(names) - 1:
            body.append(f"    z = {source} @ {weight} + {bias}")
            body.append(f"    a = {_CALLS[model.activation]}")
            source = "a"
        else:
            body.append(f"    return {source} @ {weight} + {bias}")
    lines.append(f"tensors = [{', '.join(f'{w}, {b}' for w, b in names)}]")
    if model.family == "manual":
        call = _CALLS[model.activation]
        by_hand = snippets_by_hand.by_hand(model, names, call)
        return "\n".join([*lines, *by_hand, *snippets_by_hand.backward(config)])
    return "\n".join([*lines, "", "def network(x):", *filter(None, [_normalize(model).rstrip()]), *body])


def _start(init: str, n_in: int, n_out: int) -> str:
    """PyTorch for a weight matrix (in, out) that starts as `init` says."""
    return {
        "pytorch": f"torch.empty({n_in}, {n_out}).uniform_(-1 / {n_in}**0.5, 1 / {n_in}**0.5)",
        "normal": f"torch.randn({n_in}, {n_out})",
        "xavier": f"nn.init.xavier_uniform_(torch.empty({n_in}, {n_out}))",
        "he": f"(torch.randn({n_in}, {n_out}) * (2 / {n_in}) ** 0.5)",
    }[init]


def _start_bias(init: str, n_out: int, n_in: int) -> str:
    """PyTorch for the bias (out,) that goes with it."""
    return {
        "pytorch": f"torch.empty({n_out}).uniform_(-1 / {n_in}**0.5, 1 / {n_in}**0.5)",
        "normal": f"torch.randn({n_out})",
    }.get(init, f"torch.zeros({n_out})")


#: How a script draws a layer's start: the name of the function, and its lines.
_DRAWING = {
    "pytorch": (
        "uniform",
        "bound = n_in**-0.5  # PyTorch's own",
        "W = torch.empty(n_out, n_in).uniform_(-bound, bound, generator=weights)",
        "b = torch.empty(n_out).uniform_(-bound, bound, generator=weights)",
    ),
    "normal": (
        "normal",
        "W = torch.empty(n_out, n_in).normal_(generator=weights)",
        "b = torch.empty(n_out).normal_(generator=weights)",
    ),
    "xavier": (
        "xavier",
        "bound = (6 / (n_in + n_out)) ** 0.5  # Glorot & Bengio 2010",
        "W = torch.empty(n_out, n_in).uniform_(-bound, bound, generator=weights)",
        "b = torch.zeros(n_out)",
    ),
    "he": (
        "he",
        "size = (2 / n_in) ** 0.5  # He et al. 2015",
        "W = torch.empty(n_out, n_in).normal_(0, size, generator=weights)",
        "b = torch.zeros(n_out)",
    ),
}


def _drawing(model: MLPConfig) -> list[str]:
    """Functions that draw weights (in, out) and biases (out,), one for each start that is used."""
    used = [model.init] if len(model.widths) > 2 else []
    ends = "" if model.family == "manual" else ".requires_grad_()"
    lines = ['weights = stream("weights")', "", ""]
    for init in dict.fromkeys([*used, model.init_output]):
        name, *body = _DRAWING[init]
        lines += [
            f"def {name}(n_in, n_out):",
            *(f"    {line}" for line in body),
            f"    return W.T.contiguous(){ends}, b{ends}",
            "",
            "",
        ]
    return lines


_START = {
    "normal": ("nn.init.normal_(layer.weight{0})", "nn.init.normal_(layer.bias{0})"),
    "xavier": ("nn.init.xavier_uniform_(layer.weight{0})", "nn.init.zeros_(layer.bias)"),
    "he": ("nn.init.kaiming_normal_(layer.weight{0})", "nn.init.zeros_(layer.bias)"),
    "pytorch": (
        "bound = layer.weight.shape[1] ** -0.5",
        "nn.init.uniform_(layer.weight, -bound, bound{0})",
        "nn.init.uniform_(layer.bias, -bound, bound{0})",
    ),
}


def _module_start(model: MLPConfig | RegressorConfig, around: CodeContext) -> list[str]:
    """Lines that set the start, where nn.Linear's own is not wanted or not there."""
    own = model.family != "my-linear" and model.init == model.init_output == "pytorch"
    if own and not around.whole:
        return []

    def each(layers: str, init: str) -> list[str]:
        body = [f"    {line.format(around.drawn)}" for line in _START[init]]
        return [f"for layer in {layers}:", *body]

    lines = ["", *(['weights = stream("weights")'] if around.whole else [])]
    lines.append('linear = [layer for layer in network if hasattr(layer, "weight")]')
    if model.init == model.init_output or not model.hidden:
        return [*lines, *each("linear", model.init_output)]
    return [*lines, *each("linear[:-1]", model.init), *each("linear[-1:]", model.init_output)]


def _module(model: MLPConfig | RegressorConfig, around: CodeContext) -> str:
    """torch.nn layers, or nn.Modules written by hand."""
    layer = "MyLinear" if model.family == "my-linear" else "nn.Linear"
    normalize, dropout = (model.normalize, model.dropout) if isinstance(model, MLPConfig) else (False, 0.0)
    lines: list[str] = []
    if model.family == "my-linear":
        lines += [
            "class MyLinear(nn.Module):",
            "    def __init__(self, n_in, n_out):",
            "        super().__init__()",
            "        self.weight = nn.Parameter(torch.empty(n_out, n_in))",
            "        self.bias = nn.Parameter(torch.empty(n_out))",
            "",
            "    def forward(self, x):",
            "        return x @ self.weight.T + self.bias",
            "",
            *([""] if around.whole else []),
        ]
    lines += ["network = nn.Sequential("]
    if normalize:
        lines.append("    Normalize(mean, std),                     # of the training images")
    for index, (n_in, n_out) in enumerate(zip(model.widths[:-1], model.widths[1:], strict=True)):
        if index:
            lines.append(f"    nn.{_LAYERS[model.activation]}(),")
            if dropout:
                lines.append(f"    nn.Dropout({number(dropout)}),")
        lines.append(f"    {layer}({n_in}, {n_out}),")
    return "\n".join([*lines, ")", *_module_start(model, around)])
