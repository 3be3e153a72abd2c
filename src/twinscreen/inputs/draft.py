"""The first draft of a cohort: a commented configuration, a sample sheet and a patient sheet."""

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from twinscreen.data import SCHEMAS
from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.inputs.drafted_samples import Draft, draft_samples
from twinscreen.inputs.validate import read_schema

_HEAD = """\
# The cohort in this folder. Paths count from the folder in which the workflow is run.
# A key that is left out, or stands behind a #, has the default that is shown.
"""

#: What stands in the sheets when no file of cells is given: to be replaced.
_EXAMPLE = Draft(
    samples=[
        {"sample": "H1_a", "patient": "H1", "condition": "healthy", "time": "", "select": ""},
        {"sample": "P1_a", "patient": "P1", "condition": "ill", "time": "T0", "select": ""},
        {"sample": "P1_b", "patient": "P1", "condition": "ill", "time": "T1", "select": ""},
    ],
    control="healthy",
    design="reference",
    cell_type="cell_type",
    notes=[
        "the rows of both sheets are examples: put your own in their place,"
        " with at least four healthy donors; for fewer see docs/few_controls.md",
    ],
)


def write_draft(
    folder: FilePath, *, cells: FilePath | None, columns: Mapping[str, str], control: str
) -> list[str]:
    """Write config.yaml, samples.tsv and patients.tsv for a new cohort.

    Parameters
    ----------
    folder
        Where they go; made if need be.
    cells
        File of cells from which the sheets are filled; None for sheets with examples.
    columns
        Columns of that file by what they say (see `cell_columns.NAMES`), "" to find one.
    control
        Its control condition; "" to find it.

    Returns
    -------
    What was done and what to do next, line by line.

    Raises
    ------
    InputError
        One of the files is there already, or the file of cells does not tell what is needed.
    """
    config, samples, patients = (
        Path(folder) / name for name in ("config.yaml", "samples.tsv", "patients.tsv")
    )
    for path in (config, samples, patients):
        if path.exists():
            raise InputError(
                file=path,
                found="a file of this name",
                expected="none: nothing is overwritten",
                remedy="name another folder, or move the file away",
            )
    draft = draft_samples(cells, columns, control) if cells else _EXAMPLE
    rows = [
        row | {"cells": str(cells or Path(folder) / f"{row['sample']}.h5ad")}
        for row in draft.samples
    ]
    people = [{"patient": name} for name in dict.fromkeys(row["patient"] for row in rows)]
    values: dict[str, Any] = {
        "samples": str(samples),
        "patients": str(patients),
        "output": str(Path(folder) / "output"),
        "observe": {"cell_type": draft.cell_type},
        "reference": {"control": draft.control},
        "twin": {"design": draft.design},
    }
    text = config_text(values)
    for path, content in ((samples, _sheet(rows)), (patients, _sheet(people)), (config, text)):
        with atomic(path) as partial:
            partial.write_text(content, encoding="utf-8")
    named = shlex.quote(str(config))
    return [
        f"written: {config}, {samples} and {patients}",
        *draft.notes,
        "next: look through the three files, then",
        f"  twinscreen check {named}",
        f"  twinscreen run --configfile {named} --cores 4",
    ]


def config_text(values: Mapping[str, Any]) -> str:
    """Write a configuration with some values, and all other options as comments.

    Parameters
    ----------
    values
        Values by key, those of sections in mappings of their own.

    Returns
    -------
    YAML. A commented option comes into force when the # before it, and the one before the name of
    its section, are removed.
    """
    lines = _lines(read_schema(SCHEMAS / "config.schema.json"), values, "")
    return "\n".join([_HEAD.rstrip(), *lines]) + "\n"


def _lines(schema: Mapping[str, Any], values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Write the options of one section, each below its meaning."""
    for name, part in schema["properties"].items():
        given = values.get(name)
        off = "" if given is not None else "#"
        if "properties" in part:
            yield from ["", f"{off}{indent}{name}:"] if indent == "" else [f"{off}{indent}{name}:"]
            yield from _lines(part, given or {}, f"{indent}  ")
            continue
        meaning = part.get("description", "")
        if "enum" in part:
            meaning += f" One of {', '.join(map(str, part['enum']))}."
        yield from textwrap.wrap(
            meaning, 98 - len(indent), initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "
        )
        value = part.get("default", "") if given is None else given
        yield f"{off}{indent}{name}: {json.dumps(value, ensure_ascii=False)}"


def _sheet(rows: list[dict[str, str]]) -> str:
    """Write rows as a tab-separated sheet, without columns that are empty throughout."""
    needed = ("sample", "patient", "condition", "time", "cells")
    kept = [name for name in rows[0] if name in needed or any(row[name] for row in rows)]
    lines = [kept, *([re.sub(r"[\t\r\n]", " ", row[name]) for name in kept] for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"
