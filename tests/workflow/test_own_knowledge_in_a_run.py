"""Tables of one's own in the workflow: what is made anew with them, and what stops a run."""

import pandas as pd

from tiny_cohort import Study
from twinscreen.files import INTERACTOME, LIGAND_RECEPTOR, read_table, sha256
from twinscreen.files.contracts.patient import OUTSIDE_LIGANDS

#: Keys of the configuration, and the tables that they name.
TABLES = {
    ("own", "interactions"): "source\ttarget\tsign\nMX1\tISG15\t-1\n",
    ("instead", "regulons"): "tf\tgene\tsign\nSTAT1\tMX1\t1\nSTAT1\tISG15\t1\n",
    ("own", "ligand_receptor"): "ligand\treceptor\nISG15\tIFNAR1_IFNAR2\n",
    ("own", "ligands"): "patient\tligand\tdirection\tvalue\nP1\tIL6\tup\t152\n",
}


def configured(study: Study):
    sections: dict[str, dict[str, list[str]]] = {"own": {}, "instead": {}}
    for (section, key), text in TABLES.items():
        (study.folder / f"{key}.tsv").write_text(text)
        sections[section][key] = [f"{key}.tsv"]
    return study.configure(**sections)


def test_tables_of_ones_own_enter_the_knowledge(study, tmp_path):
    own = study.beside(tmp_path / "own", "knowledge", "observations", "reference")
    names = ("interactome.parquet", "ligand_receptor.parquet", "own_tables.tsv")
    knowledge = own.output / "knowledge"
    ligands = "output/ligands/ligands.parquet"
    own.run(configured(own), ligands, *(f"output/knowledge/{name}" for name in names))
    rows = read_table(own.folder / ligands, OUTSIDE_LIGANDS)
    assert rows.drop(columns="time").to_dict("records") == [
        {"patient": "P1", "ligand": "IL6", "sign": 1, "value": 152.0}
    ]
    assert rows["time"].isna().all()
    edges = read_table(knowledge / "interactome.parquet", INTERACTOME)
    mine = edges[edges["sources"] == "own table"].set_index(["layer", "source", "target"])["sign"]
    assert mine.to_dict() == {
        ("PT", "MX1", "ISG15"): -1,
        ("TR", "STAT1", "ISG15"): 1,
        ("TR", "STAT1", "MX1"): 1,
    }
    assert (edges["layer"] == "TR").sum() == 2
    assert (edges["layer"] == "PT").sum() > 10_000
    pairs = read_table(knowledge / "ligand_receptor.parquet", LIGAND_RECEPTOR)
    assert ("ISG15", "IFNAR1_IFNAR2") in set(zip(pairs["ligand"], pairs["receptor"], strict=True))
    listed = pd.read_csv(knowledge / "own_tables.tsv", sep="\t").set_index("key")
    for section, key in TABLES:
        assert listed.loc[f"{section}.{key}", "sha256"] == sha256(own.folder / f"{key}.tsv")


def test_what_depends_on_a_table_is_made_anew_and_a_fault_stops_the_run(study, tmp_path):
    new = study.finished()
    before = new.planned(new.configure())
    again = new.planned(configured(new)) - before
    made = {"interactome", "ligand_receptor", "own_tables", "ligands", "influence", "twin P1"}
    assert made <= again
    assert not {"genes", "pathways", "drugs", "observe P1_T0"} & again
    config = configured(new)
    (new.folder / "regulons.tsv").write_text("tf\tgene\tsign\nSTAT1\tMX1\tyes\n")
    ran = new.snakemake(config, "--dry-run")
    assert ran.returncode == 2
    assert "line 2, column sign" in ran.stdout
