"""Star alleles that PharmCAT called, in both files and both shapes that it writes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from twinscreen.files import InputError
from twinscreen.observe.findings.star_alleles import read_star_alleles

DATA = Path(os.environ.get("TWINSCREEN_DATA", "../shared/data")) / "format_samples"

HEADER = (
    "Gene\tSource Diplotype\tPhenotype\tActivity Score\tHaplotype 1\tHaplotype 1 Function\t"
    "Outside Call\tMatch Score"
)
ROWS = (
    "CYP2C19\t*1/*2\tIntermediate Metabolizer\t\t*1\tNormal function\tno\t70",
    "CYP2D6\t*4/*4\tPoor Metabolizer\t0.0\t*4\tNo function\tyes\t",
    "UGT1A1\t*1/*28\tIntermediate Metabolizer\t\t*1\tNormal function\tno\t9",
    "UGT1A1\t*1/*80\tIntermediate Metabolizer\t\t*1\tNormal function\tno\t9",
    "HLA-B\t\t\t\t\t\tno\t",
    "NUDT15\tUnknown/Unknown\t\t\t\t\tno\t",
)


def gene(name: str, *calls: tuple[str, str], source: str = "MATCHER") -> dict[str, Any]:
    return {
        "geneSymbol": name,
        "callSource": source,
        "sourceDiplotypes": [
            {"label": label, "phenotypes": [phenotype], "activityScore": None}
            for label, phenotype in calls
        ],
        "variants": [{"dbSnpId": "rs1"}],
    }


GENES = {
    "CYP2C19": gene("CYP2C19", ("*1/*2", "Intermediate Metabolizer")),
    "CYP2D6": gene("CYP2D6", ("*4/*4", "Poor Metabolizer"), source="OUTSIDE"),
    "UGT1A1": gene(
        "UGT1A1", ("*1/*28", "Intermediate Metabolizer"), ("*1/*80", "Intermediate Metabolizer")
    ),
    "HLA-B": gene("HLA-B", source="NONE"),
    "NUDT15": gene("NUDT15", ("Unknown/Unknown", "No Result")),
}


def told(path: Path) -> list[tuple[str, str, str]]:
    return [(one.id, one.genotype, one.detail) for one in read_star_alleles(path)]


EXPECTED = [
    ("CYP2C19", "*1/*2", "called by PharmCAT: *1/*2, Intermediate Metabolizer"),
    ("CYP2D6", "*4/*4", "told to PharmCAT from outside: *4/*4, Poor Metabolizer"),
    ("UGT1A1", "", "called by PharmCAT: *1/*28 or *1/*80, which it could not tell apart"),
    ("star_alleles", "", "star alleles of 3 of 5 genes were called by PharmCAT"),
]


def test_the_table_of_the_report(tmp_path: Path):
    path = tmp_path / "P1.report.tsv"
    path.write_text("\n".join(["PharmCAT v3.1.0", HEADER, *ROWS]) + "\n")
    assert told(path) == EXPECTED


@pytest.mark.parametrize(
    "genes", [GENES, {"CPIC": GENES, "DPWG": GENES}], ids=["version 3", "version 2"]
)
def test_the_report_as_json(tmp_path: Path, genes: dict[str, Any]):
    path = tmp_path / "P1.report.json"
    path.write_text(json.dumps({"pharmcatVersion": "3.1.0", "genes": genes, "drugs": {}}))
    assert told(path) == EXPECTED


def test_an_authentic_report():
    path = DATA / "pharmcat.example.report.tsv"
    if not path.is_file():
        pytest.skip(f"no {path.name} in {DATA}: set TWINSCREEN_DATA")
    found = {name: genotype for name, genotype, _ in told(path)}
    assert found["CYP2C19"] == "*38/*38"
    assert found["CYP2C9"] == "*1/*1"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.json", "{", "can't be read: JSONDecodeError"),
        ("a.json", "[]", "can't be read: TypeError"),
        ("a.json", '{"drugs": {}}', "can't be read: KeyError: 'genes'"),
        ("a.json", '{"genes": {}}', "no gene"),
        ("a.json", "[" * 200_000, "can't be read: RecursionError"),
        ("a.tsv", "Gene\tPhenotype\n", "a file whose first line is not the version of PharmCAT"),
        ("a.tsv", "PharmCAT v3\nGene\tPhenotype\nA\tB\n", "no column Source Diplotype"),
        ("a.tsv", None, "no such file"),
        ("a.json", None, "no such file"),
    ],
)
def test_what_is_no_report_is_told(tmp_path: Path, name: str, text: str | None, found: str):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        read_star_alleles(tmp_path / name)
    assert caught.value.found.startswith(found)
