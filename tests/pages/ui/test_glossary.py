"""The Glossary: it opens at a term, finds by every name, and leads to the tabs and back."""

import pytest
from streamlit.testing.v1 import AppTest

from core.glossary import GLOSSARY, SUBJECTS
from pages.ui.glossary import MOST, seen_on
from tests.pages.harness import captions, markdown, open_page, well

PAGE = "10_Glossary.py"


def entries(app: AppTest) -> list[str]:
    """The terms on the page, from top to bottom."""
    return [
        part.value.split("**")[1] for part in app.main.markdown if part.value.startswith("**") and "  \n" in part.value
    ]


def search(app: AppTest, words: str) -> list[str]:
    app.text_input(key="term").set_value(words)
    return entries(well(app.run()))


def test_it_opens_at_the_term_of_the_address() -> None:
    app = open_page(PAGE, term="softmax")
    assert entries(app)[0] == "softmax"
    assert GLOSSARY["softmax"].definition in markdown(app)
    assert GLOSSARY["softmax"].formula in [part.value.strip("$\n") for part in app.latex]
    links = [link for link in app.main.get("page_link") if link.label == "MLP & Autograd: Formulas"]
    assert [link.proto.query_string for link in links] == ["mlp_tab=Formulas"]


@pytest.mark.parametrize("name", ["gate", "class", "mean", "loss", "kernel", "norm"])
def test_the_term_of_the_address_comes_first(name: str) -> None:
    assert entries(open_page(PAGE, term=name))[0] == name


def test_it_finds_english_chinese_and_pytorchs_names() -> None:
    app = open_page(PAGE)
    assert entries(app) == [term.name for term in next(iter(SUBJECTS.values()))]
    assert search(app, "softmax")[0] == "softmax"
    assert search(app, "混淆矩阵") == ["confusion matrix"]
    assert search(app, "nn.Linear") == ["fully connected layer"]
    assert len(search(app, "a")) == MOST
    assert search(app, "<b>") == []
    assert "No term for" in captions(app)


def test_every_subject_opens() -> None:
    for subject, terms in SUBJECTS.items():
        assert entries(open_page(PAGE, term_subject=subject)) == [term.name for term in terms]


def test_every_term_can_be_seen_on_a_tab() -> None:
    for term in GLOSSARY.values():
        assert seen_on(term)
        assert all(term.name in stop.tab.terms for stop in seen_on(term))


@pytest.mark.usefixtures("newcomer")
def test_a_tab_explains_its_terms_and_leads_to_the_glossary() -> None:
    app = open_page("3_Manual_Backprop.py", manual_tab="Long product")
    links = {link.label: link.proto for link in app.main.get("page_link")}
    assert list(links)[:3] == ["chain rule", "error term", "vanishing gradient"]
    assert GLOSSARY["chain rule"].definition in links["chain rule"].help
    assert links["chain rule"].page == "Glossary"
    assert links["chain rule"].query_string == "term=chain+rule"
