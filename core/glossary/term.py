"""What an entry of the glossary holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One term of the field.

    name: as English textbooks have it; tabs name it so. zh: as Chinese textbooks have it. definition: one
    sentence that does not begin with the term. formula: LaTeX, or "". pytorch: the full name of what computes it,
    or "". aliases: what else it is called, in English or Chinese; a search finds these too.
    """

    name: str
    zh: str
    definition: str
    formula: str = ""
    pytorch: str = ""
    aliases: tuple[str, ...] = ()

    def found_by(self, search: str) -> bool:
        """Whether every word of a search stands in a name of the term: English, Chinese or PyTorch's."""
        names = " ".join((self.name, self.zh, self.pytorch, *self.aliases)).casefold()
        return all(word in names for word in search.casefold().split())
