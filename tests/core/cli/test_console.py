"""A console that cannot write every sign: nothing breaks, and no sentence is lost."""

import io
import sys
from contextlib import suppress

import pytest

from core.__main__ import VERBS, main
from core.recipes.reproduce import REPRODUCTIONS

encodings = pytest.mark.parametrize("encoding", ["cp1252", "ascii"])


def said(words: list[str], encoding: str, status: int = 0) -> str:
    """What the command line writes, both streams together, on such a console: strict, as Python opens it."""
    written = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:  # in the test itself: pytest sets its own before each
        out, err = (io.TextIOWrapper(written, encoding=encoding, errors="strict", write_through=True) for _ in range(2))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        with suppress(SystemExit):  # argparse's way to end after --help
            assert main(words) == status
        text = written.getvalue().decode(encoding)
        out.detach()  # or the first to go would close what both write to
        err.detach()
    return text


@encodings
@pytest.mark.parametrize("words", [["--help"], *([verb, "--help"] for verb in VERBS)], ids=" ".join)
def test_help(words: list[str], encoding: str) -> None:
    assert "usage" in said(words, encoding)


@encodings
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_recipes_and_what_was_reproduced(form: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "mlp-deep" in said(["recipes", *form], encoding)
    row = {"id": "cnn-lab", "rule": "≥ 5% at ε, 数字"}
    monkeypatch.setitem(REPRODUCTIONS, "cnn-lab", lambda quick, load: row)
    assert r"\u6570\u5b57" in said(["reproduce", "--only", "cnn-lab", *form], encoding)


@encodings
def test_mistakes(encoding: str) -> None:
    assert "must lie between 0 and 1" in said(["attack", "linear-softmax", "--eps", "7"], encoding, 2)
    assert r"r\u4e2d" in said(["train", "r中"], encoding, 2)
