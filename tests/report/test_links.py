"""Links lead where an identifier says, and nowhere else."""

import pytest
from page_reader import Page

from twinscreen.report.links import of_identifier


@pytest.mark.parametrize(
    ("identifier", "place"),
    [
        ("gtopdb:5688", "guidetopharmacology.org"),
        ("MONDO:0005101", "monarchinitiative.org/MONDO:0005101"),
        ("HP:0001945", "hpo.jax.org/browse/term/HP:0001945"),
        ("PMID:31331124", "pubmed.ncbi.nlm.nih.gov/31331124"),
        ("rs429358", "snp/rs429358"),
        ("R-HSA-913531", "reactome.org/content/detail/R-HSA-913531"),
    ],
)
def test_an_identifier_leads_to_its_page(identifier, place):
    assert place in of_identifier(identifier)


@pytest.mark.parametrize(
    "identifier",
    ["", "own:7", "gtopdb:5688&x=1", "HP:1", "javascript:alert(1)", "PMID:1/../2", "rs1 onclick=x"],
)
def test_what_is_no_identifier_leads_nowhere(identifier):
    assert of_identifier(identifier) == ""


def test_edges_lead_to_their_publications(case):
    case.publications = "SIGNOR:123;IntAct:456;SIGNOR:123"
    page = Page(case.render())
    ways = [way for way in page.ways_out if "pubmed" in way]
    assert {way.rstrip("/").rsplit("/", 1)[1] for way in ways} == {"123", "456"}
