"""Forward and backward by hand, as text for the "Show the code" panels."""

from core.config import MLPConfig, RunConfig

_SLOPES = {
    "sigmoid": "torch.sigmoid(h) * (1 - torch.sigmoid(h))",
    "tanh": "1 - torch.tanh(h) ** 2",
    "relu": "(h > 0).float()",
    "leaky-relu": "torch.where(h > 0, 1.0, 0.01)",
    "gelu": "torch.special.ndtr(h) + h * torch.exp(-h**2 / 2) / (2 * torch.pi) ** 0.5",
}


def by_hand(model: MLPConfig, names: list[tuple[str, str]], activation: str) -> list[str]:
    """Lines that define forward(x), network(x) and backward(inputs, before, y) on the tensors `names`.

    activation: PyTorch for σ(h). The tensors are defined before, without requires_grad.
    """
    first = "        x = sigma(before[-1]) if before else x"
    if model.normalize:
        first += "\n".join(["", "        x = x if before else (x - mean) / std  # of the training images"])
    return [
        f"layers = [{', '.join(f'({w}, {b})' for w, b in names)}]",
        "",
        "def sigma(h):",
        f"    return {activation}",
        "",
        "def slope(h):                                 # σ′(h)",
        f"    return {_SLOPES[model.activation]}",
        "",
        "def forward(x):",
        "    inputs, before = [], []                   # the tape: what each layer saw, and h",
        "    for W, b in layers:",
        first,
        "        inputs.append(x)",
        "        before.append(x @ W + b)",
        "    return inputs, before",
        "",
        "def network(x):",
        "    return forward(x)[1][-1]",
    ]


def backward(config: RunConfig) -> list[str]:
    """Lines of backward(inputs, before, y), which fills `.grad` of every tensor."""
    mean = config.train.reduction == "mean"
    return [
        "",
        "def backward(inputs, before, y):",
        "    delta = torch.softmax(before[-1], dim=1)",
        "    delta[torch.arange(len(y)), y] -= 1       # ∂L/∂o = ŷ − y",
        *(
            ["    delta /= len(y)                           # the loss is a mean over the batch"]
            if mean
            else []
        ),
        "    for i in reversed(range(len(layers))):",
        "        W, b = layers[i]",
        "        W.grad = inputs[i].T @ delta          # ∂L/∂W = xᵀ δ",
        "        b.grad = delta.sum(dim=0)             # ∂L/∂b = Σ δ",
        "        if i > 0:",
        "            delta = delta @ W.T * slope(before[i - 1])  # the chain rule: one layer down",
    ]
