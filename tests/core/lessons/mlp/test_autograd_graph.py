"""The graph is PyTorch's own: its names, its edges, its gradients."""

import math

import pytest
import torch

from core.lessons.mlp.autograd_graph import FUNCTIONS, trace, worked


def test_the_slides_example() -> None:
    found = trace("squares", [3, 2, 3])
    assert found.loss == 9
    assert found.gradient.tolist() == [4, 2, 4]
    assert [node.name for node in found.nodes] == ["AccumulateGrad", "SubBackward0", "PowBackward0", "SumBackward0"]
    assert [node.operation for node in found.nodes] == ["a", "sub", "pow", "sum"]
    assert [node.value.tolist() for node in found.nodes] == [[3, 2, 3], [2, 1, 2], [4, 1, 4], 9]
    assert [node.gradient.tolist() for node in found.nodes] == [[4, 2, 4], [4, 2, 4], [1, 1, 1], 1]
    assert [node.inputs for node in found.nodes] == [(), (0,), (1,), (2,)]
    assert worked("squares", [3, 2, -3]) == (
        "(3 - 1)^2 + (2 - 1)^2 + ((-3) - 1)^2",
        [r"2\,(3 - 1)", r"2\,(2 - 1)", r"2\,((-3) - 1)"],
    )


def test_a_tensor_used_twice_has_two_edges() -> None:
    product = trace("dot", [3, 2, 3]).nodes[-2]
    assert product.name == "MulBackward0"
    assert product.inputs == (0, 0)


def test_branches_meet() -> None:
    found = trace("branch", [2, 5, 7])
    assert found.loss == 17
    assert found.gradient.tolist() == [5, 2, 1]
    assert found.nodes[-1].name == "AddBackward0"
    assert len(found.nodes[-1].inputs) == 2
    assert [node.depth for node in found.nodes if node.operation == "select"] == [1, 1, 1]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function(name: str) -> None:
    values = [0.5, -1.5, 2.25]
    found = trace(name, values)
    code = eval(FUNCTIONS[name].code, {"torch": torch, "a": torch.tensor(values)})
    assert found.loss == pytest.approx(float(code)), "the line shown is the line run"
    for index in range(3):
        ends = []
        for h in (1e-3, -1e-3):
            moved = torch.tensor(values, dtype=torch.float64)
            moved[index] += h
            ends.append(float(FUNCTIONS[name].run(moved)))
        assert float(found.gradient[index]) == pytest.approx((ends[0] - ends[1]) / 2e-3, abs=1e-3)
    assert math.isfinite(found.loss)
    assert found.nodes[0].gradient.tolist() == found.gradient.tolist()
    loss, slopes = worked(name, values)
    assert "{0}" not in loss + "".join(slopes)
    assert loss.count("{") == loss.count("}")
