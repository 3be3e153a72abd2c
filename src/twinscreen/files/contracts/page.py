"""The tables of docs/contracts.md, as the contracts declare them.

`python -m twinscreen.files.contracts.page docs/contracts.md` writes them anew.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from twinscreen.files.contracts.screen_tables import SCREEN_TABLES, STABILITY
from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.contracts.twin_tables import TWIN_TABLES

#: Tables by what marks their place on the page.
PLACES: dict[str, Sequence[TableSpec]] = {
    "tables of a twin": TWIN_TABLES,
    "tables of a screen": (*SCREEN_TABLES, STABILITY),
}


def with_tables(page: str) -> str:
    """Put the tables into a page, between the marks of each place, in place of what is there.

    Raises
    ------
    ValueError
        The page lacks a place.
    """
    for place, tables in PLACES.items():
        begin, end = f"<!-- {place}: made from the contracts -->", f"<!-- end of {place} -->"
        before, begun, rest = page.partition(begin)
        _, ended, after = rest.partition(end)
        if not (begun and ended):
            raise ValueError(f"the page has no place for the {place}")
        page = "\n".join([before + begin + "\n", *(one.page() for one in tables), end + after])
    return page


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(with_tables(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
