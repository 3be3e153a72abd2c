"""Drugs and targets, from hand-written files in the shape of the Guide to PHARMACOLOGY."""

import csv
import gzip
import os
from pathlib import Path

import pandas as pd
import pytest
from derive.gtopdb import derive_gtopdb

from small_tables import write_gene_names
from twinscreen.data import TABLES
from twinscreen.files import DRUG_TARGETS, DRUGS, InputError, read_table
from twinscreen.knowledge.drugs import DrugFiles, build_drugs
from twinscreen.knowledge.drugs.actions import read_actions, signs
from twinscreen.knowledge.drugs.drugcentral import COLUMNS
from twinscreen.knowledge.drugs.identifiers import COLUMNS as ID_COLUMNS

ROOT = Path(__file__).parents[3]
ACTIONS = TABLES / "actions.tsv"
GTOPDB = TABLES / "gtopdb.tsv"
DATA = Path(os.environ.get("TWINSCREEN_DATA", ROOT.parent / "shared" / "data"))

LIGANDS = [
    # id, name, species, type, approved, withdrawn, labelled, inn, synonyms
    ("1", "infliximab", "", "Antibody", "yes", "", "", "infliximab", "Remicade&reg;|TA-650"),
    ("2", "IFN-&alpha;2", "Human", "Peptide", "yes", "", "", "", ""),
    ("3", "ketanserin", "", "Synthetic organic", "", "", "", "", ""),
    ("4", "[<sup>3</sup>H]ketanserin", "", "Synthetic organic", "", "", "yes", "", ""),
    ("5", "[<sup>125</sup>I]AB-MECA", "", "Synthetic organic", "", "", "yes", "", ""),
    ("6", "galanin", "Human", "Peptide", "", "", "", "", ""),
    ("7", "galanin", "Mouse, Rat", "Peptide", "", "", "", "", ""),
    ("8", "rofecoxib", "", "Synthetic organic", "yes", "yes", "", "rofecoxib", "Vioxx&reg;"),
    ("9", "None", "", "Metabolite", "", "", "", "", ""),
]
INTERACTIONS = [
    # ligand id, target gene, target ligand gene, type, action, primary, units, low, median, high
    ("1", "", "TNF", "Antibody", "Binding", "t", "pKd", "", "8.739", ""),
    ("2", "IFNAR2|IFNAR1", "", "Agonist", "Agonist", "", "-", "", "", ""),
    ("3", "HTR2A", "", "Antagonist", "Antagonist", "t", "pKi", "8", "", "9"),
    ("4", "HTR2A", "", "None", "Binding", "f", "pKd", "", "9.5", ""),
    ("5", "ADORA3", "", "Agonist", "Full agonist", "", "pKd", "", "9", ""),
    ("6", "GALR1", "", "Agonist", "Full agonist", "", "pKi", "", "9", ""),
    ("7", "GALR1", "", "Agonist", "Full agonist", "", "pKi", "", "9", ""),
    ("8", "PTGS2", "", "Inhibitor", "Inhibition", "t", "pIC50", "", "6.3", ""),
    ("8", "OLDPTGS2", "", "Activator", "Activation", "f", "pIC50", "", "5.3", ""),
    ("8", "NOGENE", "", "Inhibitor", "Inhibition", "f", "", "", "", ""),
    ("9", "NA", "", "None", "None", "", "", "", "", ""),
    ("9", "", "", "Agonist", "Agonist", "", "", "", "", ""),
]
SYMBOLS = ["TNF", "IFNAR1", "IFNAR2", "HTR2A", "ADORA3", "GALR1", "PTGS2"]


def write_guide(tmp_path: Path) -> tuple[Path, Path]:
    """Write the two tables with the columns that are read and one that isn't, one compressed."""
    interactions, ligands = tmp_path / "interactions.csv.gz", tmp_path / "ligands.csv"
    fields = [
        *("ligand_id", "target_gene_symbol", "target_ligand_gene_symbol", "type", "action"),
        *("primary_target", "affinity_units", "affinity_low", "affinity_median", "affinity_high"),
    ]
    with gzip.open(interactions, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["target", *fields, "target_species"])
        writer.writerows([("any", *row, "Human") for row in INTERACTIONS])
        writer.writerow(("any", *INTERACTIONS[0], "Rat"))
    with open(ligands, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "Ligand id",
                "Name",
                "Species",
                "Type",
                "Approved",
                "Withdrawn",
                "Labelled",
                "INN",
                "Synonyms",
                "SMILES",
            ]
        )
        writer.writerows([(*row, "C") for row in LIGANDS])
    return interactions, ligands


def build(
    tmp_path: Path, gtopdb: Path, symbols: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build the tables of the Guide's drugs alone."""
    names, drugs, targets = (tmp_path / name for name in ("n.parquet", "d.parquet", "t.parquet"))
    write_gene_names(names, symbols)
    for name, columns in (("mechanisms", COLUMNS), ("ids", ID_COLUMNS)):
        (tmp_path / name).write_text("\t".join(columns) + "\n")
    (tmp_path / "approvals").write_text("drug\tagency\tdate\nno drug of these\tFDA\t2021\n")
    (tmp_path / "diagnostics").write_text("drug\tuse\tserves\treference\n")
    files = DrugFiles(
        gtopdb=gtopdb,
        drugcentral=tmp_path / "mechanisms",
        identifiers=tmp_path / "ids",
        approvals=tmp_path / "approvals",
        diagnostics=tmp_path / "diagnostics",
        actions=ACTIONS,
    )
    build_drugs(files, names=names, drugs=drugs, targets=targets)
    return read_table(drugs, DRUGS), read_table(targets, DRUG_TARGETS)


@pytest.fixture
def tables(tmp_path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    derive_gtopdb(*write_guide(tmp_path), output=tmp_path / "gtopdb.tsv")
    symbols = {symbol: symbol for symbol in SYMBOLS} | {"OLDPTGS2": "PTGS2"}
    return build(tmp_path, tmp_path / "gtopdb.tsv", symbols)


def test_the_derived_table_line_by_line(tmp_path: Path):
    derive_gtopdb(*write_guide(tmp_path), output=tmp_path / "gtopdb.tsv")
    lines = (tmp_path / "gtopdb.tsv").read_text(encoding="utf-8").splitlines()
    notice = [line for line in lines if line.startswith("#")]
    assert "ODbL" in "".join(notice)
    assert "ShareAlike" in "".join(notice)
    assert lines[len(notice)].split("\t")[:3] == ["ligand_id", "name", "kind"]
    assert lines[len(notice) + 1] == (
        "1\tinfliximab\tAntibody\t1\t0\t0\tRemicade|TA-650\tTNF\tAntibody\tBinding\t1\t8.74"
    )
    assert lines[len(notice) + 3] == (
        "3\tketanserin\tSynthetic organic\t0\t0\t0\t\tHTR2A\tAntagonist\tAntagonist\t1\t8.50"
    )
    assert len(lines) == len(notice) + 1 + 11  # neither the rat's row nor that without a gene


def test_drugs(tables: tuple[pd.DataFrame, pd.DataFrame]):
    drugs = tables[0].set_index("drug_id")
    assert drugs["name"].to_dict() == {
        "gtopdb:1": "infliximab",
        "gtopdb:2": "IFN-α2",
        "gtopdb:3": "ketanserin",  # with its tracer, gtopdb:4
        "gtopdb:5": "[125I]AB-MECA",  # a tracer without a parent
        "gtopdb:6": "galanin (human)",
        "gtopdb:7": "galanin (mouse, rat)",
        "gtopdb:8": "rofecoxib",  # gtopdb:9 has no known target
    }
    assert drugs.index[drugs["approved"]].tolist() == ["gtopdb:1", "gtopdb:2", "gtopdb:8"]
    assert drugs.index[drugs["withdrawn"]].tolist() == ["gtopdb:8"]
    assert drugs.index[drugs["labelled"]].tolist() == ["gtopdb:5"]
    assert drugs.loc["gtopdb:1", "synonyms"] == "Remicade|TA-650"
    assert pd.isna(drugs.loc["gtopdb:2", "synonyms"])


def test_targets(tables: tuple[pd.DataFrame, pd.DataFrame]):
    columns = ["drug_id", "target", "gene", "sign", "action", "primary"]
    rows = list(tables[1][columns].itertuples(index=False, name=None))
    assert rows == [
        ("gtopdb:1", "TNF", "TNF", -1, "Antibody (Binding)", True),
        ("gtopdb:2", "IFNAR1|IFNAR2", "IFNAR1", 1, "Agonist", False),
        ("gtopdb:2", "IFNAR1|IFNAR2", "IFNAR2", 1, "Agonist", False),
        # the tracer's unknown direction gives way, its affinity counts
        ("gtopdb:3", "HTR2A", "HTR2A", -1, "Antagonist; Ligand (Binding)", True),
        ("gtopdb:5", "ADORA3", "ADORA3", 1, "Agonist (Full agonist)", False),
        ("gtopdb:6", "GALR1", "GALR1", 1, "Agonist (Full agonist)", False),
        ("gtopdb:7", "GALR1", "GALR1", 1, "Agonist (Full agonist)", False),
        # two rows contradict each other, found only once the old symbol is known as the new
        ("gtopdb:8", "PTGS2", "PTGS2", 0, "Activator (Activation); Inhibitor (Inhibition)", True),
    ]
    affinity = tables[1].drop_duplicates("drug_id").set_index("drug_id")["affinity"]
    assert affinity.drop("gtopdb:2").tolist() == [8.74, 9.0, 9.0, 9.0, 9.0, 5.8]
    assert pd.isna(affinity["gtopdb:2"])


@pytest.mark.parametrize(
    ("kind", "action", "sign"),
    [
        ("Inhibitor", "Inhibition", -1),
        ("Inhibitor", "Competitive", -1),
        ("Antagonist", "Mixed", -1),
        ("Agonist", "Partial agonist", 1),
        ("Agonist", "Biased agonist", 1),
        ("Agonist", "Inverse agonist", -1),
        ("Agonist", "Antagonist", 0),
        ("Antagonist", "Full agonist", 0),
        ("Activator", "Inhibition", 0),
        ("Allosteric modulator", "Positive", 1),
        ("Allosteric modulator", "Negative", -1),
        ("Allosteric modulator", "Neutral", 0),
        ("Antibody", "Binding", -1),
        ("Antibody", "Agonist", 1),
        ("Channel blocker", "None", -1),
        ("Gating inhibitor", "Slows inactivation", 1),
        ("None", "Binding", 0),
        ("None", "None", 0),
    ],
)
def test_the_direction_of_an_action(kind: str, action: str, sign: int):
    row = pd.DataFrame({"type": [kind], "action": [action]})
    assert signs(row, read_actions(ACTIONS), file=ACTIONS).tolist() == [sign]


def test_an_action_without_a_meaning_is_refused():
    row = pd.DataFrame({"type": ["Inhibitor"], "action": ["Degradation"]})
    with pytest.raises(InputError, match="no action 'Degradation'"):
        signs(row, read_actions(ACTIONS), file=ACTIONS)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("type\tAgonist\tup\t1\t", "up"),
        ("both\tAgonist\t1\t1\t", "both"),
        ("type\tAgonist\t1\t\t", "nothing"),
        ("type\tTwice\t1\t1\t\ntype\tTwice\t1\t1\t", "Twice"),
    ],
)
def test_faulty_actions_are_refused(tmp_path: Path, line: str, found: str):
    path = tmp_path / "actions.tsv"
    path.write_text(f"kind\tword\tsign\tweight\treason\n{line}\n")
    with pytest.raises(InputError) as error:
        read_actions(path)
    assert error.value.found == found


# --- the committed table -----------------------------------------------------------------


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    lines = GTOPDB.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    return pd.DataFrame(
        [line.split("\t") for line in lines[1:]], columns=lines[0].split("\t"), dtype=str
    )


@pytest.fixture(scope="module")
def real(
    tmp_path_factory: pytest.TempPathFactory, committed: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    genes = sorted(set("|".join(committed["genes"]).split("|")))
    folder = tmp_path_factory.mktemp("drugs")
    return build(folder, GTOPDB, {gene: gene for gene in genes})


def test_the_committed_table_is_what_the_guide_gives(tmp_path: Path, committed: pd.DataFrame):
    guide = [
        DATA / "drugs" / f"gtopdb_2020-5_{name}.csv.gz" for name in ("interactions", "ligands")
    ]
    if not all(path.is_file() for path in guide):
        pytest.skip(f"the Guide's tables are not in {DATA}: set TWINSCREEN_DATA")
    derive_gtopdb(*guide, output=tmp_path / "gtopdb.tsv")
    assert (tmp_path / "gtopdb.tsv").read_bytes() == GTOPDB.read_bytes()


def test_the_size_of_the_committed_table(committed: pd.DataFrame):
    assert GTOPDB.stat().st_size < 2 * 2**20
    assert len(committed) == 15887
    assert committed["ligand_id"].nunique() == 7685
    assert committed.loc[committed["approved"] == "1", "ligand_id"].nunique() == 1050
    assert committed.notna().all(axis=None)


def test_every_action_of_the_committed_table_has_a_meaning(committed: pd.DataFrame):
    actions = read_actions(ACTIONS)
    assert set(committed["type"]) <= set(actions.loc["type"].index)
    assert set(committed["action"]) <= set(actions.loc["action"].index)
    pairs = committed[["type", "action"]].drop_duplicates()
    assert set(signs(pairs, actions, file=ACTIONS)) == {-1, 0, 1}


def test_names_are_plain(real: tuple[pd.DataFrame, pd.DataFrame]):
    names = real[0]["name"]
    assert not names.str.contains("[<>&]").any()
    assert not real[0]["synonyms"].str.contains(r"</?[a-z]|&\w+;|®").any()
    assert names.is_unique


@pytest.mark.parametrize(
    ("drug", "target", "sign"),
    [
        ("infliximab", "TNF", -1),
        ("etanercept", "TNF", -1),
        ("tocilizumab", "IL6R|IL6ST", -1),
        ("anifrolumab", "IFNAR1", -1),
        ("ruxolitinib", "JAK1", -1),
        ("BMS-986165", "TYK2", -1),
        ("IFN-α2", "IFNAR1|IFNAR2", 1),
        ("salbutamol", "ADRB2", 1),
        ("diazepam", "GABRA1", 1),
        ("pimavanserin", "HTR2A", -1),
        ("utomilumab", "TNFRSF9", 1),
    ],
)
def test_what_is_known_of_drugs(
    real: tuple[pd.DataFrame, pd.DataFrame], drug: str, target: str, sign: int
):
    drugs, targets = real
    of_drug = targets[targets["drug_id"].isin(drugs.loc[drugs["name"] == drug, "drug_id"])]
    rows = of_drug[of_drug["target"] == target]
    assert rows["gene"].tolist() == target.split("|")
    assert set(rows["sign"]) == {sign}


def test_tocilizumab_has_one_target(real: tuple[pd.DataFrame, pd.DataFrame]):
    drugs, targets = real
    number = drugs.loc[drugs["name"] == "tocilizumab", "drug_id"].item()
    assert set(targets.loc[targets["drug_id"] == number, "target"]) == {"IL6R|IL6ST"}
