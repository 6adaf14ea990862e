"""Forward and backward by hand, as text for the "Show the code" panels."""

from core.config.run import MLPConfig, RunConfig

_SLOPES = {
    "sigmoid": "torch.sigmoid(z) * (1 - torch.sigmoid(z))",
    "tanh": "1 - torch.tanh(z) ** 2",
    "relu": "(z > 0).float()",
    "leaky-relu": "torch.where(z > 0, 1.0, 0.01)",
    "gelu": "torch.special.ndtr(z) + z * torch.exp(-z**2 / 2) / (2 * torch.pi) ** 0.5",
}


def by_hand(model: MLPConfig, names: list[tuple[str, str]], activation: str) -> list[str]:
    """Lines that define forward(x), network(x) and backward(a, z, y) on the tensors `names`.

    activation: PyTorch for σ(z). The tensors are defined before, without requires_grad.
    """
    first = "        x = sigma(z[-1]) if z else x"
    if model.normalize:
        first += "\n".join(["", "        x = x if z else (x - mean) / std  # of the training images"])
    return [
        f"layers = [{', '.join(f'({w}, {b})' for w, b in names)}]",
        "",
        "def sigma(z):",
        f"    return {activation}",
        "",
        "def slope(z):                                 # σ′(z)",
        f"    return {_SLOPES[model.activation]}",
        "",
        "def forward(x):",
        "    a, z = [], []                             # the tape: what each layer received, and z",
        "    for W, b in layers:",
        first,
        "        a.append(x)",
        "        z.append(x @ W + b)",
        "    return a, z",
        "",
        "def network(x):",
        "    return forward(x)[1][-1]",
    ]


def backward(config: RunConfig) -> list[str]:
    """Lines of backward(a, z, y), which fills `.grad` of every tensor."""
    mean = config.train.reduction == "mean"
    return [
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
        "            delta = delta @ W.T * slope(z[i - 1])  # the chain rule: one layer down",
    ]
