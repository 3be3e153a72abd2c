"""What the page says of a drug itself: who tells its targets and approval, and its other names."""

from page_reader import Page


def test_the_evidence_of_a_drug_names_sources_approvals_and_other_names(called):
    text = Page(called.render()).text
    assert "Source of its targets: Guide to PHARMACOLOGY and DrugCentral." in text
    assert "with source and date: Guide to PHARMACOLOGY 2020.5 and FDA 2011-11-16." in text
    assert (
        "Also called Jakafi, INCB018424, Ruxolitinib phosphate, Jakavi, Opzelura, DB08877,"
        " CHEMBL1789941 and CHEBI:66919."
    ) in text


def test_a_target_on_which_sources_disagree_has_no_direction(called):
    targets = called.screen.uns["targets"]
    one = (targets["drug_id"].isin(["D1", "D2"])) & (targets["target"] == "JAK2")
    targets.loc[one, ["sign", "conflict"]] = [0, True]
    text = Page(called.render()).text.casefold()
    assert "inhibits jak1 and acts, and sources disagree in which direction, on jak2" in text
