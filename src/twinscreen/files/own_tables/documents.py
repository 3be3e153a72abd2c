"""What is declared of tables of one's own, for people, in Markdown."""

from collections.abc import Iterable

from twinscreen.files.own_tables.declared import OwnTable

#: What is between these lines is written from the declarations.
BEGIN, END = "<!-- tables: made by python -m twinscreen.files.own_tables -->", "<!-- end -->"


def documented(tables: Iterable[OwnTable]) -> str:
    """Describe tables, each with its columns and an example."""
    return "\n".join(_of_table(table) for table in tables)


def with_tables(text: str, tables: Iterable[OwnTable]) -> str:
    """Put the description of the tables in the place of the one that stands in a text.

    Raises
    ------
    ValueError
        The text has no such place.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{documented(tables)}\n{END}{after}"


def _of_table(table: OwnTable) -> str:
    keys = " or ".join(f"`{key}`" for key in table.keys)
    rows = [
        f"| `{column.name}` | {'yes' if column.needed else 'no'} | {column.kind.expected} |"
        f" {column.meaning} |"
        for column in table.columns
    ]
    once = ", ".join(f"`{name}`" for name in table.once)
    return "\n".join(
        [
            f"### {table.about[0].upper()}{table.about[1:]}",
            "",
            f"Key: {keys}. {table.does} Each {once} stands once.",
            "",
            "| Column | Needed | Holds | Meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "```",
            table.example.rstrip("\n"),
            "```",
            "",
        ]
    )
