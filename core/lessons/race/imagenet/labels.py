"""The thousand classes of ImageNet's challenge (Russakovsky et al. 2015), in the order of its classifiers.

Both classifiers here answer with 1,000 scores in this order. The names are those torchvision ships with its
weights; each is there once, so a name finds its number and a number its name.
"""

from functools import cache

from core.config.errors import NotFound

LEOPARD = 288  # the target of the book's chapter


@cache
def names() -> tuple[str, ...]:
    """All 1,000 names; `names()[288]` is "leopard"."""
    from torchvision.models._meta import _IMAGENET_CATEGORIES  # takes a second: not before it is needed

    return tuple(_IMAGENET_CATEGORIES)


def index_of(name: str) -> int:
    """The number of a class, 0…999, by its name. Raises NotFound with the nearest names.

    Capitals do not matter, except that "Cardigan" is a dog and "cardigan" a jacket.
    """
    from difflib import get_close_matches

    if name in names():
        return names().index(name)
    lower = [known.lower() for known in names()]
    wanted = name.strip().lower()
    if wanted in lower:
        return lower.index(wanted)
    near = get_close_matches(wanted, lower, n=3, cutoff=0.5) or search(wanted)[:3]
    known = f" Did you mean {', '.join(near)}?" if near else " The names are those of ImageNet's challenge."
    raise NotFound(f"ImageNet's 1,000 classes have no {name.strip()[:40]!r}.{known}")


def search(part: str) -> list[str]:
    """Names that contain `part`, in any case, in the order of their numbers."""
    wanted = part.strip().lower()
    return [name for name in names() if wanted in name.lower()]
