"""One notation on all pages: z pre-activations, a activations, ŷ probabilities, δ errors, ε a small step."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(PROJECT / "core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")])

#: What the same thing must not be called beside it, and what it is called.
OTHERS = {
    r"h̃|\\tilde\s*h": "a, an activation",
    r"(σ|\\sigma|sigma|slope|sigmoid|tanh|relu)′?'?\(h\b": "z, a pre-activation, is what σ takes",
    r"∂[lL]/∂[oh]\b|\\partial L\s?/\s?\\partial [oh]\b": "δ = ∂L/∂z, the error",
    r"softmax\(o\b|softmax\}\(o\b": "z, of the last layer",
    r"w [+−±] h\b|2h\b": "ε, the step of a finite difference",
    r"\" × \"\.join\([^)]*(shape|size)": "shapes as PyTorch prints them: core.formatting.shape",
}
#: Sizes of files of numbers and of pictures, which are no tensors' shapes.
NO_SHAPES = {"idx.py"}


@pytest.mark.parametrize("pattern", OTHERS, ids=range(len(OTHERS)))
def test_nothing_has_a_second_name(pattern: str) -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {match[0]}"
        for path in SOURCES
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"))
        if path.name not in NO_SHAPES
    ]
    assert not found, OTHERS[pattern]
