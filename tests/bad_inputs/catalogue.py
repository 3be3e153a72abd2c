"""What people bring that is wrong, and what must happen: every table of a user's x every fault.

A fault is refused, with the file, what was found, what was expected and what to do, or it is no
fault and the table is read as if it were not there, or what looks odd is a letter like any other
and no row is lost for it. `python tests/bad_inputs` prints all cases.
"""

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from twinscreen.cohort.evaluation.labels import read_diseases, read_labels
from twinscreen.cohort.trial.responses import read_responses
from twinscreen.data import SCHEMAS
from twinscreen.inputs.validate import read_sheet
from twinscreen.knowledge.precedents.own_outcomes import read_own_outcomes
from twinscreen.knowledge.precedents.own_states import read_own_states
from twinscreen.knowledge.safety.warnings import read_plain_warnings
from twinscreen.observe.cells.annotation import read_annotation
from twinscreen.observe.findings.exposures import read_exposures, read_medication
from twinscreen.observe.findings.phenotypes import read_phenotypes

REFUSED, SAME, LETTERS = "refused", "read as if nothing were wrong", "read as letters"

SAMPLES = "sample\tpatient\tcondition\tcells\nH1\tD1\thealthy\ta.h5ad\nS1\tP1\till\tb.h5ad\n"
PATIENTS = "patient\tage\nD1\t40\nP1\t50\n"


@dataclass(frozen=True)
class Table:
    """A table of a user's: its text, tab-separated, and what reads it.

    `key` is a column that must be there and must not be empty, or "" where the first column is
    taken whatever it is called; `words` one that takes certain words alone, or ""; `unique`: the
    first column names each row once.
    """

    read: Callable[[Path], Any]
    text: str
    key: str
    words: str = ""
    unique: bool = True

    @property
    def rows(self) -> list[list[str]]:
        """Its lines, split."""
        return [line.split("\t") for line in self.text.splitlines()]


TABLES = {
    "sample sheet": Table(
        partial(read_sheet, schema=SCHEMAS / "samples.schema.json", key="sample"), SAMPLES, "sample"
    ),
    "patient sheet": Table(
        partial(read_sheet, schema=SCHEMAS / "patients.schema.json", key="patient"),
        PATIENTS,
        "patient",
    ),
    "annotation of cells": Table(
        read_annotation, "barcode\tcell_type\nAAAC-1\tB\nAAAG-1\tT\n", "", unique=False
    ),
    "exposures": Table(
        lambda path: read_exposures(path, None),
        "exposure\tlabel\nsmoke\tsmoking\ndust\tdust\n",
        "exposure",
        unique=False,
    ),
    "medication": Table(
        read_medication, "name\tdose\naspirin\t100\nprednisone\t5\n", "name", unique=False
    ),
    "terms": Table(
        read_phenotypes,
        "hpo_id\texcluded\nHP:0001945\tno\nHP:0001250\tyes\n",
        "hpo_id",
        "excluded",
        unique=False,
    ),
    "labels": Table(
        read_labels,
        "drug\tlabel\naspirin\tpositive\nbosutinib\tnegative\n",
        "drug",
        "label",
        unique=False,
    ),
    "diseases of patients": Table(
        read_diseases, "patient\tdisease\nP1\tlupus\nP2\tasthma\n", "patient", unique=False
    ),
    "responses": Table(
        lambda path: read_responses(str(path), {"P1": {}, "P2": {}}),
        "patient\tresponse\nP1\tyes\nP2\tno\n",
        "patient",
        "response",
    ),
    "outcomes of states": Table(
        read_own_outcomes, "state\tdrug\thelped\ns1\taspirin\tyes\ns2\tx\tno\n", "drug", "helped"
    ),
    "states": Table(
        lambda path: read_own_states([path]),
        "gene\teffect\tpvalue\nJAK1\t1.5\t0.01\nTYK2\t-2\t0.2\n",
        "gene",
    ),
    "warnings": Table(
        read_plain_warnings,
        "drug\tkind\tsubject\tdetail\tsource\naspirin\tboxed_warning\tbleeding\t\tlabel\n"
        "x\tcontraindication\tgout\t\tlabel\n",
        "drug",
        "kind",
        unique=False,
    ),
}

_LONG = "x" * (csv.field_size_limit() + 10)


def _joined(rows: list[list[str]], mark: str = "\t", end: str = "\n") -> bytes:
    return "".join(mark.join(row) + end for row in rows).encode()


def _with(table: Table, row: int, column: str, value: str) -> bytes:
    """Write the table with another value in one of its fields."""
    rows = table.rows
    rows[row][rows[0].index(column or rows[0][0])] = value
    return _joined(rows)


def _without_key(table: Table) -> bytes | None:
    if not table.key:
        return None
    at = table.rows[0].index(table.key)
    return _joined([[*row[:at], *row[at + 1 :]] for row in table.rows])


def _key_twice(table: Table) -> bytes:
    at = table.rows[0].index(table.key or table.rows[0][-1])
    return _joined([[*row, row[at]] for row in table.rows])


def _old_letters(table: Table) -> bytes:
    return _with(table, 1, table.key, "caf\u00e9").replace("\u00e9".encode(), b"\xe9")


def _blank_after(table: Table) -> bytes:
    at = table.rows[0].index(table.key or table.rows[0][-1])
    return _with(table, 1, table.rows[0][at], table.rows[1][at] + " ")


#: By name: what the fault makes of a table, None where it can't be made, and what may come of it.
Fault = tuple[Callable[[Table], bytes | None], tuple[str, ...]]
FAULTS: dict[str, Fault] = {
    "an empty file": (lambda table: b"", (REFUSED,)),
    "blank lines alone": (lambda table: b"\n\n\n", (REFUSED,)),
    "UTF-16": (lambda table: table.text.encode("utf-16"), (REFUSED,)),
    "letters of an old code page": (_old_letters, (REFUSED,)),
    "a letter that only looks Latin": (
        lambda table: _with(table, 1, table.key, "x\u0430"),
        (REFUSED,),
    ),
    "a NUL byte": (lambda table: _with(table, 1, table.key, "a\0b"), (REFUSED,)),
    "compressed under a plain name": (
        lambda table: gzip.compress(table.text.encode(), mtime=0),
        (REFUSED,),
    ),
    "a workbook": (lambda table: b"PK\x03\x04" + bytes(range(200)), (REFUSED,)),
    "the key column missing": (_without_key, (REFUSED,)),
    "a column twice": (_key_twice, (REFUSED,)),
    "a value too many": (
        lambda table: _joined([*table.rows[:2], [*table.rows[2], "more"]]),
        (REFUSED,),
    ),
    "a quote that opens a field": (
        lambda table: _with(table, 1, table.rows[0][-1], '"' + table.rows[1][-1]),
        (REFUSED, LETTERS),
    ),
    "an empty key": (
        lambda table: _with(table, 1, table.key, "") if table.key else None,
        (REFUSED,),
    ),
    "a word that is none": (
        lambda table: _with(table, 2, table.words, "perhaps") if table.words else None,
        (REFUSED,),
    ),
    "a row twice": (
        lambda table: _joined([*table.rows, table.rows[-1]]) if table.unique else None,
        (REFUSED,),
    ),
    "a field of 130,000 letters": (
        lambda table: None if table.key == "patient" else _with(table, 1, table.key, _LONG),
        (REFUSED, LETTERS),
    ),
    "ends of line as Windows writes them": (lambda table: _joined(table.rows, end="\r\n"), (SAME,)),
    "a byte order mark": (lambda table: b"\xef\xbb\xbf" + table.text.encode(), (SAME,)),
    "no end of the last line": (lambda table: table.text.rstrip("\n").encode(), (SAME,)),
    "blank lines at the end": (lambda table: table.text.encode() + b"\n\n", (SAME,)),
    "a blank after a value": (_blank_after, (SAME,)),
}


@dataclass(frozen=True)
class Case:
    """A table with a fault, and what may come of it."""

    table: str
    fault: str
    content: bytes
    outcomes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in a list."""
        return f"{self.table}: {self.fault}"


def cases() -> Iterator[Case]:
    """List every table with every fault that can be made of it."""
    for name, table in TABLES.items():
        for fault, (make, outcomes) in FAULTS.items():
            content = make(table)
            if content is not None:
                yield Case(name, fault, content, outcomes)
