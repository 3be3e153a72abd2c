"""Listing the tables of knowledge that a group brought."""

import argparse
from collections.abc import Callable

from twinscreen.cli.options import add_options, options_from


def _describe_own_tables(add: Callable[..., argparse.Action]) -> None:
    add_options(add, "own-tables")
    add("--output", required=True, help="table to write (tsv)")


def _own_tables(given: argparse.Namespace) -> None:
    from twinscreen.files import write_tsv
    from twinscreen.knowledge.own.listing import list_own_tables

    write_tsv(list_own_tables(options_from(given)), given.output)


VERBS = {
    "own-tables": (
        _describe_own_tables,
        _own_tables,
        "list the tables of one's own by checksum",
    ),
}
