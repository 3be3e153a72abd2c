"""A first look at the files of a cohort: every fault at once, before anything is computed."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from twinscreen.files import GeneNames, InputError
from twinscreen.inputs.cohort import Cohort
from twinscreen.inputs.select import parse_select
from twinscreen.observe.cells.cell_table import check_raw, choose
from twinscreen.observe.cells.harmonise import KINDS
from twinscreen.observe.findings.exposures import read_exposures, read_medication
from twinscreen.observe.findings.phenotypes import read_phenotypes
from twinscreen.observe.findings.variants import look_at_variants
from twinscreen.observe.formats import CellFile, IsGene, kinds_of, open_cells

#: Most symbols: capital letters, digits and dashes, with a letter first, shorter than a barcode.
_SYMBOL = re.compile(r"[A-Z][A-Z0-9-]{1,9}(orf\d+)?(\.\d+)?")


def look_at_cells(cohort: Cohort, config: Mapping[str, Any]) -> list[InputError]:
    """Open the cells of every sample, each file once, and look at their beginning.

    Looked at are format, annotation, the column of cell types, what is selected, the first
    values and the kinds of features; not whether genes are human. Files that the workflow
    fetches are left to it.

    Parameters
    ----------
    cohort
        The cohort, checked.
    config
        Its configuration, with defaults.

    Returns
    -------
    Faults by file, in the order of the sheet; of each file that can't be opened, one. A fault that
    several samples of a file share is one, too, which names them.
    """
    is_gene = _is_gene(Path(config["output"]) / "knowledge" / "gene_names.parquet")
    faults: list[InputError] = []
    samples: dict[str, list[dict[str, str]]] = {}
    for row in cohort.samples.values():
        if not row["cells"].startswith("source:"):
            samples.setdefault(row["cells"], []).append(row)
    for path, rows in samples.items():
        try:
            file = open_cells(path, is_gene)
        except InputError as error:
            faults.append(error)
            continue
        faults += _look_at_samples(file, rows, config)
    return faults


def _look_at_samples(
    file: CellFile, rows: Sequence[Mapping[str, str]], config: Mapping[str, Any]
) -> list[InputError]:
    """Look at the samples of an open file; what is wrong with several is one fault."""
    faults: dict[str, InputError] = {}
    samples: dict[str, list[str]] = {}
    for row in rows:
        try:
            _look(file, row, config)
        except InputError as error:
            faults.setdefault(str(error), error)
            samples.setdefault(str(error), []).append(row["sample"])
    for message, fault in faults.items():
        named = samples[message]
        of = f"sample{'s' if len(named) > 1 else ''} {', '.join(named)}"
        fault.place = f"{fault.place} of {of}" if fault.place else of
    return list(faults.values())


def look_at_patients(cohort: Cohort, config: Mapping[str, Any]) -> list[InputError]:
    """Look at the files that the patient sheet names: heads of VCF, small tables whole.

    Returns
    -------
    Faults, in the order of the sheet. In a run none of them stops the cohort: each costs a
    patient a layer, or the score.
    """
    readers: dict[str, Callable[[dict[str, str]], object]] = {
        "variants": lambda row: look_at_variants(
            row["variants"],
            patient=row["patient"],
            sample=row["variant_sample"],
            assembly=config["findings"]["assembly"],
        ),
        "phenotypes": lambda row: read_phenotypes(row["phenotypes"]),
        "exposures": lambda row: read_exposures(row["exposures"], None),
        "medication": lambda row: read_medication(row["medication"]),
        "deviations": lambda row: _there(row["deviations"], "deviations"),
    }
    faults = []
    for row in cohort.patients.values():
        for column, read in readers.items():
            if row[column]:
                try:
                    read(row)
                except InputError as error:
                    faults.append(error)
    return faults


def _there(path: str, column: str) -> None:
    if not Path(path).is_file():
        raise InputError(
            file=path,
            found="no such file",
            expected="a file",
            remedy=f"correct the column `{column}` of the patient sheet",
        )


def _look(file: CellFile, row: Mapping[str, str], config: Mapping[str, Any]) -> None:
    """Look at the cells of one sample in an open file."""
    _, rows = choose(
        file,
        select=parse_select(row["select"], file=config["samples"], place=f"sample {row['sample']}"),
        cell_type=config["observe"]["cell_type"],
        annotation=row["annotation"] or None,
    )
    seen = file.look(rows)
    check_raw(file.path, seen, {})
    kinds_of(file.path, seen.features)


def _is_gene(names: Path) -> IsGene:
    """Tell genes by the knowledge that is there; before the first run by how symbols look."""
    if names.is_file():
        known = GeneNames(names, kinds=KINDS)
        return lambda name: known.resolve(name) is not None
    return lambda name: name.startswith("ENSG") or bool(_SYMBOL.fullmatch(name))
