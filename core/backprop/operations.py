"""Every operation of a fully connected classifier as a `Step`: its formula, its tensors, each cell's terms.

The tensors come from `pieces`, so a walk gives exactly the numbers of `network`. z are pre-activations, a
activations, ŷ probabilities, δ errors ∂L/∂z. Indices count from 0, as in Python: n an image of the batch, i a
unit on the left, j a unit on the right, k a class. `gap` is the gap of
the diagram in which the operation lives.
"""

import torch
from torch import Tensor

from core.backprop import pieces
from core.backprop.pieces import MANUAL_ACTIVATIONS
from core.backprop.step import Cell, Named, Step, double, factor, number
from core.config.run import Activation

#: {0} is the number or symbol, {1} the same, in brackets where it must be.
FORMULAS: dict[Activation, str] = {
    "sigmoid": r"\frac{{1}}{{1 + e^{{-{1}}}}}",
    "tanh": r"\tanh({0})",
    "relu": r"\max(0,\, {0})",
    "leaky-relu": r"\max(0.01 \cdot {1},\, {0})",
    "gelu": r"{1} \cdot \Phi({0})",
}
DERIVATIVES: dict[Activation, str] = {
    "sigmoid": r"\sigma'(z) &= a\,(1 - a)",
    "tanh": r"\sigma'(z) &= 1 - a^2",
    "relu": r"\sigma'(z) &= 1 \text{ if } z > 0 \text{ else } 0",
    "leaky-relu": r"\sigma'(z) &= 1 \text{ if } z > 0 \text{ else } 0.01",
    "gelu": r"\sigma'(z) &= \Phi(z) + z\,\varphi(z)",
}


def linear(x: Named, weight: Named, bias: Named, symbol: str, gap: int, *, last: bool) -> Step:
    """z = x W + b."""
    result = Named(symbol, symbol, pieces.linear(x.tensor, weight.tensor, bias.tensor))

    def cell(n: int, j: int) -> Cell:
        into, by = x.tensor[n].double(), weight.tensor[:, j].double()
        offset = float(bias.tensor[j])

        def written(i: int) -> str:
            return factor(offset) if i == len(by) else rf"{factor(into[i])} \cdot {factor(by[i])}"

        return Cell(
            result.at(n, j),
            rf"\sum_i {x.at(n, 'i')}\, {weight.at('i', j)} + {bias.at(0, j)}",
            float(result.tensor[n, j]),
            torch.cat([into * by, double(offset)]),
            written,
            ((n, None), (None, j), (None, j)),
            ((None, j),),
        )

    formula = rf"{symbol} = {x.symbol}\, {weight.symbol} + {bias.symbol}"
    title = "Pre-activations of the output layer (logits)" if last else "Pre-activations of a hidden layer"
    return Step("forward", title, formula, (x, weight, bias), result, (gap, gap + 1), (gap,), gap + 1, cell)


def activate(before: Named, activation: Activation, symbol: str, gap: int) -> Step:
    """a = σ(z), one number at a time."""
    after = MANUAL_ACTIVATIONS[activation].value(before.tensor)
    result = Named(symbol, symbol, after, role="share" if activation in ("sigmoid", "relu") else "signed")

    def cell(n: int, j: int) -> Cell:
        value = float(before.tensor[n, j])
        formula = FORMULAS[activation].format(number(value), factor(value))
        return Cell(
            result.at(n, j),
            rf"\sigma({before.at(n, j)})",
            float(after[n, j]),
            double(after[n, j]),
            lambda _: formula,
            ((n, j),),
            ((j, j),),
        )

    general = FORMULAS[activation].format(before.symbol, before.symbol)
    formula = rf"{symbol} = \sigma({before.symbol}) = {general}"
    title = f"Activation function: {activation}"
    return Step("forward", title, formula, (before,), result, (gap, gap + 1), (gap,), gap + 1, cell)


def softmax(z: Named, gap: int) -> Step:
    """ŷ = softmax(z): each output's share among its image's."""
    shares = pieces.softmax(z.tensor)
    result = Named(r"\hat y", "ŷ", shares, role="share")

    def cell(n: int, k: int) -> Cell:
        row = z.tensor[n].double()
        few = row.topk(min(3, len(row))).values.tolist() if len(row) > 4 else row.tolist()
        below = " + ".join(rf"e^{{{number(value)}}}" for value in few)
        below += r" + \cdots" if len(few) < len(row) else ""
        text = rf"\frac{{e^{{{number(float(row[k]))}}}}}{{{below}}}"
        pattern = rf"\frac{{e^{{{z.at(n, k)}}}}}{{\sum_j e^{{{z.at(n, 'j')}}}}}"
        return Cell(
            result.at(n, k),
            pattern,
            float(shares[n, k]),
            double(shares[n, k]),
            lambda _: text,
            ((n, None),),
            ((None, k),),
        )

    formula = rf"\hat y = \mathrm{{softmax}}({z.symbol}) = \frac{{e^{{{z.symbol}}}}}{{\sum_j e^{{{z.symbol}[j]}}}}"
    return Step(
        "forward", "Softmax: logits become probabilities", formula, (z,), result, (gap, gap + 1), (gap,), gap + 1, cell
    )


def loss(z: Named, predicted: Named, target: Named, labels: Tensor, gap: int) -> Step:
    """L: how surprised the network is by the right answers, on average, in nats."""
    value, _ = pieces.cross_entropy(z.tensor, labels)
    result = Named("L", "L", value, role="share")
    count, rows = len(labels), torch.arange(len(labels))
    each = -z.tensor.double().log_softmax(dim=1)[rows, labels]
    right = tuple(zip(range(count), labels.tolist(), strict=True))  # of all ŷ only these enter

    def cell(_row: int, _column: int) -> Cell:
        picked = predicted.tensor[rows, labels]
        part = "-" if count == 1 else rf"-\tfrac{{1}}{{{count}}}"

        def written(n: int) -> str:
            return (r"\left(" if n else "") + rf"{part}\log {number(float(picked[n]))}" + (r"\right)" if n else "")

        pattern = rf"{part}\sum_n \log \hat y[n, y_n]" if count > 1 else rf"-\log \hat y[0, {int(labels[0])}]"
        everywhere = ((None, None), (None, None))
        return Cell("L", pattern, float(value), each / count, written, everywhere, ((None, 0),), right)

    formula = r"L = -\frac{1}{N} \sum_n \log \hat y[n, y_n]"
    return Step(
        "loss",
        "Loss: cross-entropy",
        formula,
        (predicted, target),
        result,
        (gap, gap + 1),
        (gap,),
        gap + 1,
        cell,
        enters=labels,
        each=each,
    )


def error(z: Named, predicted: Named, target: Named, labels: Tensor, gap: int) -> Step:
    """δ = ∂L/∂z = (ŷ − y)/N: softmax and cross-entropy undone in one. `gap` is the softmax's."""
    _, delta = pieces.cross_entropy(z.tensor, labels)
    result = Named(z.symbol, z.plain, delta, gradient=True)
    count = len(labels)

    def cell(n: int, k: int) -> Cell:
        said, wanted = float(predicted.tensor[n, k]), float(target.tensor[n, k])
        text = f"{number(said)} - {number(wanted)}"
        pattern = f"{predicted.at(n, k)} - {target.at(n, k)}"
        if count > 1:
            text, pattern = (rf"\tfrac{{1}}{{{count}}}\left({part}\right)" for part in (text, pattern))
        return Cell(
            result.at(n, k),
            pattern,
            float(delta[n, k]),
            double(delta[n, k]),
            lambda _: text,
            ((n, k), (n, k)),
            ((k, k), (k, 0)),
        )

    formula = rf"{result.latex} = \frac{{\partial L}}{{\partial {z.symbol}}} = \frac{{1}}{{N}} (\hat y - y)"
    return Step(
        "backward",
        "Error of the output layer: prediction minus label",
        formula,
        (predicted, target),
        result,
        (gap, gap + 1, gap + 2),
        (gap, gap + 1),
        gap,
        cell,
    )


def weight_gradient(x: Named, weight: Named, delta: Named, gap: int) -> Step:
    """∂L/∂W = xᵀ δ: what came in times what is asked of the output, summed over the images."""
    result = Named(weight.symbol, weight.plain, pieces.weight_gradient(x.tensor, delta.tensor), gradient=True)

    def cell(i: int, j: int) -> Cell:
        into, asked = x.tensor[:, i].double(), delta.tensor[:, j].double()
        return Cell(
            result.at(i, j),
            rf"\sum_n {x.at('n', i)}\, {delta.at('n', j)}",
            float(result.tensor[i, j]),
            into * asked,
            lambda n: rf"{factor(into[n])} \cdot {factor(asked[n])}",
            ((None, i), (None, j)),
            ((i, j),),
        )

    formula = rf"{result.latex} = {x.symbol}^\top\, {delta.latex}"
    return Step(
        "backward",
        f"Gradient of the weights ${weight.symbol}$",
        formula,
        (x, delta),
        result,
        (gap, gap + 1),
        (gap,),
        None,
        cell,
    )


def bias_gradient(bias: Named, delta: Named, gap: int) -> Step:
    """∂L/∂b = Σ δ over the images."""
    result = Named(bias.symbol, bias.plain, pieces.bias_gradient(delta.tensor), gradient=True)

    def cell(_row: int, j: int) -> Cell:
        asked = delta.tensor[:, j].double()
        return Cell(
            result.at(0, j),
            rf"\sum_n {delta.at('n', j)}",
            float(result.tensor[j]),
            asked,
            lambda n: factor(asked[n]),
            ((None, j),),
            (),
        )

    formula = rf"{result.latex} = \sum_n {delta.latex}[n]"
    return Step(
        "backward", f"Gradient of the biases ${bias.symbol}$", formula, (delta,), result, (gap + 1,), (), None, cell
    )


def input_gradient(delta: Named, weight: Named, below: Named, gap: int) -> Step:
    """∂L/∂a = δ Wᵀ: back through the same weights to what came in."""
    result = Named(below.symbol, below.plain, pieces.input_gradient(delta.tensor, weight.tensor), gradient=True)

    def cell(n: int, i: int) -> Cell:
        asked, by = delta.tensor[n].double(), weight.tensor[i].double()
        return Cell(
            result.at(n, i),
            rf"\sum_j {delta.at(n, 'j')}\, {weight.at(i, 'j')}",
            float(result.tensor[n, i]),
            asked * by,
            lambda j: rf"{factor(asked[j])} \cdot {factor(by[j])}",
            ((n, None), (i, None)),
            ((i, None),),
        )

    formula = rf"{result.latex} = {delta.latex}\, {weight.symbol}^\top"
    return Step(
        "backward", "Backward through the weights", formula, (delta, weight), result, (gap, gap + 1), (gap,), gap, cell
    )


def derivative(pulled: Named, before: Named, after: Named, activation: Activation, gap: int) -> Step:
    """δ = ∂L/∂z = ∂L/∂a · σ′(z): back through the activation, one number at a time."""
    sigma_prime = MANUAL_ACTIVATIONS[activation].derivative(before.tensor, after.tensor)
    steep = Named(rf"\sigma'({before.symbol})", f"σ′({before.plain})", sigma_prime)
    result = Named(before.symbol, before.plain, pulled.tensor * sigma_prime, gradient=True)

    def cell(n: int, j: int) -> Cell:
        text = rf"{factor(float(pulled.tensor[n, j]))} \cdot {factor(float(sigma_prime[n, j]))}"
        pattern = rf"{pulled.at(n, j)} \cdot \sigma'({before.at(n, j)})"
        return Cell(
            result.at(n, j),
            pattern,
            float(result.tensor[n, j]),
            double(result.tensor[n, j]),
            lambda _: text,
            ((n, j), (n, j), (n, j)),
            ((j, j),),
        )

    product = rf"{result.latex} &= {pulled.latex} \odot {steep.symbol}"
    formula = rf"\begin{{aligned}} {product} \\[4pt] {DERIVATIVES[activation]} \end{{aligned}}"
    return Step(
        "backward",
        "Backward through the activation function",
        formula,
        (pulled, before, steep),
        result,
        (gap, gap + 1),
        (gap,),
        gap,
        cell,
    )


def update(parameter: Named, gradient: Named, lr: float, gap: int) -> Step:
    """W ← W − η ∂L/∂W: one step of plain gradient descent, for weights or biases."""
    new = rf"{parameter.symbol}^{{\text{{new}}}}"
    result = Named(new, parameter.plain, parameter.tensor - lr * gradient.tensor)
    is_bias = parameter.tensor.dim() == 1

    def cell(row: int, column: int) -> Cell:
        was, steep = float(parameter.grid[row, column]), float(gradient.grid[row, column])
        pattern = rf"{parameter.at(row, column)} - \eta\, {gradient.at(row, column)}"
        taken = rf"\left(-{number(lr)} \cdot {factor(steep)}\right)"
        return Cell(
            result.at(row, column),
            pattern,
            float(result.grid[row, column]),
            double(was, -lr * steep),
            lambda term: taken if term else number(was),
            ((row, column), (row, column)),
            () if is_bias else ((row, column),),
        )

    formula = rf"{parameter.symbol} \leftarrow {parameter.symbol} - \eta\, {gradient.latex}"
    kind = "biases" if is_bias else "weights"
    columns = (gap + 1,) if is_bias else (gap, gap + 1)
    return Step(
        "update",
        f"Gradient step for the {kind} ${parameter.symbol}$",
        formula,
        (parameter, gradient),
        result,
        columns,
        () if is_bias else (gap,),
        None,
        cell,
    )
