"""Statements that readers of the pages took for something else, each with what keeps it right.

Others of this sort stand beside what they are about: both p of a call and every name of a mechanism
in test_cohort_page.py, safety that was not checked in test_call.py, benefit in per cent in
test_similarity_and_trial.py, red cells and sex in test_whole_twin.py, long names and those that
turn the direction of text in test_browser.py.
"""

import numpy as np
import pytest
from page_reader import Page, section

from twinscreen.files.words.counting import plural
from twinscreen.report.patient.answer.call import TWO_QUESTIONS


def test_a_first_drug_with_a_negative_benefit_says_why_with_and_without_a_call(called):
    assert TWO_QUESTIONS not in Page(called.render()).text
    called.screen.obs.loc["D1", ["benefit", "benefit_low", "benefit_high"]] = [-0.06, -0.08, -0.04]
    assert TWO_QUESTIONS in Page(called.render()).text
    called.screen.uns["call"] |= {"called": False, "pvalue": 0.23}
    assert TWO_QUESTIONS in Page(called.render()).text


@pytest.mark.parametrize(("pvalue", "extrapolated"), [(0.0004, True), (0.1, False)])
def test_a_p_that_counting_cannot_show_is_called_extrapolated(called, pvalue, extrapolated):
    called.screen.uns["call"]["pvalue"] = pvalue  # of 14 null replicates, which count to 1/15
    text = Page(called.render()).text
    assert ("extrapolated from 14 null replicates" in text) is extrapolated
    assert ("counting them shows 0.067 at best, so it is extrapolated" in text) is extrapolated


def test_an_interval_that_does_not_hold_its_estimate_says_why(case):
    why = "since a replicate repeats some cells and lacks others"
    assert why not in Page(case.render()).text
    case.twin.obs[["lcc_size_low", "lcc_size_high"]] = [8.0, 9.0]
    page = Page(case.render())
    for begin, end, said in (
        ("deviates", "</table>", "(8 to 9; more than here"),
        ("module", "<figure>", "; 8 to 9 over bootstrap replicates, more than here"),
    ):
        assert f"{said}, {why}" in section(page.source, f'id="{begin}"', end)


def test_a_module_no_better_connected_than_random_genes_is_not_drawn(case):
    assert 'class="network"' in case.render().read_text(encoding="utf-8")
    case.twin.obs["lcc_p"] = np.where(case.twin.obs["scorable"], 0.2, np.nan)
    page = Page(case.render())
    assert 'class="network"' not in page.source
    assert "in no screened cell type are the deviating genes better connected" in page.text


def test_scores_by_cell_type_say_that_they_do_not_add_up(called):
    page = Page(called.render())
    assert "These figures do not add up to the score" in page.text
    assert "teal supports the drug there, brown speaks against it" in page.text
    scores = page.source[page.source.index('class="scores"') :]
    assert "rgba(11,90,107" in scores[: scores.index("</table>")]  # for, as in the evidence bars
    assert "rgba(33,113,181" not in page.source  # which elsewhere is a gene that is lower


def test_a_range_without_width_is_said_to_be_one(case):
    same = {"rank_low": 3.0, "rank_high": 3.0}
    case.screen.obs.loc["D3", list(same)] = list(same.values())
    drugs = section(case.render().read_text(encoding="utf-8"), 'id="drugs"', 'id="alldrugs"')
    assert "3 (3 in all replicates) old-steroid" in drugs


@pytest.mark.parametrize("page", ["case", "unscorable"])
def test_a_page_leads_to_the_cohort_and_to_its_own_files(request, page):
    of = request.getfixturevalue(page)
    names = {"--summary": "P1.json", "--network": "P1.graphml"}
    told = [part for flag, name in names.items() for part in (flag, of.folder / name)]
    path = of.render_files(
        "P1.html", "--cohort", "cohort.html", "--ranking", "../screens/P1.ranking.tsv", *told
    )
    links = Page(path).attributes("href")
    wanted = {"cohort.html#patient-P1", "../screens/P1.ranking.tsv", *names.values()}
    assert wanted <= set(links)
    assert all((of.folder / name).is_file() for name in names.values())


def test_a_state_that_is_a_patient_of_the_cohort_leads_to_the_patients_page(resembling):
    states = resembling.screen.uns["states"]
    states.loc[states.index[1], "origin"] = "cohort"
    link = f'<a href="{states["state"].iloc[1]}.html">'
    assert link not in resembling.render().read_text(encoding="utf-8")  # no pages beside it
    page = resembling.render_files("P1.html", "--cohort", "cohort.html")
    assert link in page.read_text(encoding="utf-8")


def test_one_thing_is_not_called_several(case):
    assert [plural(n, "cell") for n in (0, 1, 2, 2000)] == [
        "0 cells",
        "1 cell",
        "2 cells",
        "2,000 cells",
    ]
    assert plural(1, "diagnosis", "diagnoses") == "1 diagnosis"
    case.screen.obs = case.screen.obs.assign(n_targets=1, n_scored=0)
    case.twin.uns["samples"] = case.twin.uns["samples"].iloc[:1].assign(n_cells=1.0)
    text = Page(case.render()).text
    assert "1 sample, with 1 cell." in text
    assert "1 of its 1 target with a known action has no path" in text
