"""A first look at the files of a cohort: every fault at once, before anything is computed."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from twinscreen.files import GeneNames, InputError
from twinscreen.files.gene_names import log_dates
from twinscreen.inputs.cohort import Cohort
from twinscreen.inputs.release import knowledge_of
from twinscreen.inputs.select import parse_select
from twinscreen.observe.cells.annotation import read_annotation
from twinscreen.observe.cells.cell_table import choose
from twinscreen.observe.cells.given_deviations import look_at_deviations
from twinscreen.observe.cells.harmonise import KINDS, check_genes, means_gene
from twinscreen.observe.cells.raw_counts import check_raw
from twinscreen.observe.findings.exposures import read_exposures, read_medication
from twinscreen.observe.findings.phenotypes import read_phenotypes
from twinscreen.observe.findings.star_alleles import read_star_alleles
from twinscreen.observe.findings.variants import look_at_variants
from twinscreen.observe.formats import GENE, CellFile, IsGene, kinds_of, open_cells

#: Most symbols: capital letters, digits and dashes, with a letter first, shorter than a barcode.
_SYMBOL = re.compile(r"[A-Z][A-Z0-9-]{1,9}(orf\d+)?(\.\d+)?")

#: What such a symbol is not: a well of a plate, or a barcode.
_NO_SYMBOL = re.compile(r"[A-P]\d{1,2}|[ACGTN]{4,}\d*-\d+|[ACGTN]{8,}")

#: A gene of mice, as Isg15, or its Ensembl id.
_OF_MICE = re.compile(r"[A-Z][a-z][a-z0-9.-]+|ENSMUSG\d+(\.\d+)?")

#: Fewer files are looked at before other processes would have started.
_FEWEST_FILES = 40

#: Features that were found to be human genes, by the table of genes and a checksum of their names.
_CHECKED: set[tuple[Path, int, bytes]] = set()

_Rows: TypeAlias = Sequence[Mapping[str, str]]
#: Faults of a file, in parts, as they pass from one process to another.
_Told: TypeAlias = list[dict[str, str]]


@dataclass(frozen=True)
class _Look:
    """What is looked for in all files.

    `names` is the table of genes, which was `changed` last then; 0: there is none.
    """

    samples: str
    cell_type: str
    assembly: str
    names: Path
    changed: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "_Look":
        """Take it of a configuration with defaults."""
        names = knowledge_of(config) / "gene_names.parquet"
        return cls(
            config["samples"],
            config["observe"]["cell_type"],
            config["findings"]["assembly"],
            names,
            names.stat().st_mtime_ns if names.is_file() else 0,
        )


def look_at_files(
    cohort: Cohort,
    config: Mapping[str, Any],
    *,
    processes: int = 1,
    progress: Callable[[Iterator[_Told], int], Iterable[_Told]] = lambda told, _: told,
) -> list[InputError]:
    """Look at the files that both sheets name, those with cells once each.

    Looked at are format, annotation, the column of cell types, what is selected, the first values,
    the kinds of features and, once the table of genes is there, whether they are human genes. Of
    VCF the heads are read, of what else is told of patients all. Files that the workflow fetches
    are left to it.

    Parameters
    ----------
    cohort
        The cohort, checked.
    config
        Its configuration, with defaults.
    processes
        How many look at once.
    progress
        Passes on what it is given, so many things, and shows how far that is.

    Returns
    -------
    Faults by file, in the order of the sheets; of each file that can't be opened, one. A fault that
    several samples of a file share is one, too, which names them. In a run faults of the patient
    sheet stop no cohort: each costs a patient a layer, or the score.
    """
    look = _Look.of(config)
    samples: dict[str, list[Mapping[str, str]]] = {}
    for row in cohort.samples.values():
        if not row["cells"].startswith("source:"):
            samples.setdefault(row["cells"], []).append(row)
    jobs = [partial(_of_cells, look, path, rows) for path, rows in samples.items()]
    jobs += [partial(_of_patient, look, row) for row in cohort.patients.values()]
    told = progress(_done(jobs, processes), len(jobs))
    return [InputError(**fault) for of in told for fault in of]


def _done(jobs: Sequence[Callable[[], _Told]], processes: int) -> Iterator[_Told]:
    """Do all jobs, in their order, where it pays by several processes at once."""
    if processes < 2 or len(jobs) < _FEWEST_FILES:
        yield from (job() for job in jobs)
        return
    # started anew: a process that was forked may hang on threads that it has not
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_do, jobs, chunksize=8)


def _do(job: Callable[[], _Told]) -> _Told:
    return job()


def _of_cells(look: _Look, path: str, rows: _Rows) -> _Told:
    """Open a file with cells, and look at its samples; what is wrong with several is one fault."""
    try:
        file = open_cells(path, _is_gene(look.names, look.changed))
    except InputError as error:
        return [vars(error)]
    faults: dict[str, InputError] = {}
    samples: dict[str, list[str]] = {}
    for row in rows:
        try:
            _look_at_sample(look, file, row)
        except InputError as error:
            faults.setdefault(str(error), error)
            samples.setdefault(str(error), []).append(row["sample"])
    for message, fault in faults.items():
        named = samples[message]
        of = f"sample{'s' if len(named) > 1 else ''} {', '.join(named)}"
        fault.place = f"{fault.place} of {of}" if fault.place else of
    return [vars(fault) for fault in faults.values()]


def _look_at_sample(look: _Look, file: CellFile, row: Mapping[str, str]) -> None:
    """Look at the cells of one sample in an open file."""
    place = f"sample {row['sample']}"
    annotation = row["annotation"] or None
    _, rows = choose(
        file,
        select=parse_select(row["select"], file=look.samples, place=place),
        cell_type=look.cell_type,
        annotation=annotation,
        table=_annotation(annotation) if annotation else None,
        called=place,
    )
    seen = file.look(rows)
    check_raw(file.path, seen, {})
    genes = kinds_of(file.path, seen.features) == GENE
    names, ids = seen.features.names[genes].tolist(), seen.features.ids[genes].tolist()
    if look.changed:
        _check_genes(look, file.path, names, ids)
    else:
        _check_species(file.path, names)


def _check_genes(look: _Look, path: Path, names: list[str], ids: list[str]) -> None:
    """Check that features are human genes; those of one reference are looked up once."""
    told = "\0".join([*names, *ids])
    key = look.names, look.changed, hashlib.sha256(told.encode(errors="replace")).digest()
    if key not in _CHECKED:
        log_dates(path.name, check_genes(path, names, _known(*key[:2]), ids=ids).lost)
        _CHECKED.add(key)


def _check_species(path: Path, names: list[str]) -> None:
    """Refuse genes of mice, by how they are written, before the table of genes is there."""
    mice = [name for name in names if _OF_MICE.fullmatch(name)]
    if len(mice) > len(names) / 2:
        raise InputError(
            file=path,
            place="var",
            found=f"{len(mice)} of {len(names)} features are called as genes of mice are, for"
            f" example {', '.join(mice[:3])}",
            expected="human genes, by HGNC symbol or Ensembl id",
            remedy="if these are cells of mice, bring the genes to their human orthologues; if not,"
            " write the symbols in capital letters",
        )


def _of_patient(look: _Look, row: Mapping[str, str]) -> _Told:
    """Look at what the patient sheet names of a patient."""
    readers: dict[str, Callable[[str], object]] = {
        "variants": lambda path: look_at_variants(
            path,
            patient=row["patient"],
            sample=row["variant_sample"],
            assembly=look.assembly,
        ),
        "phenotypes": read_phenotypes,
        "exposures": lambda path: read_exposures(path, None),
        "medication": read_medication,
        "star_alleles": read_star_alleles,
        "deviations": lambda path: look_at_deviations(
            path, _known(look.names, look.changed) if look.changed else None
        ),
    }
    faults = []
    for column, read in readers.items():
        if row[column]:
            try:
                read(row[column])
            except InputError as error:
                if not Path(row[column]).exists():
                    error.place = f"column {column} of patient {row['patient']}"
                    error.remedy = "correct the path; what is no file, write into a table, and name"
                    error.remedy += " that here (config/README.md, the patient sheet)"
                faults.append(vars(error))
    return faults


@lru_cache(maxsize=1)
def _known(names: Path, changed: int) -> GeneNames:
    """Read the names of genes that were `changed` last then."""
    return GeneNames(names, kinds=KINDS)


@lru_cache(maxsize=1)
def _is_gene(names: Path, changed: int) -> IsGene:
    """Tell genes by the knowledge that is there; before the first run by how symbols look."""
    if changed:
        return lambda name: means_gene(name, _known(names, changed))
    return lambda name: name.startswith("ENSG") or _looks_like_a_symbol(name)


def _looks_like_a_symbol(name: str) -> bool:
    """Tell a symbol by its letters."""
    return bool(_SYMBOL.fullmatch(name)) and not _NO_SYMBOL.fullmatch(name)


def _annotation(path: str) -> pd.DataFrame:
    """Read an annotation, which may serve many samples, once."""
    there = Path(path)
    return _annotation_of(there, there.stat().st_mtime_ns if there.is_file() else 0)


@lru_cache(maxsize=1)
def _annotation_of(path: Path, changed: int) -> pd.DataFrame:
    """Read an annotation that was `changed` last then."""
    return read_annotation(path)
