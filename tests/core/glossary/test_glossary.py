"""The glossary: complete, each entry once, and found by whichever name one knows."""

import importlib
import re
from collections import Counter

import pytest

from core.glossary import GLOSSARY, SUBJECTS, Term, found

TERMS = [pytest.param(term, id=term.name) for term in GLOSSARY.values()]


def test_there_are_many_terms_and_each_stands_once() -> None:
    assert len(GLOSSARY) >= 140
    assert list(GLOSSARY) == sorted(GLOSSARY, key=str.casefold)
    written = Counter(term.name.casefold() for terms in SUBJECTS.values() for term in terms)
    assert set(written.values()) == {1}
    assert sum(written.values()) == len(GLOSSARY)
    assert max(Counter(term.zh for term in GLOSSARY.values()).values()) == 1
    assert max(Counter(term.definition for term in GLOSSARY.values()).values()) == 1


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_explained_in_one_sentence_that_does_not_begin_with_it(term: Term) -> None:
    assert re.fullmatch(r"[A-Z].{20,170}\.", term.definition)
    assert ". " not in term.definition
    start = re.sub(r"^(an?|the|one) ", "", term.definition.casefold())
    assert not re.match(rf"{re.escape(term.name.casefold())}\b", start)
    assert re.search(r"[\u4e00-\u9fff]", term.zh), "a Chinese name"


@pytest.mark.parametrize("term", TERMS)
def test_braces_of_a_formula_close(term: Term) -> None:
    bare = re.sub(r"\\[{}]", "", term.formula)
    assert bare.count("{") == bare.count("}")
    assert len(re.findall(r"\\left\b", bare)) == len(re.findall(r"\\right\b", bare))


@pytest.mark.parametrize("term", [case for case in TERMS if case.values[0].pytorch])
def test_what_is_said_to_be_in_pytorch_is_there(term: Term) -> None:
    path, _, arguments = term.pytorch.partition("(")
    module, *attributes = path.split(".")
    place = importlib.import_module(module)
    for name in attributes:
        if not hasattr(place, name):
            importlib.import_module(f"{place.__name__}.{name}")
        place = getattr(place, name)
    for name in re.findall(r"(\w+)=", arguments):
        assert name in (place.__doc__ or "") or name in place.__init__.__code__.co_varnames


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("softmax", "softmax"),
        ("混淆矩阵", "confusion matrix"),
        ("反向传播", "backpropagation"),
        ("nn.Linear", "fully connected layer"),
        ("torch.nn.CrossEntropyLoss", "cross-entropy"),
        ("EMA", "exponential moving average"),
        ("matrix CONFUSION", "confusion matrix"),
    ],
)
def test_a_search_takes_english_chinese_and_pytorchs_name(search: str, name: str) -> None:
    assert found(search)[0].name == name


def test_a_search_for_nothing_finds_all_and_nonsense_nothing() -> None:
    assert found(" ") == list(GLOSSARY.values())
    assert not found("no such word")
