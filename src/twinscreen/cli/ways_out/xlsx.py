"""Putting tables of results into a workbook of Excel."""

import argparse
from collections.abc import Callable


def _describe_xlsx(add: Callable[..., argparse.Action]) -> None:
    add("tables", nargs="+", metavar="TABLE", help="tables of results (tsv, csv or parquet)")
    add("--output", required=True, help="workbook to write (xlsx), a sheet for each table")


def _xlsx(given: argparse.Namespace) -> None:
    from twinscreen.export.workbook import read_sheets, write_workbook

    write_workbook(read_sheets(given.tables), given.output)


VERBS = {"xlsx": (_describe_xlsx, _xlsx, "put tables of results into one Excel workbook")}
