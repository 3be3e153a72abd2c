"""Tables of text: lines, their fields, and whole tables with a header."""

from twinscreen.files.text_table.checks import (
    ANSWERS,
    require_fitting,
    require_known_columns,
    require_once,
)
from twinscreen.files.text_table.lines import read_lines, require_file
from twinscreen.files.text_table.people import read_people_table
from twinscreen.files.text_table.seen import require_seen
from twinscreen.files.text_table.table import (
    ANY_SEPARATOR,
    TextTable,
    read_header,
    read_text_table,
)

__all__ = [
    "ANSWERS",
    "ANY_SEPARATOR",
    "TextTable",
    "read_header",
    "read_lines",
    "read_people_table",
    "read_text_table",
    "require_file",
    "require_fitting",
    "require_known_columns",
    "require_once",
    "require_seen",
]
