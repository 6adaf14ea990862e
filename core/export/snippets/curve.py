"""The points of a regression, and the epoch that is kept, as text for the "Show the code" panels."""

from core.config.errors import ConfigError
from core.config.run import CurveConfig, RunConfig
from core.data.points import CURVES
from core.export.snippets.panel import training_code
from core.export.snippets.words import number

_KEEP = """
    with torch.no_grad():                     # after each epoch, on points it never trains on
        validation = loss_function(network(held_x), held_y).item()
    if validation < best:
        best, kept = validation, copy.deepcopy(network.state_dict())
"""


def regression_code(config: RunConfig) -> str:
    """Points, network, loop and the choice of the epoch as PyTorch that runs as it stands."""
    if not isinstance(config.data, CurveConfig):
        raise ConfigError(f"{config.recipe} learns no curve.")
    code = training_code(config)
    head, _, rest = code.partition("from torch import nn\n")
    keeps = config.train.keep == "best"
    start = ("import copy\n" if keeps else "") + head + "from torch import nn\n\n"
    text = start + _points(config, config.data) + rest.rstrip("\n")
    if keeps:
        text = text.replace("\nfor epoch in range", "\nbest, kept = float('inf'), None\nfor epoch in range", 1)
        text += f"{_KEEP}\nnetwork.load_state_dict(kept)\n"
    return text.rstrip("\n") + "\n"


def _points(config: RunConfig, data: CurveConfig) -> str:
    if data.target == "placed":
        pairs = ", ".join(f"({number(x)}, {number(y)})" for x, y in data.placed)
        lines = [f"points = torch.tensor([{pairs}])", "x, y = points[:, :1], points[:, 1:]"]
        count = len(data.placed) - len(data.placed) // 5
    else:
        count = data.points
        noise = f" + {number(data.noise)} * torch.randn({count}, 1)" if data.noise else ""
        low, width = number(data.low), number(data.high - data.low)
        lines = [f"x = {low} + {width} * torch.rand({count}, 1)", f"y = {CURVES[data.target].code}{noise}"]
    held = round(config.train.validation * count)
    if held:
        lines += [
            f"held_x, held_y = x[:{held}], y[:{held}]          # only to choose the epoch by",
            f"x, y = x[{held}:], y[{held}:]",
        ]
    lines += [
        "",
        "def batches(size):",
        "    return [(x[part], y[part]) for part in torch.randperm(len(x)).split(size)]",
        "",
    ]
    return "\n".join(lines)


#: Takes the `network` of `regression_code` with one hidden layer apart, at places `grid` (P, 1).
BENDS_CODE = """with torch.no_grad():
    hidden = network[:-1](grid)                     # (P, units): each unit's bend, act(w·x + b)
    parts = hidden * network[-1].weight             # times its weight in the last layer
    answer = network[-1].bias + parts.sum(dim=1, keepdim=True)
    places = -network[0].bias / network[0].weight[:, 0]   # where w·x + b = 0: there a unit bends

assert torch.allclose(answer, network(grid), atol=1e-4)
"""
