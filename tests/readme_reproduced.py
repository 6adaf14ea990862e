"""Write the table of reproductions into docs/reproduced.md from its JSON: `python -m tests.readme_reproduced`."""

import re

from core.recipes.reproduce.table import markdown, read
from tests.readme_tree import PROJECT

TABLE = PROJECT / "docs" / "reproduced.md"

BLOCK = re.compile(r"(<!-- reproduced -->\n).*?(<!-- /reproduced -->)", re.DOTALL)


def with_table(text: str) -> str:
    """The text with its table brought up to date."""
    return BLOCK.sub(lambda match: match[1] + markdown(read()) + match[2], text)


if __name__ == "__main__":
    TABLE.write_text(with_table(TABLE.read_text(encoding="utf-8")), encoding="utf-8")
