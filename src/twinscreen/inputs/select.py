"""The cells of a sample within a larger file, as the sample sheet selects them."""

from twinscreen.files.errors import InputError


def parse_select(text: str, *, file: str, place: str) -> dict[str, str]:
    """Read `column=value; column=value`: the cells of a sample within a larger file.

    Raises
    ------
    InputError
        A part is no such pair, or a column stands there twice.
    """
    chosen: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        column, equals, value = part.partition("=")
        if not (equals and column.strip() and value.strip()):
            raise InputError(
                file=file,
                place=place,
                found=repr(part),
                expected="column=value, several joined by ;",
                remedy="write for example donor=D12; visit=T0, with columns of obs",
            )
        if column.strip() in chosen:
            raise InputError(
                file=file,
                place=place,
                found=f"the column {column.strip()} twice",
                expected="each column once: cells have one value in it",
                remedy="leave one out, or make a column of obs that says which cells are meant",
            )
        chosen[column.strip()] = value.strip()
    return chosen
