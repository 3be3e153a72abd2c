"""What samples could not be used, and why that leaves nothing to score."""

import anndata as ad
import pytest

from twin_settings import GENERAL, changed
from twinscreen.files.contracts.twin_tables import SAMPLES
from twinscreen.twin.samples import not_used, remedies, samples_table, why_unscorable


def sample(name, condition="ill", tissue="blood", unscorable="", remedy=""):
    told = {"sample": name, "condition": condition, "tissue": tissue}
    return ad.AnnData(uns={"sample": told, "unscorable": unscorable, "remedy": remedy})


READ = [
    sample("s1", unscorable="found no cells", remedy="sequence more"),
    sample("s2", unscorable="found few cells", remedy="sequence more"),
    sample("s3", tissue="skin"),
    sample("s4"),
    sample("c1", condition="HC"),
]


@pytest.mark.parametrize("design", ["paired", "reference"])
def test_a_sample_is_not_used_for_a_fault_or_for_want_of_a_control(design):
    lost = not_used(READ, changed(GENERAL, design=design, control="HC"))
    told = [(one.name, str(one.kind), one.remedy) for one in lost]
    faulty = [(name, "unusable", "sequence more") for name in ("s1", "s2")]
    assert told == faulty + [("s3", "no_control", "")] * (design == "paired")


def test_reason_and_remedies_are_told_apart():
    lost = not_used(READ, changed(GENERAL, design="paired", control="HC"))
    assert why_unscorable(lost, []) == (
        "no usable compartment; sample s1: found no cells; sample s2: found few cells;"
        " sample s3: no usable control sample (HC) of the same tissue"
    )
    assert remedies(lost) == ["sequence more"]


def test_a_patient_without_samples_has_a_table_without_rows():
    assert SAMPLES.faults(samples_table([], {})) == []


def test_without_any_reason_the_sentence_is_whole():
    assert why_unscorable([], []) == "no usable compartment"
