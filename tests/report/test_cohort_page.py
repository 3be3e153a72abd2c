"""What the page of a cohort says."""

import re

import numpy as np
import pandas as pd
import pytest
from page_reader import Page, section

from twinscreen.files import (
    COHORT_PATIENTS,
    COHORT_RANKS,
    COHORT_SAMPLES,
    read_table,
    write_table,
)
from twinscreen.report.cohort.groups import group_alike
from twinscreen.report.cohort.heatmap import MOST_NAMES, draw_heat_map, order_by_similarity
from twinscreen.report.cohort.page import cohort_page

SCORES = {
    "P1": {"alpha": 9.0, "beta": 5.0, "betb": 5.0, "gamma": 1.0},
    "P2": {"alpha": 8.0, "beta": 2.0, "betb": 2.0, "gamma": 3.0},
    "P3": {"alpha": 1.0, "beta": 7.0, "betb": 7.0, "gamma": 3.0},
}


def test_headline_counts_and_leaders(render_cohort):
    page = Page(render_cohort(SCORES, {"P4": "no cells", "P5": "no cells", "P6": "no donor"}))
    answer = section(page.source, 'id="answer"', "</section>")
    assert "3 patients scored of 6" in answer
    assert "3 patients could not be scored" in answer
    assert "alpha" not in answer  # most often first, called in nobody
    frequent = section(page.source, 'id="frequent"', 'id="map"')
    assert "alpha 3 100&nbsp;% 2" in frequent
    assert "suspicious" in frequent


def test_without_a_call_in_all_patients_the_others_are_spoken_of(render_cohort):
    said = "In the others no drug stands out from chance"
    assert said in Page(render_cohort(SCORES, called=("P1", "P2"))).text
    assert said not in Page(render_cohort(SCORES, called=("P1", "P2", "P3"))).text


def test_reasons_most_frequent_first(render_cohort):
    page = Page(render_cohort(SCORES, {"P4": "no cells", "P5": "no donor", "P6": "no donor"}))
    reasons = section(page.source, 'id="unscored"', 'id="frequent"')
    assert reasons.index("no donor 2") < reasons.index("no cells 1")


def test_drugs_that_score_alike_everywhere_are_one(render_cohort):
    source = render_cohort(SCORES).read_text(encoding="utf-8")
    frequent = section(source, 'id="frequent"', 'id="map"')
    assert "beta +1 3 100&nbsp;% 1" in frequent
    assert "beta +1" in section(source, "<figure>", "</figure>")
    assert "beta +1: betb" in source
    table = section(source, 'id="patients"', 'id="frequent"')
    assert "P3 no none beta +1 " in table
    assert not re.search(r"betb(?! </li)", table.replace("beta +1: betb", ""))


def test_patients_table_links_to_their_pages(render_cohort):
    page = Page(render_cohort(SCORES, {"P4": "no cells"}))
    assert {"P1.html", "P2.html", "P3.html", "P4.html"} <= set(page.attributes("href"))
    table = section(page.source, 'id="patients"', 'id="frequent"')
    assert "P1 no none alpha – – 0.4 0.3 2.50 – – lupus scored B1 6 1 500 1,500 4 2" in table
    assert "P4 no – – – – – – – – – lupus unscorable" in table
    assert not re.search(r"\b(nan|None)\b", page.text)


def test_simulated_findings_are_marked(render_cohort):
    source = render_cohort(SCORES, simulated=("P2",)).read_text(encoding="utf-8")
    assert "1 patient has findings that are simulated" in section(source, "<h2", "<footer")
    table = section(source, 'id="patients"', 'id="frequent"')
    assert "P2 simulated no none" in table
    assert "P1 no none alpha" in table
    assert "simulated" not in Page(render_cohort(SCORES)).text


def test_cohort_of_nobody_scored(render_cohort):
    page = Page(render_cohort({}, {"P1": "no cells"}))
    assert "No patient could be scored" in page.text
    assert "<svg" not in page.source


def test_one_patient_is_no_cohort(render_cohort):
    page = Page(render_cohort({"P1": SCORES["P1"]}))
    assert "1 patient scored of 1" in page.text
    assert "cannot yet tell" in page.text


@pytest.mark.parametrize(("n", "named"), [(300, True), (MOST_NAMES + 1, False)])
def test_patients_of_a_large_cohort_are_named_as_long_as_they_can_be(n, named):
    rng = np.random.default_rng(3)
    values = pd.DataFrame(rng.random((n, 5)), index=[f"P{i:04}" for i in range(n)])
    drawn = draw_heat_map(values, [f"drug{i}" for i in range(5)])
    assert drawn.named is named
    assert ("P0017" in drawn.svg) is named
    assert f"{n:,} patients" in drawn.svg or named


def test_a_drug_not_ranked_in_a_patient(render_cohort):
    scores = SCORES | {"P4": {"gamma": 2.0, "alpha": 1.0}}
    page = Page(render_cohort(scores))
    assert "4 patients scored of 4" in page.text


def test_alike_patients_stand_together():
    table = pd.DataFrame(
        [[0.0, 1.0], [1.0, 0.0], [0.1, 1.0], [1.0, np.nan]], index=["a", "b", "c", "d"]
    )
    order = list(order_by_similarity(table).index)
    assert abs(order.index("a") - order.index("c")) == 1
    assert abs(order.index("b") - order.index("d")) == 1


def test_names_are_escaped_and_dollars_are_dollars(render_cohort):
    scores = {p: {"<i>x</i>": 3.0, "a$b$c": 2.0, "IFN-α2": 1.0} for p in ("P1", "P2", "P3")}
    page = Page(render_cohort(scores))
    assert not {tag for tag, _ in page.elements} & {"i"}
    figure = section(page.source, "<figure>", "</figure>")
    assert "a$b$c" in figure
    assert "IFN-α2" in figure


def test_same_input_same_bytes_and_nothing_from_outside(render_cohort):
    first = render_cohort(SCORES).read_bytes()
    page = Page(render_cohort(SCORES))
    assert page.source.encode() == first
    assert all(link.startswith(("#", "data:")) for link in page.loaded)
    links = page.attributes("href")
    assert all(re.match(r"#|data:|P\d\.html$", link) for link in links), links


def test_called_patients_come_first_and_those_without_p_last(render_cohort):
    page = Page(render_cohort(SCORES, {"P0": "no cells"}, called=("P3",)))
    table = section(page.source, 'id="patients"', 'id="unscored"')
    assert re.findall(r"(P\d) (?:yes|no) ", table) == ["P3", "P1", "P2", "P0"]
    assert page.source.index('id="patients"') < page.source.index('id="frequent"')


def test_a_drug_high_in_one_patient_alone_is_that_patient_s_contrast():
    drugs = [f"d{i:02}" for i in range(40)]
    order = dict.fromkeys(("P1", "P2", "P3"), drugs) | {"P4": ["d39", *drugs[:-1]]}
    ranks = pd.DataFrame(
        [
            (who, drug, drug, -float(at), at + 1.0, at / 39)
            for who, ranked in order.items()
            for at, drug in enumerate(ranked)
        ],
        columns=["patient", "drug_id", "name", "score", "rank", "percentile"],
    )
    assert group_alike(ranks).contrasts() == {"P4": "d39 (rank 1)"}


_SHEET = ("lupus", "blood", "T0", "B1")


def test_the_quality_of_samples_is_shown_fewest_cells_first(render_cohort, tmp_path):
    render_cohort(SCORES)
    rows = [
        (
            "a",
            "P1",
            *_SHEET,
            "",
            500,
            480,
            "counts 20",
            900.0,
            400.0,
            0.05,
            0.4,
            0.0,
            "female",
            "F",
        ),
        ("b", "P2", *_SHEET, "", 90, 90, "", 800.0, 300.0, 0.0425, 0.0, 0.8, "male", "female"),
        ("c", "P3", *_SHEET, "no cells", None, None, "", *[None] * 5, "", "male"),
    ]
    samples = pd.DataFrame(rows, columns=COHORT_SAMPLES.schema.names[:-2])
    samples = samples.astype({"n_cells_found": "Int64", "n_cells": "Int64"})
    samples = samples.assign(doublets="not looked for", cell_types_by="markers")
    path = tmp_path / "samples.parquet"
    write_table(samples, path, COHORT_SAMPLES)
    page = cohort_page(
        read_table(tmp_path / "patients.parquet", COHORT_PATIENTS),
        read_table(tmp_path / "ranks.parquet", COHORT_RANKS),
        samples=read_table(path, COHORT_SAMPLES),
    )
    told = section(page, 'id="samples"', 'id="numbers"')
    assert told.index("c P3 no: no cells – –") < told.index("b P2 yes 90 90 – 800 300 4.2")
    assert "a P1 yes 500 480 counts 20 900 400 5.0 female not looked for" in told
    assert "4.2 male, stated: female not looked for" in told
    assert "the cells of b express another sex than the patient sheet states" in told
