"""Small tables that people keep of a patient: symptoms, exposures, medication."""

from collections.abc import Mapping, Sequence

from twinscreen.files import FilePath
from twinscreen.files.text_table import read_text_table, require_known_columns


def read_rows(
    path: FilePath,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    not_for: Mapping[str, Sequence[str]] | None = None,
    content: str,
) -> list[dict[str, str]]:
    """Read a table with a header, row by row; what isn't there is an empty text.

    `not_for` names other words for optional columns, which would not be read.

    Raises
    ------
    InputError
        The file is missing, isn't text, lacks a column or a value of a required column, or has a
        column called much as an optional one that it lacks.
    """
    table = read_text_table(
        path,
        content=f"{content}: a table with the columns {', '.join(required)}",
        required=required,
    )
    require_known_columns(
        path, table.columns, needed=required, optional=optional, not_for=not_for or {}
    )
    table.require_filled(required)
    blank = dict.fromkeys(optional, "")
    return [blank | row for _, row in table.records()]
