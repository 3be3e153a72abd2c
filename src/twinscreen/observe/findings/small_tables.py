"""Small tables that people keep of a patient: symptoms, exposures, medication."""

from collections.abc import Sequence

from twinscreen.files import FilePath
from twinscreen.files.text_table import read_text_table


def read_rows(
    path: FilePath, *, required: Sequence[str], optional: Sequence[str] = (), content: str
) -> list[dict[str, str]]:
    """Read a table with a header, row by row; what isn't there is an empty text.

    Raises
    ------
    InputError
        The file is missing, isn't text, or lacks a column or a value of a required column.
    """
    table = read_text_table(
        path,
        content=f"{content}: a table with the columns {', '.join(required)}",
        required=required,
        optional=optional,
    )
    table.require_filled(required)
    return [row for _, row in table.records()]
