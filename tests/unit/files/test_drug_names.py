"""Drugs by their names, whoever spells them."""

import pandas as pd
import pytest

from twinscreen.files.drug_names import DrugNames, sound

TABLE = pd.DataFrame(
    [
        ("g:1", "amphetamine", True, False, "", ""),
        ("g:2", "IFN-α2", True, False, "interferon alpha-2", ""),
        ("g:3", "(+)-propranolol", False, False, "propranolol", ""),
        ("g:4", "propranolol", True, False, "", ""),
        ("g:5", "ruxolitinib", True, False, "INCB018424", "DB08877"),
        ("g:6", "[3H]ruxolitinib", False, True, "hot", ""),
        ("g:7", "one", False, False, "shared|BMS-1 (proposed INN)", ""),
        ("g:8", "two", True, False, "shared", "DB1|DB2"),
        ("g:9", "cortisol", True, False, "hydrocortisone", ""),
        ("g:10", "hydrocortisone acetate", True, False, "", ""),
    ],
    columns=["drug_id", "name", "approved", "labelled", "synonyms", "drugbank"],
).assign(atc=[*("N06BA01|N06BC99", "", "", "C07AA05", "L01EJ01"), "", "", "", *("H02AB09",) * 2])
NAMES = DrugNames(TABLE)


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("Amphetamine", "g:1"),
        ("amfetamine", "g:1"),
        ("Amphetamine sulfate", "g:1"),
        ("IFN-alpha2", "g:2"),
        ("interferon alfa-2", "g:2"),
        ("Interferon  alpha 2", "g:2"),
        ("propranolol", "g:4"),
        ("propranolol hydrochloride", "g:4"),
        ("(+)-Propranolol", "g:3"),
        ("ruxolitinib phosphate", "g:5"),
        ("incb018424", "g:5"),
        ("DB08877", "g:5"),
        ("db2", "g:8"),
        ("bms-1", "g:7"),
        ("G:5", "g:5"),
        ("l01ej01", "g:5"),
        ("N06BC99", "g:1"),
        ("shared", "g:8"),  # of two the approved one
        ("Hydrocortisone", "g:9"),
        ("hydrocortisone acetate", "g:10"),
    ],
)
def test_a_drug_is_found_by_any_of_its_names(name: str, drug: str):
    assert NAMES.ids(name) == [drug]


@pytest.mark.parametrize("name", ["[3H]ruxolitinib", "hot", "unheard of", "", "sulfate", "H02AB09"])
def test_other_names_mean_no_drug(name: str):
    assert NAMES.ids(name) == []


def test_an_ester_is_no_drug_of_another_name_where_that_is_asked():
    strict = DrugNames(TABLE, esters=False)
    assert strict.ids("ruxolitinib phosphate") == []
    assert strict.ids("amphetamine sulfate") == ["g:1"]


def test_names_that_two_drugs_share_mean_both():
    twice = TABLE.assign(name=TABLE["name"].replace("two", "one"))
    assert DrugNames(twice).ids("One") == ["g:7", "g:8"]


def test_how_names_sound():
    assert sound("Cephalexin monohydrate") == sound("cefalexin")
    assert sound("Oestradiol") == sound("estradiol")
    assert sound("beclomethasone") == sound("beclometasone")
    assert sound("(-)-adrenaline") != sound("(+)-adrenaline")
    assert sound("sodium") == "sodium"
