"""Autograd watched at work: the graph PyTorch records while it computes, and the gradients it sends back.

Each operation on a tensor that requires gradients leaves a node behind, its `grad_fn`, which knows how to
turn the gradient of its output into gradients of its inputs. `backward()` walks from the loss to the leaves.
Nothing here is drawn from memory: names and edges come from `grad_fn.next_functions`, values and gradients
are caught as they pass.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node as GradFn
from torch.overrides import TorchFunctionMode

Three = tuple[str, str, str]


@dataclass(frozen=True)
class Function:
    """A function of three numbers, to be differentiated.

    code: the line of Python that `run` is. formula, derivative: L and its derivative in LaTeX (no derivative where
    the three numbers differ in theirs). worked, derivatives: L and each of the three partial derivatives, with {0},
    {1}, {2} where the numbers go.
    """

    title: str
    code: str
    run: Callable[[Tensor], Tensor]
    formula: str
    derivative: str
    worked: str
    derivatives: Three


def _sum(title: str, code: str, run: Callable[[Tensor], Tensor], term: str, derivative: str) -> Function:
    """A function that treats each number alike and adds up; `term` and `derivative` hold A for the number."""
    numbers = [term.replace("A", f"{{{i}}}") for i in range(3)]
    derivatives = [derivative.replace("A", f"{{{i}}}") for i in range(3)]
    return Function(
        title=title,
        code=code,
        run=run,
        formula=r"L = \sum_i " + term.replace("A", "a_i"),
        derivative=r"\frac{\partial L}{\partial a_i} = " + derivative.replace("A", "a_i"),
        worked=" + ".join(numbers),
        derivatives=(derivatives[0], derivatives[1], derivatives[2]),
    )


FUNCTIONS: dict[str, Function] = {
    "squares": _sum(
        "squared distance from 1", "((a - 1) ** 2).sum()", lambda a: ((a - 1) ** 2).sum(), "(A - 1)^2", r"2\,(A - 1)"
    ),
    "dot": _sum("a times itself", "(a * a).sum()", lambda a: (a * a).sum(), r"A \cdot A", r"2 \cdot A"),
    "exp": _sum("exponential", "torch.exp(a).sum()", lambda a: torch.exp(a).sum(), "e^{{A}}", "e^{{A}}"),
    "sigmoid": _sum(
        "sigmoid",
        "torch.sigmoid(a).sum()",
        lambda a: torch.sigmoid(a).sum(),
        r"\sigma(A)",
        r"\sigma(A)\,(1 - \sigma(A))",
    ),
    "relu": _sum(
        "ReLU of a − 2", "torch.relu(a - 2).sum()", lambda a: torch.relu(a - 2).sum(), r"\max(0,\ A - 2)", r"[A > 2]"
    ),
    "product": Function(
        "product of all three",
        "a.prod()",
        lambda a: a.prod(),
        r"L = a_0\, a_1\, a_2",
        "",
        r"{0} \cdot {1} \cdot {2}",
        (r"a_1\, a_2 = {1} \cdot {2}", r"a_0\, a_2 = {0} \cdot {2}", r"a_0\, a_1 = {0} \cdot {1}"),
    ),
    "branch": Function(
        "product plus one number",
        "a[0] * a[1] + a[2]",
        lambda a: a[0] * a[1] + a[2],
        r"L = a_0\, a_1 + a_2",
        "",
        r"{0} \cdot {1} + {2}",
        ("a_1", "a_0", "1"),
    ),
    "cross-entropy": Function(
        "cross-entropy, true class 0",
        "-torch.log_softmax(a, dim=0)[0]",
        lambda a: -torch.log_softmax(a, dim=0)[0],
        r"L = -\log p_0",
        r"\begin{aligned} p_i &= e^{a_i} / \textstyle\sum_j e^{a_j} \\ "
        r"\frac{\partial L}{\partial a_i} &= p_i - [i = 0] \end{aligned}",
        r"-\log \frac{{e^{{{0}}}}}{{e^{{{0}}} + e^{{{1}}} + e^{{{2}}}}}",
        ("p_0 - 1", "p_1", "p_2"),
    ),
}


@dataclass(frozen=True, eq=False)
class Node:
    """One node of the graph.

    name: what PyTorch calls it, for example "PowBackward0"; the leaf's is "AccumulateGrad".
    value: what the operation gave on the way forward. gradient: ∂loss/∂value, as it came back; both float32.
    inputs: positions in the trace of the nodes it was computed from, one for each edge.
    depth: operations between the leaf (0) and here, on the longest path.
    """

    name: str
    value: Tensor
    gradient: Tensor
    inputs: tuple[int, ...]
    depth: int

    @property
    def operation(self) -> str:
        """The operation in plain words: "pow" for PowBackward0, "a" for the leaf."""
        return "a" if self.name == "AccumulateGrad" else self.name.removesuffix("Backward0").lower()


@dataclass(frozen=True, eq=False)
class Trace:
    """A function computed and differentiated once: loss, a.grad (3,), and the nodes from leaf to loss."""

    loss: float
    gradient: Tensor
    nodes: tuple[Node, ...]


class _Recorder(TorchFunctionMode):
    """Keeps the value of every tensor an operation returns, under the grad_fn that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[GradFn, Tensor] = {}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.grad_fn is not None:
            self.values[result.grad_fn] = result.detach().clone()
        return result


def trace(name: str, values: Sequence[float]) -> Trace:
    """Run FUNCTIONS[name] on three numbers, go backward, and report what PyTorch did at every node."""
    leaf = torch.tensor([float(value) for value in values], requires_grad=True)
    with _Recorder() as recorder:
        loss = FUNCTIONS[name].run(leaf)
    assert loss.grad_fn is not None
    order = _leaf_first(loss.grad_fn)
    gradients: dict[GradFn, Tensor] = {}
    for fn in order:
        fn.register_prehook(lambda grads, fn=fn: gradients.__setitem__(fn, grads[0].detach().clone()))
    loss.backward()  # type: ignore[no-untyped-call]
    assert leaf.grad is not None
    nodes: list[Node] = []
    for fn in order:
        inputs = tuple(order.index(source) for source, _ in fn.next_functions if source is not None)
        nodes.append(
            Node(
                name=fn.name().removeprefix("torch::autograd::"),
                value=recorder.values.get(fn, leaf.detach()),
                gradient=gradients[fn],
                inputs=inputs,
                depth=max((nodes[i].depth + 1 for i in inputs), default=0),
            )
        )
    return Trace(loss.item(), leaf.grad, tuple(nodes))


def _leaf_first(last: GradFn) -> list[GradFn]:
    """Every node reachable from `last`, each after those it was computed from."""
    order: list[GradFn] = []

    def visit(fn: GradFn) -> None:
        if fn in order:
            return
        for source, _ in fn.next_functions:
            if source is not None:  # None: a plain number such as the 1 in a − 1
                visit(source)
        order.append(fn)

    visit(last)
    return order


def worked(name: str, values: Sequence[float]) -> tuple[str, list[str]]:
    """The function and its three derivatives with the numbers filled in, as LaTeX."""
    function = FUNCTIONS[name]
    numbers = [f"{value:g}" if value >= 0 else f"({value:g})" for value in values]
    return function.worked.format(*numbers), [derivative.format(*numbers) for derivative in function.derivatives]
