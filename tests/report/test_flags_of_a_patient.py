"""What is known of a patient as a whole, in sentences."""

import numpy as np
import pandas as pd
import pytest

from twinscreen.files.contracts.patient import BATCH
from twinscreen.files.contracts.twin_tables import NOT_USED, NotUsed, Source, WhyNot
from twinscreen.report.flags import of_patient


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (
            NotUsed(Source.SAMPLE, "s1", WhyNot.UNUSABLE, "found no cells", "sequence more"),
            "Sample s1 could not be used: found no cells (remedy: sequence more).",
        ),
        (
            NotUsed(Source.SAMPLE, "s1", WhyNot.NO_CONTROL, "no usable control sample"),
            "Not compared: sample s1: no usable control sample.",
        ),
        (
            NotUsed(Source.DEVIATIONS, "", WhyNot.TWICE, "B come of samples too"),
            "Not used: table of deviations: B come of samples too.",
        ),
        (
            NotUsed(Source.FINDINGS, "disease", WhyNot.UNUSABLE, "found no file", "add it"),
            "The patient's disease could not be used: found no file (remedy: add it).",
        ),
    ],
)
def test_what_is_not_used_says_why_and_what_to_do(case, lost, said):
    case.twin.uns["not_used"] = NOT_USED.of([lost])
    assert of_patient(case.twin) == [said]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            (0.05, 0.04, 0.06),
            "no batch is seen (p < 0.05 in 5.0 % of genes of own donors against the others, in"
            " 4.0 % among the others, in 6.0 % of own donors as the patient is compared).",
        ),
        (
            (0.05, np.nan, 0.06),
            "no batch is seen (p < 0.05 in 5.0 % of genes of own donors against the others, in"
            " 6.0 % of own donors as the patient is compared).",
        ),
        (
            (np.nan, np.nan, 0.06),
            "a batch can't be measured with so few donors (p < 0.05 in 6.0 % of genes of own donors"
            " as the patient is compared).",
        ),
        ((np.nan,) * 3, "a batch can't be measured with so few donors."),
    ],
)
def test_a_batch_that_was_not_measured_is_not_unseen(case, shares, said):
    case.twin.uns["not_used"] = NOT_USED.empty()
    case.twin.uns["batch"] = BATCH.of([("T", "blood", 2, 2, *shares, 1.0, 1.0, 1.0)])
    [sentence] = of_patient(case.twin)
    assert sentence.endswith(f"what is usual: {said}")


def test_a_copy_and_made_up_findings_are_said(case):
    case.twin.uns["not_used"] = NOT_USED.empty()
    case.twin.uns["flags"] = ["treated_copy", "simulated"]
    case.twin.uns["treatment"] = {"name": "ruxolitinib"}
    kinds = ["variant", "exposure", "disease"]
    rows = {"kind": kinds, "id": kinds, "label": "", "status": "present", "used": True}
    case.twin.uns["findings"] = pd.DataFrame(rows | {"simulated": [True, True, False]})
    copy, simulated = of_patient(case.twin)
    assert copy.startswith("A copy treated in silico with ruxolitinib: predicted, not measured.")
    assert simulated == "Simulated for the demonstration, not measured: exposures, variants."


@pytest.mark.parametrize(
    ("used", "status", "said"),
    [
        (
            False,
            "present",
            "No genes are known of rare one (MONDO:7): this disease tells the ranking nothing"
            " about what the illness comes from.",
        ),
        (True, "present", ""),
        (False, "absent", ""),
    ],
)
def test_a_disease_without_genes_is_said(case, used, status, said):
    case.twin.uns["not_used"] = NOT_USED.empty()
    rows = {"kind": ["disease"], "id": ["MONDO:7"], "label": ["rare one"]}
    more = {"status": [status], "used": [used], "simulated": [False]}
    case.twin.uns["findings"] = pd.DataFrame(rows | more)
    assert "".join(of_patient(case.twin)) == said
