"""Tables of knowledge that a group brought stand on the page, with their checksums."""

import pandas as pd

from twinscreen.report.patient.page import facts_of, patient_page


def test_tables_of_ones_own_are_listed_with_their_checksums(case):
    assert "Knowledge of the group" not in case.render().read_text(encoding="utf-8")
    rows = [("own.interactions", "edges.tsv", "ab" * 32), ("screen.drugs", "drugs.tsv", "cd" * 32)]
    own = pd.DataFrame(rows, columns=["key", "file", "sha256"])
    facts = facts_of(case.twin, case.screen, own_tables=own)
    [told] = [one for one in facts["sources"] if one.title.startswith("Knowledge of the group")]
    assert told.inputs == [
        ("edges.tsv (own.interactions)", "ab" * 32),
        ("drugs.tsv (screen.drugs)", "cd" * 32),
    ]
    page = patient_page(facts)
    assert "edges.tsv (own.interactions)" in page
    assert "ab" * 6 in page
