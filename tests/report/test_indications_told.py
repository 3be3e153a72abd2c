"""What the page of a patient says of known indications: plainly prior knowledge, or nothing."""

import pytest
from page_reader import Page, section

LUPUS = "systemic lupus erythematosus (MONDO:0007915)"


@pytest.fixture
def indicated(called):
    """Ruxolitinib is indicated for what the patient has; the prior is off."""
    called.screen.obs.loc["D1", "indicated"] = LUPUS
    called.screen.uns["settings"]["indication_prior"] = 0.0
    return called


def parts(case):
    """Give the page's text of safety and of the first drugs."""
    source = Page(case.render()).source
    return section(source, 'id="safety"', 'id="drugs"'), section(source, 'id="drugs"', 'id="pairs"')


def test_without_indications_the_page_says_nothing_of_them(called):
    assert " indicat" not in Page(called.render()).text.lower()


def test_the_page_says_what_a_drug_is_indicated_for_and_that_the_prior_is_off(indicated):
    safety, drugs = parts(indicated)
    assert (
        "Known indications are prior knowledge from tables, not evidence from this"
        f" patient's data. Ruxolitinib is indicated for {LUPUS}, which the patient has. The prior"
        " is off: no rank counts them." in safety
    )
    assert f"indicated for {LUPUS}" in drugs
    assert "prior" not in drugs


def test_the_page_says_what_each_first_drug_is_indicated_for(indicated):
    obs = indicated.screen.obs
    obs.loc["D1", ["indications", "n_indications"]] = ["lupus; asthma; gout", 12]
    obs.loc["D3", ["indications", "n_indications"]] = ["asthma", 1]
    safety, drugs = parts(indicated)
    assert "ruxolitinib Indicated for lupus, asthma, gout and 9 more" in safety
    assert "baricitinib What it is indicated for: not in the tables" in safety
    assert f"the patient's disease indicated for {LUPUS} Indicated for lupus, asthma" in drugs
    assert "Indicated for asthma" in drugs


def test_the_table_of_all_drugs_takes_nothing_that_was_not_checked_for_none(indicated):
    obs = indicated.screen.obs
    obs.loc["D3", ["indications", "n_indications"]] = ["asthma; gout", 2]
    obs.loc["D3", "contraindication"] = "none found"
    said = section(Page(indicated.render()).source, 'id="alldrugs"', "</details>")
    assert f"{LUPUS} not assessed" in said
    assert "asthma, gout none found where checked" in said


def test_the_page_says_by_how_much_the_prior_moves_the_adjusted_rank(indicated):
    indicated.screen.uns["settings"]["indication_prior"] = 0.1
    safety, drugs = parts(indicated)
    assert (
        "The prior adds 10 % of the best score to the score of an indicated drug, in the" in safety
    )
    assert "score, rank, p, call and benefit do not count it" in safety
    assert "with the prior of its indication 1" in drugs
    indicated.screen.obs.loc["D1", "harm"] = 0.3
    assert "with concerns and the prior of its indication 1" in parts(indicated)[1]


def test_drugs_with_the_same_targets_are_named_by_what_they_are_indicated_for(indicated):
    indicated.screen.obs.loc["D2", "indicated"] = LUPUS
    safety, drugs = parts(indicated)
    assert f"Ruxolitinib and baricitinib are indicated for {LUPUS}, which" in safety
    assert "of those with the same targets, baricitinib is indicated for what the patient" in drugs


def test_a_drug_is_known_by_its_id_whatever_its_name(indicated):
    indicated.screen.obs.loc["D2", ["name", "indicated"]] = ["baricitinib (approved)", LUPUS]
    assert "with the same targets, baricitinib (approved) is indicated for" in parts(indicated)[1]


def test_other_drugs_that_are_indicated_are_counted(indicated):
    indicated.screen.obs.loc[["D1", "D3"], "indicated"] = ["", LUPUS]
    assert (
        "None of these drugs is indicated for what the patient has, according to the tables; 1"
        " other drug tried is." in parts(indicated)[0]
    )


def test_what_rests_on_a_made_up_finding_is_marked(indicated):
    indicated.screen.obs.loc["D1", "indicated_simulated"] = True
    for text in parts(indicated):
        assert f"indicated for {LUPUS} simulated" in text


def test_popularity_is_named_where_its_prior_is_on_and_nowhere_else(called):
    called.screen.obs["popularity"] = 0.0
    called.screen.obs.loc["D1", "popularity"] = 0.6
    assert "popularity" not in Page(called.render()).text.lower()
    called.screen.uns["settings"]["popularity_prior"] = 0.5
    safety, drugs = parts(called)
    assert "Popularity is prior knowledge, not evidence from this patient's data" in safety
    assert (
        "adds 50 % of the best score to the score of the most popular drug, and 30 % to that of"
        " ruxolitinib, in the adjusted rank alone" in safety
    )
    assert "with the prior of its popularity 1" in drugs
    assert drugs.count("the prior of its popularity") == 1
