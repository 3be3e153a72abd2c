"""The answer in a hundred words, drugs of one mechanism by use, and their triage."""

import pandas as pd
import pytest
from page_reader import Page, answer, section

from twinscreen.files.contracts.screen_tables import CONCERNS
from twinscreen.report.patient.safety.indications import indications
from twinscreen.report.patient.safety.section import safety
from twinscreen.report.patient.safety.triage import LEGEND, Triage, Triaged, triage

CHECKS = ["contraindication", "boxed_warning", "interaction", "pharmacogenomic"]


def triaged(case, *, called=True, present=True):
    known = safety(case.screen, case.first)
    return {drug.name: triage(drug, called=called, present=present) for drug in known.drugs}


@pytest.mark.parametrize("kind", ["called", "uncalled"])
def test_the_answer_has_at_most_a_hundred_words(warned, request, kind):
    case = request.getfixturevalue(kind)
    case.screen.obs["indications"] = "rheumatoid arthritis; psoriasis"
    case.screen.obs["n_indications"] = 5
    case.screen.uns["spread"]["patient"] = 1.5  # more than null replicates
    said = answer(Page(case.render())).removeprefix('id="answer">')
    assert 40 < len(said.split()) <= 100


def test_drugs_of_a_mechanism_stand_in_the_order_of_their_use(called):
    obs = called.screen.obs
    assert [drug.name for drug in safety(called.screen, called.first).drugs] == [
        "ruxolitinib",
        "baricitinib",
    ]
    obs.loc["D2", ["indications", "n_indications"]] = ["rheumatoid arthritis; alopecia", 2]
    said = answer(Page(called.render()))
    assert "Baricitinib (approved, for rheumatoid arthritis and 1 more) ranks first" in said
    assert "tied with ruxolitinib" in said
    obs.loc["D2", "approved"] = False
    said = answer(Page(called.render()))
    assert "Ruxolitinib (approved) ranks first of 4 drugs, tied with baricitinib." in said
    obs.loc["D2", "indicated"] = "lupus (MONDO:1)"  # what the patient has comes before approval
    known = safety(called.screen, called.first)
    assert indications(called.screen).by_use(known.drugs)[0].name == "baricitinib"


def test_a_drug_is_first_where_all_was_checked_and_nothing_found(called):
    called.screen.obs[CHECKS] = "none found"
    assert triaged(called)["ruxolitinib"].word is Triage.FIRST
    called.screen.obs.loc["D2", "approved"] = False
    assert triaged(called)["baricitinib"] == Triaged(Triage.CAUTION, "not approved")


def test_what_was_not_checked_or_speaks_against_a_drug_asks_for_caution(warned):
    found = triaged(warned)
    assert found["ruxolitinib"].word is found["baricitinib"].word is Triage.CAUTION
    assert found["ruxolitinib"].why == "boxed warning, interaction and not all was checked"
    assert found["baricitinib"].why == "not all was checked"


def test_what_excludes_a_drug_is_named(called):
    called.screen.obs.loc["D2", "withdrawn"] = True
    row = ("D1", "contraindication", "pregnancy", "", "", 0.5, "MeDIC 2025", False)
    called.screen.uns["concerns"] = pd.DataFrame([row], columns=CONCERNS.names)
    found = triaged(called)
    assert (found["ruxolitinib"].word, found["ruxolitinib"].why) == ("not", "contraindication")
    assert (found["baricitinib"].word, found["baricitinib"].why) == ("not", "withdrawn")
    absent = triaged(called, called=False, present=False)["baricitinib"].why
    assert absent == "no call, its targets are absent from the patient's cells and withdrawn"


def test_without_a_call_the_triage_of_every_drug_is_not(uncalled):
    told = section(Page(uncalled.render()).source, 'id="safety"', 'id="drugs"')
    assert told.count("Not : no call") == 2
    for word, meaning in LEGEND.items():
        assert f"{word[:1].upper()}{word[1:]}: {meaning}." in told.replace("&#39;", "'")
