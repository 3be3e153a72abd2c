"""The library of reference states that ships with the package, as it is read and derived."""

import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from derive.precedents import derive_precedents

from small_tables import drug_table, write_lines
from twinscreen.data import TABLES
from twinscreen.files import DRUGS, GENE_NAMES, PRECEDENTS, read_anndata, write_table
from twinscreen.knowledge.precedents.build import LibraryFiles, build_precedents
from twinscreen.knowledge.precedents.library import STEP, read_library_diseases

DATA = Path(os.environ.get("TWINSCREEN_DATA", "../shared/data"))


@pytest.fixture
def knowledge(tmp_path):
    """Gene names and drugs."""
    names = pd.DataFrame(
        {"name": ["1", "2", "22"], "symbol": ["ONE", "TWO", "TWO"], "kind": "entrez"}
    )
    drugs = drug_table("aspirin", "prednisone", synonyms=["ASA", None])
    write_table(names, tmp_path / "names.parquet", GENE_NAMES)
    write_table(drugs, tmp_path / "drugs.parquet", DRUGS)
    return {"names": tmp_path / "names.parquet", "drugs": tmp_path / "drugs.parquet"}


def test_states_and_outcomes_are_brought_to_approved_genes_and_drugs(tmp_path, knowledge):
    library = LibraryFiles(
        write_lines(tmp_path / "states.tsv", "entrez_id S T", "1 25 -50", "2 10 5", "22 30 7"),
        write_lines(tmp_path / "diseases.tsv", "state disease also", "T lupus SLE", "S gout a|b"),
        write_lines(tmp_path / "outcomes.tsv", "state drug", "S asa", "T Prednisone", "T placebo"),
    )
    build_precedents(
        library,
        **knowledge,
        output=tmp_path / "precedents.h5ad",
    )
    found = read_anndata(tmp_path / "precedents.h5ad", PRECEDENTS)
    assert found.to_df().astype(float).round(4).to_dict() == {
        "ONE": {"S": 1.0, "T": -2.0},
        "TWO": {"S": 0.8, "T": 0.24},
    }
    assert found.obs["name"].tolist() == ["gout", "lupus"]
    assert found.obs["diseases"].tolist() == ["S|gout|a|b", "T|lupus|SLE"]
    assert found.uns["outcomes"].to_numpy().tolist() == [["S", "d:1", True], ["T", "d:2", True]]


def test_the_library_names_what_each_of_its_states_is_known_as():
    states = pd.read_csv(TABLES / "precedent_states.tsv.gz", sep="\t", comment="#", nrows=1)
    diseases = read_library_diseases(TABLES / "precedent_diseases.tsv")
    assert states.columns[1:].tolist() == diseases["state"].tolist()
    assert len(diseases) == 49
    known = diseases.set_index("state")["diseases"].str.split("|")
    assert {"DOID:9074", "MONDO:0007915", "systemic lupus erythematosus"} <= {*known["DOID:9074"]}
    assert "inflammatory bowel disease" in known["DOID:8778"]


def test_the_committed_tables_are_what_their_sources_give(tmp_path):
    folder = DATA / "disease_signatures"
    indications = DATA / "drugs/pharmacotherapydb_indications.tsv"
    if not (folder.is_dir() and indications.is_file()):
        pytest.skip(f"no signatures of diseases in {DATA}: set TWINSCREEN_DATA")
    derive_precedents(folder, folder / "diseases.tsv", indications, output=tmp_path)
    for name in ("precedent_states.tsv.gz", "precedent_diseases.tsv", "precedent_outcomes.tsv"):
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes(), name


def test_a_score_is_the_normal_score_of_the_signed_significance(tmp_path):
    rows = ["entrez_id effect pvalue", "1 2.0 0.01", "2 -3.0 0.001", "3 0.1 0.5", "4 -4.0 0.001"]
    folder = tmp_path / "states"
    folder.mkdir()
    write_lines(folder / "DOID_9074.tsv", *rows)
    with gzip.open(folder / "DOID_9074.tsv.gz", "wt") as file:
        file.write((folder / "DOID_9074.tsv").read_text())
    diseases = write_lines(tmp_path / "diseases.tsv", "doid disease", "DOID:9074 lupus")
    indications = write_lines(
        tmp_path / "indications.tsv",
        "doid_id drugbank_id drug category",
        "DOID:9074 DB1 aspirin DM",
        "DOID:9074 DB2 sugar NOT",
    )
    derive_precedents(folder, diseases, indications, output=tmp_path)
    scores = pd.read_csv(tmp_path / "precedent_states.tsv.gz", sep="\t", comment="#", index_col=0)
    # of two with the same p, the larger effect deviates more
    assert scores["DOID:9074"].rank().tolist() == [4, 2, 3, 1]
    assert np.abs(scores["DOID:9074"]).max() == round(1.1503 * STEP)
    outcomes = pd.read_csv(tmp_path / "precedent_outcomes.tsv", sep="\t", comment="#")
    assert outcomes["drug"].tolist() == ["aspirin"]
