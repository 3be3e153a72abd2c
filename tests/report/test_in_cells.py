"""What the page says of where targets are found, and of drugs that are not called for that."""

import pandas as pd
import pytest
from page_reader import Page, answer

from twinscreen.report.patient.answer.call import TWO_QUESTIONS


def seen(*rows):
    """Rows of the table `presence`: gene, cell type, cells, share of them, found."""
    table = pd.DataFrame(rows, columns=["gene", "compartment", "n_cells", "detected", "found"])
    return table.assign(compartment=table["compartment"] + "|blood|day 3", level=1.0)


@pytest.fixture
def found(called):
    """JAK2 is in a third of the monocytes and in few T cells, JAK1 in none."""
    called.screen.uns["presence"] = seen(
        ("JAK2", "CD14 monocytes", 400, 0.34, True),
        ("JAK2", "CD4 T cells", 900, 0.12, True),
        ("JAK1", "CD14 monocytes", 400, 0.0, False),
        ("JAK1", "CD4 T cells", 900, 1 / 900, False),
    )
    called.screen.obs["presence"] = "found"
    return called


def test_the_drug_says_in_which_cell_types_its_targets_are_found(found):
    page = Page(found.render())
    assert found.first.where(found.first.targets[1]) == (
        "34 % of CD14 monocytes and 12 % of CD4 T cells"
    )
    assert "JAK2 found in 34 % of CD14 monocytes and 12 % of CD4 T cells" in page.text
    assert "found in no screened cell type: JAK1 in 1 of 1,300 cells" in page.text


def test_what_is_absent_is_shown_with_the_reason_and_the_next_drug_is_called(found):
    found.screen.obs.loc[["D1", "D2"], "presence"] = "absent"
    found.screen.uns["presence"] = seen(
        ("JAK1", "CD14 monocytes", 400, 0.0, False), ("JAK2", "CD14 monocytes", 400, 0.0, False)
    )
    found.screen.uns["call"] |= {"mechanism": "D3", "n_absent": 1}
    page = Page(found.render())
    assert answer(page).startswith('id="answer">Call: NR3C1 activator Old-steroid (withdrawn)')
    assert "ranks first of 4 drugs but for 1 mechanism whose targets none of the" in answer(page)
    reason = (
        "None of its targets is found in any screened cell type (JAK1 in 0 of 400 cells and JAK2"
        " in 0 of 400 cells), so it is not called."
    )
    assert reason in page.text
    assert "target absent" in page.text


def test_what_comes_from_elsewhere_may_be_called_and_says_so(found):
    found.screen.obs.loc[["D1", "D2"], "presence"] = "circulating"
    page = Page(found.render())
    assert answer(page).startswith('id="answer">Call: JAK1/2 inhibitor Ruxolitinib (approved)')
    assert "other cells release it, and it may reach these" in page.text


def test_where_every_target_is_absent_no_drug_is_put_first(found):
    found.screen.obs["presence"] = "absent"
    reason = "what the ranked drugs act on is in none of the patient's cells"
    found.screen.uns["call"] |= {"called": False, "mechanism": "", "reason": reason}
    page = Page(found.render())
    assert "No call" in answer(page)
    assert "What the ranked drugs act on is in none of the patient" in answer(page)


def test_a_call_held_back_for_its_benefit_says_why_score_and_benefit_differ(found):
    found.screen.obs.loc[["D1", "D2"], "benefit"] = -0.02
    found.screen.uns["call"] |= {"called": False, "held_back": "benefit"}
    (why,) = found.call.why
    assert "its score passes both tests (p = 0.002), but its predicted benefit is below 0" in why
    text = Page(found.render()).text
    assert why in text
    assert TWO_QUESTIONS in text
