"""The field's terms, each explained once: English, Chinese, a sentence, a formula and PyTorch's name for it.

Data only. A tab names the terms that it teaches; pages, search and the command line read this one dict.

Add your own: a Term in the file of its subject, and its name in `terms` of the tab that teaches it.
"""

from core.glossary import (
    adversarial,
    backpropagation,
    convolution,
    data,
    evaluation,
    networks,
    optimizers,
    sequences,
    training,
)
from core.glossary.term import Term as Term

#: What each belongs to, and its terms.
SUBJECTS: dict[str, tuple[Term, ...]] = {
    "Data": data.TERMS,
    "Networks": networks.TERMS,
    "Backpropagation": backpropagation.TERMS,
    "Training": training.TERMS,
    "Optimizers": optimizers.TERMS,
    "Convolution": convolution.TERMS,
    "Adversarial": adversarial.TERMS,
    "Regression & sequences": sequences.TERMS,
    "Evaluation": evaluation.TERMS,
}

#: By name, in the order of the alphabet.
GLOSSARY: dict[str, Term] = {
    term.name: term
    for term in sorted((term for terms in SUBJECTS.values() for term in terms), key=lambda term: term.name.casefold())
}


def found(search: str) -> list[Term]:
    """The terms that a search finds (English, Chinese or PyTorch's name): names that begin with it first."""
    terms = [term for term in GLOSSARY.values() if term.found_by(search)]
    return sorted(terms, key=lambda term: not term.name.casefold().startswith(search.strip().casefold()))
