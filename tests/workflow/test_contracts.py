"""docs/contracts.md names what the contracts demand and what the files of a cohort hold."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import anndata as ad
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tiny_cohort import ROOT
from twinscreen import files as contracts
from twinscreen.files.contracts.page import with_tables
from twinscreen.files.contracts.screen_tables import SCREEN_TABLES, STABILITY
from twinscreen.files.hdf import AnnDataContract
from twinscreen.files.tables import TableContract
from twinscreen.screen.empty import empty_screen

PARTS = ("obs", "var", "layers", "obsm", "obsp", "varm", "uns")

#: Contract by what names it in the page: a file of tables, or the heading of an h5ad.
TABLES = {
    "genes.parquet": contracts.GENES,
    "gene_names.parquet": contracts.GENE_NAMES,
    "interactome.parquet": contracts.INTERACTOME,
    "pathways.parquet": contracts.PATHWAYS,
    "drugs.parquet": contracts.DRUGS,
    "drug_targets.parquet": contracts.DRUG_TARGETS,
    "ligand_receptor.parquet": contracts.LIGAND_RECEPTOR,
    "phenotype_terms.parquet": contracts.PHENOTYPE_TERMS,
    "phenotype_genes.parquet": contracts.PHENOTYPE_GENES,
    "disease_genes.parquet": contracts.DISEASE_GENES,
    "diseases.parquet": contracts.DISEASES,
    "known_variants.parquet": contracts.KNOWN_VARIANTS,
    "pharmacogenomics.parquet": contracts.PHARMACOGENOMICS,
    "drug_warnings.parquet": contracts.DRUG_WARNINGS,
    "drug_interactions.parquet": contracts.DRUG_INTERACTIONS,
    "{patient}.parquet": contracts.FINDINGS,
    "{patient}.layers.parquet": contracts.PATIENT_LAYERS,
    "patients.parquet": contracts.COHORT_PATIENTS,
    "ranks.parquet": contracts.COHORT_RANKS,
    "samples.parquet": contracts.COHORT_SAMPLES,
    "similarity.parquet": contracts.COHORT_SIMILARITY,
    "clusters.parquet": contracts.COHORT_CLUSTERS,
    "cluster_numbers.parquet": contracts.COHORT_CLUSTER_NUMBERS,
    "nearest.parquet": contracts.COHORT_NEAREST,
    "neighbours.parquet": contracts.COHORT_NEIGHBOURS,
    "trial.parquet": contracts.COHORT_TRIAL,
    "trial_drugs.parquet": contracts.COHORT_TRIAL_DRUGS,
    "trial_features.parquet": contracts.COHORT_TRIAL_FEATURES,
    "evaluation.parquet": contracts.COHORT_EVALUATION,
}
FILES = {
    "Observation": contracts.OBSERVATION,
    "Deviations computed elsewhere": contracts.DEVIATIONS,
    "Reference": contracts.REFERENCE,
    "Shared": contracts.SHARED,
    "Twin": contracts.TWIN,
    "Replicates": contracts.REPLICATES,
    "Screen": contracts.SCREEN,
}
#: Parts that only some files have, as the page says.
OPTIONAL = {
    "Reference": {
        "uns": {"elsewhere", "elsewhere_molecules", "elsewhere_protein"},
        "varm": {"elsewhere_..."},
    },
    "Observation": {"obsm": {"protein"}},
    "Twin": {"layers": {*contracts.CELL_LAYERS, contracts.GROWN_LAYER}},
    "Screen": {"uns": {STABILITY.name}},
}


@dataclass
class Section:
    """What the page says of one file: names by part, and columns of its tables by name."""

    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    columns: dict[str, list[str]] = field(default_factory=dict)


def code(text: str) -> list[str]:
    """List what stands between backticks, taken apart at commas."""
    spans = re.findall(r"`([^`]+)`", text)
    return [name.strip() for span in spans for name in span.split(",")]


def read_page() -> dict[str, Section]:
    """Read the tables of the page; the third cell of a table's row starts with its columns."""
    page: dict[str, Section] = {}
    section = Section()
    for line in (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## ([^:`]+)(:.*)?", line):
            section = page.setdefault(heading[1], Section())
        if table := re.match(r"#### uns `(\w+)`", line):
            section.names["uns"].add(table[1])
        if not line.startswith("|"):
            continue
        first, *others = re.split(r"(?<!\\)\|", line)[1:-1]
        kind, _, rest = first.strip().partition(" ")
        kind = "layers" if kind == "layer" else kind
        if kind in PARTS:
            section.names[kind].update(code(rest) if "`" in rest else [])
        if len(others) == 2 and ".parquet`" in first:
            [name, *_], columns = code(first), re.search(r"`([^`]+)`", others[1])
            assert columns, f"no columns of {name}"
            section.columns[name] = [column.strip() for column in columns[1].split(",")]
    return page


PAGE = read_page()


def test_the_page_has_every_contract():
    every = [
        value
        for module in (contracts,)
        for value in vars(module).values()
        if isinstance(value, TableContract)
    ]
    assert {one.name for one in every} == {one.name for one in TABLES.values()}
    files = [value for value in vars(contracts).values() if isinstance(value, AnnDataContract)]
    of_knowledge = {"influence", "precedents"}
    assert {one.name for one in files} == {one.name for one in FILES.values()} | of_knowledge
    order = [*PAGE]
    assert order.index("Observation") < order.index("Twin") < order.index("Screen")


@pytest.mark.parametrize("name", TABLES)
def test_columns_of_tables_are_those_of_the_contract(name):
    [columns] = [section.columns[name] for section in PAGE.values() if name in section.columns]
    assert columns == TABLES[name].schema.names


@pytest.mark.parametrize("heading", FILES)
def test_the_page_names_all_that_a_contract_demands(heading):
    contract = FILES[heading]
    for part in ("obs", "var", "layers", "obsp", "uns"):
        assert set(getattr(contract, part)) <= PAGE[heading].names[part], part


def files_of(output: Path, heading: str) -> list[Path]:
    folder = {"Observation": "observations", "Reference": "reference", "Twin": "twins"}
    return sorted((output / folder.get(heading, "screens")).glob("*.h5ad"))


@pytest.mark.parametrize("heading", ["Observation", "Reference", "Twin", "Screen"])
def test_files_of_a_cohort_hold_what_the_page_names_and_nothing_else(study, heading):
    for path in files_of(study.output, heading):
        found = ad.read_h5ad(path)
        for part in PARTS:
            if part == "var" and heading in {"Observation", "Reference"}:
                continue  # its index says all
            named = PAGE[heading].names[part]
            optional = OPTIONAL.get(heading, {}).get(part, set())
            if heading == "Observation" and part == "uns":
                optional = {"protein"}
            there = set(getattr(found, part))
            assert named - optional <= there, f"{path.name}, {part}"
            assert there <= named | optional, f"{path.name}, {part}"
        assert FILES[heading].faults(found) == [], path.name


def test_tables_for_people_and_of_knowledge_hold_what_the_page_names(study):
    for path in study.output.glob("knowledge/*.parquet"):
        assert pq.read_schema(path).names == PAGE["Knowledge"].columns[path.name]
    text = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
    [columns] = re.findall(r"ranking\.tsv` is the same for people[^`]*`([^`]+)`", text)
    ranking = pd.read_csv(study.output / "screens" / "P1.ranking.tsv", sep="\t")
    assert ", ".join(ranking.columns) == columns


def test_a_screen_without_drugs_has_all_tables():
    found = empty_screen()
    assert [fault for spec in SCREEN_TABLES for fault in spec.faults(found.uns[spec.name])] == []


def test_the_tables_of_the_page_are_those_of_the_contracts():
    """If not, `python -m twinscreen.files.contracts.page docs/contracts.md` writes them anew."""
    page = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
    assert with_tables(page) == page
    with pytest.raises(ValueError, match="no place for the tables of a twin"):
        with_tables("a page")
