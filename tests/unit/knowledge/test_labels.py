"""Indications and contraindications of labels: derived, committed, and found in a drug table."""

import pandas as pd
import pytest
from derive.labels import derive_medic, derive_pharmacotherapydb, names_of

from small_tables import drug_table
from twinscreen.data import TABLES, WARNING_TABLES
from twinscreen.files import DRUG_WARNINGS, DRUGS, InputError, read_table, write_table
from twinscreen.knowledge.safety.warnings import build_warnings, read_plain_warnings

HEAD = (
    "final normalized drug id\tfinal normalized drug label\tfinal normalized disease id"
    "\tfinal normalized disease label"
)
INDICATIONS = f"""{HEAD}\tdrug|disease
CHEBI:66917\truxolitinib phosphate\tMONDO:0013730\tgraft versus host disease\tx
CHEBI:1\taspirin / omeprazole Oral Product\tMONDO:1\tulcer\tx
CHEBI:2\tartemether and lumefantrine\tMONDO:2\tmalaria\tx
"""
CONTRAINDICATIONS = f"""{HEAD}\tdisease contraindicated\tis_allergen\tis_diagnostic_agent
CHEBI:3\tTriamcinolone\tMONDO:0005108\tviral disease\tviral infections of the mouth\tFALSE\tFALSE
CHEBI:4\tMetolazone\tMONDO:0002476\tanuria\tAnuria\tFALSE\tFALSE
CHEBI:5\tApixaban\tMONDO:0000775\tdrug allergy\thypersensitivity reaction to apixaban\tFALSE\tFALSE
"""
JUDGED = """doid_id\tdrugbank_id\tdisease\tdrug\tcategory\tn_curators\tn_resources
DOID:10652\tDB00843\tAlzheimer's disease\tDonepezil\tDM\t2\t1
DOID:10652\tDB1\tAlzheimer's disease\tOne\tSYM\t2\t1
DOID:10652\tDB2\tAlzheimer's disease\tOther\tNOT\t2\t1
"""


@pytest.fixture
def lists(tmp_path):
    """Write the three lists, by name."""
    texts = {"for": INDICATIONS, "against": CONTRAINDICATIONS, "judged": JUDGED}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("Ruxolitinib", "Ruxolitinib"),
        ("cefotaxime sodium", "cefotaxime sodium|cefotaxime"),
        ("atorvastatin(1-)", "atorvastatin(1-)|atorvastatin"),
        ("(R)-Remdesivir", "(R)-Remdesivir|Remdesivir"),
        ("Amiodarone hydrochloride, >=98%", "|Amiodarone hydrochloride|Amiodarone"),
        ("Zoledronic acid trihydrate", "Zoledronic acid trihydrate|Zoledronic acid"),
        ("fluticasone Inhalant Product", "fluticasone Inhalant Product|fluticasone"),
        ("sodium", "sodium"),
    ],
)
def test_a_drug_is_named_without_salt_charge_and_product_too(label, names):
    assert names_of("CHEBI:1", label).endswith(names)
    assert names_of("CHEBI:1", label).startswith(f"CHEBI:1|{label}")


def test_medic_keeps_what_single_drugs_labels_say(lists):
    derive_medic(lists / "for", lists / "against", output=lists / "medic.tsv")
    table = read_plain_warnings(lists / "medic.tsv")
    viral, gvhd = "MONDO:0005108 viral disease", "MONDO:0013730 graft versus host disease"
    assert table.drop(columns="source").to_numpy().tolist() == [
        ["CHEBI:3|Triamcinolone", "contraindication", viral, "viral infections of the mouth"],
        ["CHEBI:4|Metolazone", "contraindication", "MONDO:0002476 anuria", ""],
        ["CHEBI:66917|ruxolitinib phosphate|ruxolitinib", "indication", gvhd, ""],
    ]
    assert {*table["source"]} == {"MeDIC 2025"}
    derive_medic(lists / "for", lists / "against", output=lists / "again.tsv.gz")
    pd.testing.assert_frame_equal(read_plain_warnings(lists / "again.tsv.gz"), table)


def test_pharmacotherapydb_keeps_what_was_judged_an_indication(lists):
    derive_pharmacotherapydb(lists / "judged", output=lists / "judged.tsv")
    table = read_plain_warnings(lists / "judged.tsv")
    assert table["drug"].tolist() == ["DB00843|Donepezil", "DB1|One"]
    assert table["detail"].tolist() == ["disease-modifying", "symptomatic"]
    (lists / "judged").write_text(JUDGED.replace("NOT", "MAYBE"), encoding="utf-8")
    with pytest.raises(InputError, match="expected: DM, SYM or NOT"):
        derive_pharmacotherapydb(lists / "judged", output=lists / "judged.tsv")


def test_the_committed_tables_are_what_their_sources_give(tmp_path, data_folder):
    drugs = data_folder / "drugs"
    both = [drugs / f"medic_{kind}_2025.tsv.gz" for kind in ("indications", "contraindications")]
    derive_medic(*both, output=tmp_path / "medic.tsv.gz")
    judged = drugs / "pharmacotherapydb_indications.tsv"
    derive_pharmacotherapydb(judged, output=tmp_path / "pharmacotherapydb.tsv")
    for name in WARNING_TABLES:
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes(), name


def test_the_first_name_that_the_drug_table_knows_counts(tmp_path):
    write_table(drug_table("ruxolitinib", "other"), tmp_path / "drugs", DRUGS)
    own = tmp_path / "own.tsv"
    own.write_text(
        "drug\tkind\tsubject\tdetail\tsource\n"
        "CHEBI:66917|ruxolitinib phosphate|Ruxolitinib|other\tindication\tvitiligo\t\tlabel\n"
        "unknown|nobody\tindication\tgout\t\tlabel\n",
        encoding="utf-8",
    )
    build_warnings([own], molecules=None, drugs=tmp_path / "drugs", output=tmp_path / "out")
    found = read_table(tmp_path / "out", DRUG_WARNINGS)
    assert found.to_numpy().tolist() == [["d:1", "indication", "vitiligo", "", "label"]]
