"""Text that somebody else wrote, shown as it is."""

import re


def plain(text: str) -> str:
    """`text` with every sign escaped that Markdown would act on: a picture, say, stays a line of signs.

    Line breaks become spaces. For names and values that come from a file or an address.
    """
    return re.sub(r"([\\`*_{}\[\]()#+!|<>$~:&])", r"\\\1", " ".join(text.split()))
