"""Star alleles of a patient as PharmCAT called them: its report.json or report.tsv.

PharmCAT needs the whole VCF, all positions of each gene and phase, and knows each gene's rules; it
is not repeated here. What it could not tell stays open.

Source: Sangkuhl et al., Clinical Pharmacology & Therapeutics 2020;107:203.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from twinscreen.files import FilePath, InputError
from twinscreen.observe.findings.finding import Finding, of_file

_CONTENT = "PharmCAT's report: report.json, or report.tsv"
_TSV = ("Gene", "Source Diplotype", "Phenotype", "Outside Call")
_UNKNOWN = {"", "unknown/unknown", "unknown", "n/a", "no call"}


class _Call(NamedTuple):
    """One diplotype that fits a gene; `outside` says that PharmCAT was told it."""

    gene: str
    diplotype: str
    phenotype: str
    outside: bool


def read_star_alleles(path: FilePath) -> list[Finding]:
    """Read the diplotypes of genes.

    Returns
    -------
    A finding per gene: its identifier is the gene, `genotype` the diplotype (`*1/*2`), empty where
    several fit; and one row `star_alleles` with the number of genes. Genes that PharmCAT did not
    call are left out.

    Raises
    ------
    InputError
        The file is missing or is no report of PharmCAT.
    """
    by_gene: dict[str, list[_Call]] = {}
    calls = _of_json(path) if Path(path).suffix == ".json" else _of_table(path)
    for call in calls:
        known = by_gene.setdefault(call.gene, [])
        if call.diplotype.casefold() not in _UNKNOWN and call not in known:
            known.append(call)
    if not by_gene:
        raise _fault(path, "no gene")
    found = [_finding(gene, of_gene) for gene, of_gene in sorted(by_gene.items()) if of_gene]
    told = f"star alleles of {len(found)} of {len(by_gene)} genes were called by PharmCAT"
    return [*found, of_file("pharmacogenomic", "star_alleles", "star alleles read", told)]


def _finding(gene: str, calls: list[_Call]) -> Finding:
    """Say the diplotype of a gene, or that several fit."""
    if len({call.diplotype for call in calls}) > 1:
        fitting = " or ".join(call.diplotype for call in calls)
        told = f"called by PharmCAT: {fitting}, which it could not tell apart"
        return Finding("pharmacogenomic", gene, gene, False, told)
    call = calls[0]
    by = "told to PharmCAT from outside" if call.outside else "called by PharmCAT"
    told = f"{by}: {call.diplotype}" + (f", {call.phenotype}" if call.phenotype else "")
    return Finding("pharmacogenomic", gene, gene, False, told, genotype=call.diplotype)


def _of_table(path: FilePath) -> Iterator[_Call]:
    """Read report.tsv: a line with the version, the header, and a line per diplotype."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            if not file.readline().startswith("PharmCAT"):
                raise _fault(path, "a file whose first line is not the version of PharmCAT")
            for row in csv.DictReader(file, delimiter="\t"):
                gene, diplotype, phenotype, outside = (row[name] or "" for name in _TSV)
                yield _Call(gene, diplotype, phenotype, outside.casefold() == "yes")
    except FileNotFoundError as error:
        raise _fault(path, "no such file") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _fault(path, f"can't be read: {error}") from error
    except KeyError as error:
        raise _fault(path, f"no column {error.args[0]}") from error


def _of_json(path: FilePath) -> Iterator[_Call]:
    """Read report.json: genes by name, before version 3 below each source of guidelines."""
    try:
        genes = json.loads(Path(path).read_text(encoding="utf-8"))["genes"]
        for gene in _genes(genes):
            outside = gene.get("callSource") == "OUTSIDE"
            for one in gene["sourceDiplotypes"] or [{}]:
                phenotypes = ", ".join(one.get("phenotypes") or [])
                yield _Call(gene["geneSymbol"], one.get("label") or "", phenotypes, outside)
    except FileNotFoundError as error:
        raise _fault(path, "no such file") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _fault(path, f"can't be read: {type(error).__name__}: {error}") from error


def _genes(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Find the genes in a report, however deep they stand."""
    if "sourceDiplotypes" in part:
        yield part
        return
    for below in part.values():
        if isinstance(below, dict):
            yield from _genes(below)


def _fault(path: FilePath, found: str) -> InputError:
    return InputError(
        file=path,
        found=found,
        expected=_CONTENT,
        remedy="give the report that PharmCAT wrote of this patient, or leave the column"
        " `star_alleles` empty",
    )
