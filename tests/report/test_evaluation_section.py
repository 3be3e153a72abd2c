"""What the page of a cohort says of known answers."""

import re
from functools import partial

import pandas as pd
import pytest
from evaluated_cohort import SCORES, evaluated_page
from page_reader import Page, section

from twinscreen.files import COHORT_EVALUATION


@pytest.fixture
def render(render_cohort):
    return partial(evaluated_page, render_cohort)


def test_nothing_is_shown_where_nothing_was_evaluated(render_cohort, render):
    assert "known answers" not in Page(render_cohort(SCORES)).text
    empty = pd.DataFrame(columns=COHORT_EVALUATION.schema.names).astype({"n": int})
    assert "known answers" not in Page(render(table=empty)).text


def test_words_come_first_with_the_baseline_beside(render):
    said = section(Page(render()).source, 'id="answers"', "<table")
    assert "In 2 patients, 7 of 10 known right answers are among 777 ranked drugs" in said
    assert "4 mechanisms" in said
    assert "calibrated reaches a median AUROC of 0.930" in said
    assert "already reaches 0.750" in said
    assert "better than that in 1 of 2 patients" in said
    assert "equally connected it reaches 0.62" in said


def test_shared_answers_and_own_answers_are_told_apart(render):
    assert "All patients share the same answers" in Page(render()).text
    said = Page(render(popular=True)).text
    assert "All patients share" not in said
    assert "differs by +0.08 from that with the data of the other patients (p = 0.02)" in said


def test_the_table_has_every_method(render):
    page = Page(render())
    table = section(page.source, '<table class="evaluation">', "</table>")
    first = (
        "calibrated 0.930 [0.912, 0.957] – 3.5 0.62 [0.55, 0.71] 0.888 [0.811, 0.899]"
        " +0.08 p 0.02 1 of 2"
    )
    assert first in table
    order = ["Rankings ", "calibrated", "One kind", "origin", "has to be beaten", "random order"]
    places = [table.index(word) for word in [*order, "target degree 0.750", "popularity –"]]
    assert places == sorted(places)


def test_the_drawing_has_a_dot_for_each_patient_and_method(render):
    page = Page(render())
    svg = page.source[page.source.index('<svg class="evaluation"') :]
    svg = svg[: svg.index("</svg>")]
    names = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    # From the bottom to the top: at equal medians a ranking stands above a baseline.
    assert names[-4:] == ["random order", "origin alone", "target degree", "calibrated"]
    dots = re.findall(r'id="evaluation-PathCollection_\d+">.*?</g>\s*</g>', svg, re.DOTALL)
    assert [part.count("<use") for part in dots] == [2, 2, 2]
    assert "What to see: each dot is a patient" in page.text


def test_same_input_same_bytes_and_ids_are_unique(render):
    first = render().read_bytes()
    assert render().read_bytes() == first
    ids = [name for name in Page(render()).attributes("id") if name]
    assert len(ids) == len(set(ids))
