"""What a run says on the console."""

import anndata as ad
import pandas as pd
import pytest

from twinscreen.report.progress import end_of_run, line_of_patient, outcome


def screen(patient="P1", *, reason="", called=False, drugs=("alpha", "beta"), absent=()):
    obs = pd.DataFrame(
        {
            "name": list(drugs),
            "rank": range(1, len(drugs) + 1),
            "presence": ["absent" if name in absent else "found" for name in drugs],
        },
        index=[f"D{n}" for n in range(len(drugs))],
    )
    call = {"called": called, "pvalue": 0.004}
    uns = {"patient": {"patient": patient}, "unscorable": reason, "call": call}
    return ad.AnnData(obs=obs, uns=uns)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (screen(), "P1: scored, no call; first is alpha; p.html"),
        (screen(called=True), "P1: scored, alpha is called (p 0.004); p.html"),
        (screen(called=True, absent=["alpha"]), "P1: scored, beta is called (p 0.004); p.html"),
        (screen(reason="no cells", drugs=()), "P1: not scored: no cells; p.html"),
        (screen(drugs=()), "P1: scored, no drug ranked; p.html"),
    ],
)
def test_a_patient_has_one_line(made, said):
    assert line_of_patient(outcome(made), "p.html") == said


def test_the_end_counts_scored_called_and_failed_and_says_where_the_pages_are():
    found = [
        outcome(screen("P1", called=True)),
        outcome(screen("P2", called=True)),
        outcome(screen("P3")),
        outcome(screen("P4", reason="no cells", drugs=())),
    ]
    assert end_of_run(found, {"P5": "no twin"}, ["reports/cohort.html", "reports/P1.html"]) == [
        "5 patients: 3 scored, 2 of them with a call (alpha for P1, P2), 1 not scored, 1 failed",
        "failed: P5 (no twin)",
        "pages: reports/cohort.html, reports/P1.html ...",
    ]


def test_diseases_without_genes_are_said_at_the_end():
    said = end_of_run([], {"P1": "no twin"}, [], {"rare one (MONDO:7)": ["P1", "P2"]})
    assert said[-1] == (
        "no genes are known of: rare one (MONDO:7) (P1, P2); see `twinscreen diseases`"
    )


def test_of_many_names_some_are_said():
    [_, failed] = end_of_run([], {f"P{n}": "no twin" for n in range(1000)}, [])
    assert failed.endswith("P9 (no twin), 990 more")
