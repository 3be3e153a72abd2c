"""A first look at the files of a cohort: every fault at once, before anything is computed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twinscreen.files import GeneNames, InputError
from twinscreen.observe.cells import check_raw, choose
from twinscreen.observe.cohort import Cohort
from twinscreen.observe.formats import CellFile, IsGene, open_cells
from twinscreen.observe.harmonise import KINDS
from twinscreen.observe.sheets import parse_select

#: Most symbols: capital letters, digits and dashes, with a letter first, shorter than a barcode.
_SYMBOL = re.compile(r"[A-Z][A-Z0-9-]{1,9}(orf\d+)?(\.\d+)?")


def look_at_cells(cohort: Cohort, config: Mapping[str, Any]) -> list[InputError]:
    """Open the cells of every sample, each file once, and look at their beginning.

    Looked at are format, annotation, the column of cell types, what is selected, and the first
    values; not whether genes are human. Files that the workflow fetches are left to it.

    Parameters
    ----------
    cohort
        The cohort, checked.
    config
        Its configuration, with defaults.

    Returns
    -------
    Faults, in the order of the sheets; of each file that can't be opened, one.
    """
    is_gene = _is_gene(Path(config["output"]) / "knowledge" / "gene_names.parquet")
    opened: dict[str, CellFile | None] = {}
    faults: list[InputError] = []
    for row in cohort.samples.values():
        path = row["cells"]
        if path.startswith("source:"):
            continue
        if path not in opened:
            opened[path] = None
            try:
                opened[path] = open_cells(path, is_gene)
            except InputError as error:
                faults.append(error)
        if file := opened[path]:
            try:
                _look(file, row, config)
            except InputError as error:
                faults.append(error)
    files = [(config["observe"][key], f"observe.{key}") for key in ("markers", "celltypist")]
    files += [(row["deviations"], "the column `deviations`") for row in cohort.patients.values()]
    for path, place in files:
        if path and not Path(path).is_file():
            faults.append(
                InputError(
                    file=path, found="no such file", expected="a file", remedy=f"correct {place}"
                )
            )
    return faults


def _look(file: CellFile, row: Mapping[str, str], config: Mapping[str, Any]) -> None:
    """Look at the cells of one sample in an open file."""
    _, rows = choose(
        file,
        select=parse_select(row["select"], file=config["samples"], place=f"sample {row['sample']}"),
        cell_type=config["observe"]["cell_type"],
        annotation=row["annotation"] or None,
    )
    check_raw(file.path, file.look(rows), {})


def _is_gene(names: Path) -> IsGene:
    """Tell genes by the knowledge that is there; before the first run by how symbols look."""
    if names.is_file():
        known = GeneNames(names, kinds=KINDS)
        return lambda name: known.resolve(name) is not None
    return lambda name: name.startswith("ENSG") or bool(_SYMBOL.fullmatch(name))
