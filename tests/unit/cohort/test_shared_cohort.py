"""What a site shares of its drugs and patients."""

import numpy as np
import pandas as pd

from twinscreen.cohort.sharing import few_changed, share_counts, share_drugs


def ranked(**places):
    """Ranks of drugs over patients: a list of ranks per drug."""
    rows = [
        (f"P{n}", drug, drug, -float(rank), float(rank), (rank - 1) / 20)
        for drug, ranks in places.items()
        for n, rank in enumerate(ranks)
    ]
    columns = ["patient", "drug_id", "name", "score", "rank", "percentile"]
    return pd.DataFrame(rows, columns=columns)


def test_numbers_of_few_patients_are_missing_whichever_they_are():
    table = share_drugs(
        ranked(
            often=[1] * 6 + [12] * 6,
            all_but_two=[2] * 10 + [15] * 2,
            rare=[3] * 3 + [20] * 9,
            never=[18] * 12,
            few=[4] * 4,
        )
    ).set_index("name")
    assert table.index[table["n_first"].notna()].tolist() == ["often"]
    assert table.loc["often", ["n_ranked", "n_first", "n_first_ten"]].tolist() == [12, 6, 6]
    assert table.index[table["n_first_ten"].notna()].tolist() == ["often"]
    assert "few" not in table.index
    np.testing.assert_allclose(table.loc["never", "mean_percentile"], 17 / 20)


def test_patients_are_counted_unless_they_or_the_others_are_few():
    status = ["scored"] * 17 + ["unscorable"] * 3
    patients = pd.DataFrame({"status": status, "called": [True] * 6 + [False] * 14})
    numbers = share_counts(patients).set_index("what")["n"]
    assert numbers["patients"] == 20
    assert pd.isna(numbers["scored"])  # three were not
    assert numbers["called"] == 6


def test_two_tables_do_not_tell_of_a_patient_who_came_in_between():
    tables = [share_drugs(ranked(often=[1] * n)) for n in (12, 13, 17, 3)]
    assert few_changed(tables[1], tables[0])
    assert few_changed(tables[0], tables[0])
    assert not few_changed(tables[2], tables[0])
    assert not few_changed(tables[0], tables[3])  # nothing was shared before
