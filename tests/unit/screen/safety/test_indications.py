"""Known indications: matched as contraindications are, no concern, and off unless asked for."""

import json

import numpy as np
import pandas as pd
import pytest

from small_tables import SEIZURES, drug_table, findings
from twinscreen.data import SCHEMAS
from twinscreen.files import DRUG_WARNINGS, DRUGS, InputError, read_table, write_table
from twinscreen.knowledge.safety.warnings import build_warnings
from twinscreen.screen.layout import _add_outcome
from twinscreen.screen.safety.concerns import PENALTIES, assess
from twinscreen.screen.treatment.benefit import Treated
from twinscreen.screen.treatment.drug_effect import DrugEffect

NAMES = ["belimumab", "naproxen", "clobazam", "warfarin"]
DRUG_TABLE = drug_table(*NAMES)
FOUND = findings(
    ("phenotype", "HP:3", "Focal seizure"),
    ("disease", "MONDO:0007915", "systemic lupus erythematosus"),
    ("disease", "MONDO:8", "Gout", "absent"),
    ("disease", "MONDO:9", "Epilepsy", "suggested"),
    ("disease", "DOID:7", "DOID:7"),
    ("phenotype", "file", "not used", ""),
)
LUPUS = "systemic lupus erythematosus (MONDO:0007915)"
SEIZURE = "Focal seizure (HP:3)"


def judge(*rows, terms=SEIZURES, findings=FOUND, diseases=None):
    return assess(
        drugs=DRUG_TABLE,
        drug_table=DRUG_TABLE,
        findings=findings,
        warnings=pd.DataFrame(rows, columns=DRUG_WARNINGS.schema.names) if rows else None,
        interactions=None,
        pharmacogenomics=None,
        terms=terms,
        diseases=diseases,
        penalties=dict.fromkeys(PENALTIES, 0.5),
    )


def row(drug, subject, kind="indication"):
    return (drug, kind, subject, "", "label")


# --- what the patient has --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("MONDO:0007915", LUPUS),
        ("MONDO_0007915 SLE", LUPUS),
        ("Systemic  lupus erythematosus", LUPUS),
        ("HP:2", f"Seizure: {SEIZURE}"),  # a term above the patient's
        ("HP:22", f"Seizure: {SEIZURE}"),  # a former identifier of it
        ("seizure", f"seizure: {SEIZURE}"),  # its name
        ("DOID:7", "DOID:7"),  # a disease without a name
        ("MONDO:0000001", ""),
        ("gout", ""),  # said to be absent
        ("epilepsy", ""),  # not diagnosed
    ],
)
def test_indications_are_matched_as_contraindications_are(subject, told):
    assert judge(row("d:1", subject)).indications.own.tolist() == [told, "", "", ""]
    against = judge(row("d:1", subject, "contraindication")).concerns
    assert against["detail"].tolist() == (
        [f"the patient has {told.split(': ')[-1]}"] if told else []
    )


def test_what_rests_on_a_made_up_finding_is_marked():
    """`DOID:7` is made up; `DOID:77`, whose identifier begins alike, is not."""
    made_up = FOUND.assign(simulated=FOUND["id"] == "DOID:7")
    other = made_up.iloc[[-2]].assign(id="DOID:77", label="DOID:77", simulated=False)
    found = pd.concat([made_up, other])
    safety = judge(row("d:1", "DOID:7"), row("d:2", "DOID:77"), findings=found)
    assert safety.indications.own.tolist() == ["DOID:7", "DOID:77", "", ""]
    assert safety.indications.simulated.tolist() == [True, False, False, False]


def test_without_the_ontology_only_the_very_term_counts():
    for subject, told in (("HP:3", SEIZURE), ("HP:2", "")):
        assert judge(row("d:3", subject), terms=None).indications.own[2] == told


def test_several_diseases_are_joined_and_each_is_said_once():
    rows = [
        row("d:1", "MONDO:0007915"),
        row("d:1", "HP:1"),
        row("d:1", "systemic lupus erythematosus"),
    ]
    assert judge(*rows).indications.own[0] == f"{LUPUS}; Abnormality: {SEIZURE}"


def test_an_indication_is_no_concern():
    """The same table with and without its indications: nothing else differs."""
    against = [row("d:1", "HP:3", "contraindication"), row("d:2", "", "boxed_warning")]
    plain = judge(*against)
    safety = judge(*against, row("d:1", "MONDO:0007915"), row("d:4", "HP:3"))
    assert safety.indications.own.tolist() == [LUPUS, "", "", SEIZURE]
    assert plain.indications.own.tolist() == [""] * 4
    pd.testing.assert_frame_equal(safety.concerns, plain.concerns)
    assert safety.harm.tolist() == plain.harm.tolist() == [0.5, 0.5, 0, 0]
    assert (safety.known, safety.unknown) == (plain.known, plain.unknown)


def test_indications_alone_tell_nothing_of_contraindications():
    safety = judge(row("d:1", "MONDO:0007915"))
    assert not safety.known["contraindication"]
    assert "Contraindications are not known: no table has any." in safety.unknown


def test_without_tables_or_findings_no_drug_is_indicated():
    assert judge().indications.own.tolist() == [""] * 4
    assert judge(row("d:1", "HP:3"), findings=FOUND[:0]).indications.own.tolist() == [""] * 4


# --- what it moves ---------------------------------------------------------------------------


def outcome(prior, safety):
    """Give the columns of obs of four drugs, whose scores are 10, 9, 8.5 and, not ranked, none."""
    obs = DRUG_TABLE[["drug_id"]].assign(score=[10, 9, 8.5, np.nan], rank=[1, 2, 3, np.nan])
    benefit = np.array([0.2, 0.1, 0.1, 0.3])
    drug_effect = DrugEffect(beta=1.0, fitted="", n=0)
    parts, basis = benefit[:, None], np.array(["module"])
    treated = Treated(1 - benefit, benefit, benefit, benefit, parts, basis, drug_effect)
    _add_outcome(obs, treated, safety, np.where(safety.indications.own != "", prior, 0.0))
    return obs.set_index("drug_id")


def test_a_prior_of_nothing_leaves_the_adjusted_ranks_as_they_were():
    against = [row("d:1", "", "boxed_warning")]
    plain = outcome(0, judge(*against))
    with_indication = outcome(0, judge(*against, row("d:3", "HP:3")))
    assert plain["adjusted_rank"].tolist()[:3] == [3, 1, 2]  # 10 - 0.5 x 10 = 5, 9, 8.5
    assert with_indication["indicated"].tolist() == ["", "", SEIZURE, ""]
    told = ["indicated", "indications", "n_indications"]
    pd.testing.assert_frame_equal(with_indication.drop(columns=told), plain.drop(columns=told))


@pytest.mark.parametrize(
    ("prior", "ranks"),
    [
        (0.049, [1, 2, 3]),  # 8.5 + 0.49 = 8.99, below 9
        (0.05, [1, 2, 2]),  # 8.5 + 0.5 = 9
        (0.1, [1, 3, 2]),  # 9.5
        (0.15, [1, 3, 1]),  # 10: exactly the best
        (0.16, [2, 3, 1]),
    ],
)
def test_the_prior_moves_an_indicated_drug_by_its_share_of_the_best_score(prior, ranks):
    found = outcome(prior, judge(row("d:3", "HP:3"), row("d:4", "HP:3")))
    assert found["adjusted_rank"].tolist()[:3] == ranks
    assert np.isnan(found["adjusted_rank"].iloc[3])  # indicated, but not ranked


def test_the_prior_moves_the_adjusted_rank_and_nothing_else():
    safety = judge(row("d:3", "HP:3"), row("d:1", "", "boxed_warning"))
    off, on = outcome(0, safety), outcome(1, safety)
    assert on["adjusted_rank"].tolist()[:3] == [3, 2, 1]
    pd.testing.assert_frame_equal(
        on.drop(columns="adjusted_rank"), off.drop(columns="adjusted_rank")
    )


# --- table and configuration -----------------------------------------------------------------


def test_a_plain_table_of_indications(tmp_path):
    write_table(DRUG_TABLE, tmp_path / "drugs", DRUGS)
    head = "drug\tkind\tsubject\tdetail\tsource\n"
    own = tmp_path / "own.tsv"
    own.write_text(f"{head}Belimumab\tindication\tMONDO:0007915\tactive\t\n", encoding="utf-8")
    build_warnings([own], molecules=None, drugs=tmp_path / "drugs", output=tmp_path / "out")
    assert read_table(tmp_path / "out", DRUG_WARNINGS).to_numpy().tolist() == [
        ["d:1", "indication", "MONDO:0007915", "active", "own.tsv"]
    ]
    own.write_text(f"{head}Belimumab\tindication\t\tactive\t\n", encoding="utf-8")
    with pytest.raises(InputError, match="the disease that the drug is indicated for"):
        build_warnings([own], molecules=None, drugs=tmp_path / "drugs", output=tmp_path / "out")


def test_the_prior_is_off_by_default():
    path = SCHEMAS / "config.schema.json"
    safety = json.loads(path.read_text(encoding="utf-8"))["properties"]["safety"]["properties"]
    prior = safety["indication_prior"]
    assert (prior["default"], prior["minimum"], prior["maximum"]) == (0, 0, 1)
