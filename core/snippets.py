"""The few lines of PyTorch that matter for a run, as text for the "Show the code" panels."""

from core import snippets_by_hand, snippets_cnn
from core.config import CNNConfig, MLPConfig, RunConfig
from core.snippets_loop import loop_code

_CALLS = {
    "sigmoid": "torch.sigmoid(h)",
    "tanh": "torch.tanh(h)",
    "relu": "torch.relu(h)",
    "leaky-relu": "torch.nn.functional.leaky_relu(h)",
    "gelu": "torch.nn.functional.gelu(h)",
}
_LAYERS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky-relu": "LeakyReLU", "gelu": "GELU"}


def training_code(config: RunConfig) -> str:
    """Network, loss and loop of `config` as readable PyTorch; x, y stand for one batch of images, labels."""
    if isinstance(config.model, CNNConfig):
        network = snippets_cnn.network_code(config.model)
    else:
        network = _raw(config) if config.model.family in ("raw", "manual") else _module(config)
    return f"import torch\nfrom torch import nn\n\n{network}\n\n{loop_code(config)}\n"


def _normalize(model: MLPConfig) -> str:
    return (
        "    x = (x - mean) / std                      # of the training images\n" if model.normalize else ""
    )


def _raw(config: RunConfig) -> str:
    """Bare tensors, with autograd or without."""
    from core.models.raw_mlp import tensor_names

    model = config.mlp
    names = tensor_names(len(model.widths) - 1)
    lines = []
    asks = "" if model.family == "manual" else ".requires_grad_()"
    for (weight, bias), n_in, n_out in zip(names, model.widths[:-1], model.widths[1:], strict=True):
        last = weight == names[-1][0]
        start = model.init_output if last else model.init
        lines += [
            f"{weight} = {_start(start, n_in, n_out)}{asks}",
            f"{bias} = {_start_bias(start, n_in, n_out)}{asks}",
        ]
    body = []
    source = "x"
    for index, (weight, bias) in enumerate(names):
        if index < len(names) - 1:
            body.append(f"    h = {source} @ {weight} + {bias}")
            body.append(f"    h = {_CALLS[model.activation]}")
            source = "h"
        else:
            body.append(f"    return {source} @ {weight} + {bias}")
    lines.append(f"tensors = [{', '.join(f'{w}, {b}' for w, b in names)}]")
    if model.family == "manual":
        call = _CALLS[model.activation]
        return "\n".join(
            [*lines, *snippets_by_hand.by_hand(model, names, call), *snippets_by_hand.backward(config)]
        )
    return "\n".join([*lines, "", "def network(x):", *filter(None, [_normalize(model).rstrip()]), *body])


def _start(init: str, n_in: int, n_out: int) -> str:
    """PyTorch for a weight matrix (in, out) that starts as `init` says."""
    return {
        "pytorch": f"torch.empty({n_in}, {n_out}).uniform_(-1 / {n_in}**0.5, 1 / {n_in}**0.5)",
        "normal": f"torch.randn({n_in}, {n_out})",
        "xavier": f"nn.init.xavier_uniform_(torch.empty({n_in}, {n_out}))",
        "he": f"(torch.randn({n_in}, {n_out}) * (2 / {n_in}) ** 0.5)",
    }[init]


def _start_bias(init: str, n_in: int, n_out: int) -> str:
    """PyTorch for the bias (out,) that goes with it."""
    return {
        "pytorch": f"torch.empty({n_out}).uniform_(-1 / {n_in}**0.5, 1 / {n_in}**0.5)",
        "normal": f"torch.randn({n_out})",
    }.get(init, f"torch.zeros({n_out})")


_MODULE_START = {
    "normal": "        nn.init.normal_(layer.weight), nn.init.normal_(layer.bias)",
    "xavier": "        nn.init.xavier_uniform_(layer.weight), nn.init.zeros_(layer.bias)",
    "he": "        nn.init.kaiming_normal_(layer.weight), nn.init.zeros_(layer.bias)",
    "pytorch": "        bound = layer.weight.shape[1] ** -0.5\n"
    "        nn.init.uniform_(layer.weight, -bound, bound), nn.init.uniform_(layer.bias, -bound, bound)",
}


def _module_start(model: MLPConfig) -> list[str]:
    """Lines that set the start, where nn.Linear's own is not wanted or not there."""
    if model.family == "module" and model.init == model.init_output == "pytorch":
        return []
    hidden = "linear[:-1]" if model.hidden else "[]"
    lines = ["", "linear = [layer for layer in network if hasattr(layer, 'weight')]", "with torch.no_grad():"]
    if model.init == model.init_output:
        return [*lines, "    for layer in linear:", _MODULE_START[model.init]]
    lines += [f"    for layer in {hidden}:", _MODULE_START[model.init]]
    return [*lines, "    for layer in linear[-1:]:", _MODULE_START[model.init_output]]


def _module(config: RunConfig) -> str:
    """torch.nn layers, or nn.Modules written by hand."""
    model = config.mlp
    layer = "MyLinear" if model.family == "my-linear" else "nn.Linear"
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
        ]
    lines += ["network = nn.Sequential("]
    if model.normalize:
        lines.append("    Normalize(mean, std),                     # of the training images")
    for index, (n_in, n_out) in enumerate(zip(model.widths[:-1], model.widths[1:], strict=True)):
        if index:
            lines.append(f"    nn.{_LAYERS[model.activation]}(),")
            if model.dropout:
                lines.append(f"    nn.Dropout({model.dropout:g}),")
        lines.append(f"    {layer}({n_in}, {n_out}),")
    return "\n".join([*lines, ")", *_module_start(model)])
