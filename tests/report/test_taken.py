"""What the page says of the drugs that the patient takes already."""

import pandas as pd
import pytest
from page_reader import Page, section


@pytest.fixture
def said(called):
    """Give what the page says against its first drug, to a patient with this medication."""

    def of(*medication, status="present"):
        row = dict.fromkeys(("detail", "genotype", "reference", "remedy"), "")
        row |= {"kind": "medication", "status": status, "used": False, "simulated": False}
        rows = [row | {"id": name, "label": name} for name in medication]
        called.twin.uns["findings"] = pd.DataFrame(rows)
        called.screen.obs["synonyms"] = ["Jakavi", *[""] * (len(called.screen.obs) - 1)]
        return Page(called.render()).text

    return of


@pytest.mark.parametrize("name", ["RUXOLITINIB", "Jakavi 5 mg", "Ruxolitinib phosphate"])
def test_a_patient_who_takes_the_first_drug_is_told_by_any_of_its_names(said, name):
    assert f"The patient takes ruxolitinib already ({name})" in said(name)


def test_a_drug_is_not_named_twice(said):
    assert "The patient takes ruxolitinib already: in a sample" in said("ruxolitinib")


def test_a_drug_with_the_same_targets_is_named(said):
    text = said("baricitinib 4 mg")
    assert "The patient takes baricitinib already (baricitinib 4 mg)" in text
    assert "takes ruxolitinib already" not in text


def test_a_name_that_means_no_drug_is_told(said):
    text = said("Panacea", "Jakavi")
    assert "Of what the patient takes, Panacea could not be matched to a drug" in text


def test_what_is_taken_stands_among_the_findings(called, said):
    said("Jakavi 5 mg")
    source = called.render().read_text(encoding="utf-8")
    goes_back = section(source, 'id="origin"', 'id="pathways"')
    assert "Medication : Jakavi 5 mg" in goes_back
    assert "1 drug taken" in goes_back


def test_a_drug_that_is_not_taken_says_nothing(said):
    assert "takes ruxolitinib already" not in said("Jakavi", status="excluded")
