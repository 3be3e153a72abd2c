"""Every section of a page can be reached from its navigation."""

import re

from page_reader import Page


def headings_and_links(page: Page) -> tuple[list[str], list[str]]:
    """Return the ids of the sections below the navigation, and where that leads, in their order."""
    before, after = page.source.split("</nav>", 1)
    links = re.findall(r'href="#([\w-]+)"', before[before.index("<nav") :])
    return re.findall(r'<h2 id="([\w-]+)"', after), links


def test_the_navigation_of_a_patient_has_every_section_in_its_order(called, over_time, talking):
    headings, links = headings_and_links(Page(called.render()))
    assert len(headings) > 10
    assert headings == links


def test_the_navigation_of_a_cohort_has_every_section_in_its_order(render_cohort):
    scores = {"P1": {"alpha": 9.0, "beta": 5.0}, "P2": {"alpha": 1.0, "beta": 2.0}}
    headings, links = headings_and_links(Page(render_cohort(scores, {"P3": "no cells"})))
    assert headings == links
