"""Write docs/own_knowledge.md anew: `python -m twinscreen.files.own_tables`."""

from pathlib import Path

from twinscreen.files.own_tables.declarations import OWN_TABLES
from twinscreen.files.own_tables.documents import with_tables

PAGE = Path(__file__).resolve().parents[4] / "docs" / "own_knowledge.md"


def page() -> str:
    """Return the page with the tables as they are declared."""
    return with_tables(PAGE.read_text(encoding="utf-8"), OWN_TABLES.values())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
