"""One drug of all that sources and a user's own tables say of it."""

from pathlib import Path

import pandas as pd
import pytest

from small_tables import write_gene_names
from twinscreen.data import TABLES
from twinscreen.files import DRUG_TARGETS, DRUGS, InputError, read_table
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.drugs import DrugFiles, OwnDrugs, build_drugs, listed_drugs
from twinscreen.knowledge.drugs.diagnostics import COLUMNS as DIAGNOSTICS
from twinscreen.knowledge.drugs.diagnostics import read_diagnostics
from twinscreen.knowledge.drugs.drugcentral import COLUMNS as MECHANISMS
from twinscreen.knowledge.drugs.gtopdb import COLUMNS as LIGANDS
from twinscreen.knowledge.drugs.identifiers import COLUMNS as IDENTIFIERS

GENES = ["NR3C1", "JAK1", "JAK2", "ESR1", "DRD2", "SCN4A", "TYK2", "SLC6A3"]
# ligand_id, name, kind, approved, withdrawn, labelled, synonyms, genes, type, action, primary, p
GUIDE = [
    "1\tcortisol\tMetabolite\t1\t0\t0\thydrocortisone\tNR3C1\tAgonist\tFull agonist\t1\t8.0",
    "2\truxolitinib\tSynthetic organic\t1\t0\t0\t\tJAK1\tInhibitor\tInhibition\t1\t9.0",
    "3\ttamoxifen\tSynthetic organic\t1\t0\t0\t\tESR1\tAntagonist\tAntagonist\t1\t",
    "4\tABC-123\tSynthetic organic\t0\t0\t0\tabcitinib\tTYK2\tInhibitor\tInhibition\t1\t",
    "5\tgone\tSynthetic organic\t1\t1\t0\t\tDRD2\tAntagonist\tAntagonist\t1\t",
]
# struct_id, name, chembl, genes, action, told_by, affinity
CENTRAL = [
    "11\thydrocortisone\tC11\tNR3C1\tAgonist\tCHEMBL\t7.0",
    "12\tRuxolitinib phosphate\tC12\tJAK2\tInhibitor\tCHEMBL\t",
    "13\ttamoxifen\tC13\tESR1\tAgonist\tCHEMBL\t",
    "14\tlevobupivacaine\tC14\tSCN4A\tBlocker\tCHEMBL\t",
    "15\tamphetamine sulphate\t\tSLC6A3\tReleasing agent\tCHEMBL\t",
    "16\thydrocortisone acetate\tC16\tNR3C1\tAgonist\tCHEMBL\t",
]
# drug_id, synonyms, drugbank, chembl, chebi
ELSEWHERE = [
    "gtopdb:2\tJakafi\tDB08877\tC12\tCHEBI:66919",
    "drugcentral:14\tChirocaine\tDB01002\t\t",
]
APPROVALS = ["abcitinib\tFDA\t2022-09-09\tNDA 1", "cortisol\tEMA\t2025\t"]
# drug, use, serves, reference
TREATS_NOTHING = ["Levobupivacaine\tdiagnostic agent\tmade up\t", "unknown\tallergen\t\t"]


def library(folder: Path) -> DrugFiles:
    tables = {
        "gtopdb": (LIGANDS, GUIDE),
        "drugcentral": (MECHANISMS, CENTRAL),
        "identifiers": (IDENTIFIERS, ELSEWHERE),
        "approvals": (["drug", "agency", "date", "reference"], APPROVALS),
        "diagnostics": (DIAGNOSTICS, TREATS_NOTHING),
    }
    for name, (columns, lines) in tables.items():
        text = "\n".join(["\t".join(columns), *lines]) + "\n"
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return DrugFiles(
        **{name: folder / f"{name}.tsv" for name in tables}, actions=TABLES / "actions.tsv"
    )


def built(folder: Path, **own: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build both tables; drugs by name, targets by name of the drug and target."""
    names, drugs, targets = (folder / name for name in ("n.parquet", "d.parquet", "t.parquet"))
    write_gene_names(names, {gene: gene for gene in GENES} | {"JTK10": "JAK2"})
    build_drugs(library(folder), OwnDrugs(**own), names=names, drugs=drugs, targets=targets)
    every = read_table(drugs, DRUGS)
    rows = read_table(targets, DRUG_TARGETS)
    rows["drug"] = rows["drug_id"].map(every.set_index("drug_id")["name"])
    pairs = rows.drop_duplicates(["drug", "target"])
    return every.set_index("name"), pairs.set_index(["drug", "target"]).sort_index()


def test_a_drug_of_both_sources_is_one(tmp_path: Path):
    drugs, targets = built(tmp_path)
    assert drugs["drug_id"].to_dict() == {
        "cortisol": "gtopdb:1",
        "ruxolitinib": "gtopdb:2",  # with its phosphate, by what both are called in ChEMBL
        "tamoxifen": "gtopdb:3",
        "abcitinib": "gtopdb:4",
        "gone": "gtopdb:5",
        "levobupivacaine": "drugcentral:14",
        "amphetamine sulphate": "drugcentral:15",
        "hydrocortisone acetate": "drugcentral:16",  # an ester with a name of its own
    }
    both = "Guide to PHARMACOLOGY|DrugCentral"
    assert drugs.loc["cortisol", "sources"] == both
    assert targets.loc[("cortisol", "NR3C1"), "sources"] == both
    assert targets.loc[("cortisol", "NR3C1"), "affinity"] == 7.5
    assert targets.loc["ruxolitinib"]["sources"].to_dict() == {
        "JAK1": "Guide to PHARMACOLOGY",
        "JAK2": "DrugCentral",
    }


def test_names_and_identifiers_are_those_of_all_sources(tmp_path: Path):
    drugs, _ = built(tmp_path)
    assert drugs.loc["cortisol", ["synonyms", "chembl"]].tolist() == ["hydrocortisone", "C11"]
    assert drugs.loc["ruxolitinib", "drugbank"] == "DB08877"
    assert drugs.loc["ruxolitinib", "chebi"] == "CHEBI:66919"
    assert drugs.loc["ruxolitinib", "synonyms"] == "Ruxolitinib phosphate|Jakafi"
    assert drugs.loc["levobupivacaine", "synonyms"] == "Chirocaine"
    assert pd.isna(drugs.loc["gone", "drugbank"])


def test_sources_that_contradict_each_other_give_no_sign(tmp_path: Path):
    _, targets = built(tmp_path)
    row = targets.loc[("tamoxifen", "ESR1")]
    assert (row["sign"], row["conflict"], row["action"]) == (0, True, "Agonist; Antagonist")
    unknown = targets.loc[("amphetamine sulphate", "SLC6A3")]
    assert (unknown["sign"], unknown["conflict"]) == (0, False)


def test_approvals_say_by_whom_and_when(tmp_path: Path):
    drugs, _ = built(tmp_path)
    assert drugs["approval"].fillna("").to_dict() == {
        "cortisol": "Guide to PHARMACOLOGY 2020.5|DrugCentral 2019|EMA 2025",
        "ruxolitinib": "Guide to PHARMACOLOGY 2020.5|DrugCentral 2019",
        "tamoxifen": "Guide to PHARMACOLOGY 2020.5|DrugCentral 2019",
        "abcitinib": "FDA 2022-09-09",  # was called ABC-123 until then
        "gone": "Guide to PHARMACOLOGY 2020.5",
        "levobupivacaine": "DrugCentral 2019",
        "amphetamine sulphate": "DrugCentral 2019",
        "hydrocortisone acetate": "DrugCentral 2019",
    }
    assert drugs["approved"].all()
    assert drugs.index[drugs["withdrawn"]].tolist() == ["gone"]
    assert "ABC-123" in drugs.loc["abcitinib", "synonyms"]


# --- tables of a user's own ----------------------------------------------------------------

OWN = """drug\ttarget\taction\tapproved\tsynonyms\tdrugbank
ruxolitinib phosphate\tJTK10\tagonist\tyes\t\t
XY-1\tJAK1|TYK2\tINHIBITOR\tno\tnew one|new 1\tDB99
XY-1\tDRD2\tunknown\tno\t\t
tamoxifen\tESR1\tantagonist\tno\t\t
"""


def own_table(folder: Path, text: str = OWN, name: str = "mine.tsv") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_own_drugs_add_to_the_library(tmp_path: Path):
    drugs, targets = built(tmp_path, drugs=own_table(tmp_path))
    assert len(drugs) == 9
    assert drugs.loc["XY-1", ["drug_id", "drugbank", "synonyms"]].tolist() == [
        *("own:xy-1", "DB99", "new one|new 1"),
    ]
    assert not drugs.loc["XY-1", "approved"]
    assert targets.loc["XY-1"]["sign"].to_dict() == {"DRD2": 0, "JAK1|TYK2": -1}
    # the user's word goes before the library's: on a drug and target, and on an approval
    assert targets.loc[("ruxolitinib", "JAK2"), "sign"] == 1
    assert targets.loc[("ruxolitinib", "JAK2"), "sources"] == "mine.tsv"
    assert targets.loc[("ruxolitinib", "JAK1"), "sign"] == -1
    assert targets.loc[("tamoxifen", "ESR1"), "sign"] == -1
    assert not drugs.loc["tamoxifen", "approved"]
    assert drugs.loc["ruxolitinib", "approval"].split("|")[-1] == "mine.tsv"


def test_what_treats_nothing_is_known_by_a_table_and_by_its_atc_codes(tmp_path: Path):
    text = (
        "drug\ttarget\taction\tapproved\tatc\n"
        "tracer\tDRD2\tagonist\tyes\tV09AX01\n"
        "pollen\tJAK1\tagonist\tyes\tV01AA05|v01aa02\n"
        "test and treatment\tJAK2\tagonist\tyes\tV04CM01|H01CA01\n"
    )
    use = built(tmp_path, drugs=own_table(tmp_path, text))[0]["use"].dropna()
    assert use.to_dict() == {
        "levobupivacaine": "diagnostic agent",
        "tracer": "diagnostic agent",
        "pollen": "allergen",
    }


def test_own_drugs_may_all_be_new(tmp_path: Path):
    text = "drug\ttarget\taction\tapproved\nXY-2\tJAK1\tinhibitor\tyes\n"
    drugs, _ = built(tmp_path, drugs=own_table(tmp_path, text))
    assert len(drugs) == 9
    assert drugs.loc["XY-2", ["drug_id", "approval"]].tolist() == ["own:xy-2", "mine.tsv"]


def test_own_drugs_replace_the_library(tmp_path: Path):
    drugs, targets = built(tmp_path, drugs=own_table(tmp_path), mode="replace")
    assert sorted(drugs.index) == ["XY-1", "ruxolitinib", "tamoxifen"]
    assert targets.loc["ruxolitinib"]["sign"].to_dict() == {"JAK2": 1}
    assert drugs.loc["ruxolitinib", "drugbank"] == "DB08877"


def test_own_approvals_add_to_those_known(tmp_path: Path):
    text = "drug\tagency\tdate\nJakafi\tEMA\t2012-08\nABC-123\tPMDA\t2023\n"
    drugs, _ = built(tmp_path, approvals=own_table(tmp_path, text, "new.tsv"))
    assert drugs.loc["ruxolitinib", "approval"].endswith("|EMA 2012-08 (new.tsv)")
    assert drugs.loc["abcitinib", "approval"] == "FDA 2022-09-09|PMDA 2023 (new.tsv)"


@pytest.mark.parametrize(
    ("line", "place", "found"),
    [
        ("a\tJAK1\tinhibits\tyes", "line 3, column action", "'inhibits'"),
        ("a\tJAK99\tinhibitor\tyes", "line 3, column target", "'JAK99', which means no human gene"),
        ("a\tJAK1|JAK99\tinhibitor\tyes", "line 3, column target", "'JAK99'"),
        ("a\tJAK1\tinhibitor\tperhaps", "line 3, column approved", "'perhaps'"),
        ("b\tJAK2\tinhibitor\tno", "line 3, column approved", "b as approved in one line"),
        ("B\tJAK1\tagonist\tyes", "line 3", "B on JAK1 a second time"),
        ("a\t\tinhibitor\tyes", "line 3, column target", "nothing"),
    ],
)
def test_a_faulty_line_of_own_drugs_is_said(tmp_path: Path, line: str, place: str, found: str):
    text = f"drug\ttarget\taction\tapproved\nb\tJAK1\tinhibitor\tyes\n{line}\n"
    with pytest.raises(InputError) as raised:
        built(tmp_path, drugs=own_table(tmp_path, text))
    assert raised.value.place == place
    assert found in raised.value.found
    assert str(raised.value.file).endswith("mine.tsv")


@pytest.mark.parametrize(
    ("line", "place", "found"),
    [
        ("ruxolitinib\tFDA\tsoon", "line 2, column date", "'soon'"),
        ("ruxolitinib\tFDA\t", "line 2, column date", "nothing"),
        ("ruxolitinab\tFDA\t2011", "line 2, column drug", "'ruxolitinab', which is no drug"),
    ],
)
def test_a_faulty_line_of_approvals_is_said(tmp_path: Path, line: str, place: str, found: str):
    path = own_table(tmp_path, f"drug\tagency\tdate\n{line}\n", "new.tsv")
    with pytest.raises(InputError) as raised:
        listed_drugs(library(tmp_path), OwnDrugs(approvals=path))
    assert raised.value.place == place
    assert found in raised.value.found


# --- the committed tables ------------------------------------------------------------------


@pytest.fixture(scope="module")
def names() -> tuple[DrugNames, dict[str, str]]:
    drugs = listed_drugs(DrugFiles.of(TABLES))
    return DrugNames(drugs), dict(zip(drugs["drug_id"], drugs["name"], strict=True))


def test_each_drug_that_treats_nothing_is_in_the_library():
    drugs = listed_drugs(DrugFiles.of(TABLES))
    table = read_diagnostics(TABLES / "diagnostics.tsv")
    known = drugs[drugs["use"] != ""]
    assert {*known["name"]} == {*table["drug"]}
    assert known["approved"].all()


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ("Ciclosporin", "cyclosporin A"),
        ("hydrocortisone", "cortisol"),
        ("IFN-alpha2", "IFN-α2"),
        ("BMS-986165", "deucravacitinib"),
        ("tofacitinib citrate", "tofacitinib"),
        ("CHEBI:66919", "ruxolitinib"),
        ("DB08877", "ruxolitinib"),
        ("CHEMBL1789941", "ruxolitinib"),
        ("acetaminophen", "paracetamol"),
        ("metformin hydrochloride", "metformin"),
    ],
)
def test_drugs_by_their_usual_names(names, asked: str, called: str):
    known, by_id = names
    assert [by_id[id_] for id_ in known.ids(asked)] == [called]
