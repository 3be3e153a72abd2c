"""The quality of samples, as a table and for MultiQC."""

import json

import anndata as ad
import pandas as pd

from twinscreen.cohort.multiqc import patients_for_multiqc, samples_for_multiqc
from twinscreen.cohort.samples import sample_table, take
from twinscreen.files import COHORT_PATIENTS, COHORT_SAMPLES, read_table, write_table

SHEET = {"patient": "P1", "condition": "ill", "tissue": "blood", "time": "T0", "batch": "1"}
QUALITY = {
    "n_cells_found": 130,
    "n_cells": 110,
    "removed": {"counts": 15, "genes": 0, "mitochondrial": 5},
    "median_counts": 1500.5,
    "median_genes": 800.0,
    "median_mitochondrial": 0.0625,
    "xist": 0.4,
    "y_genes": 0.01,
    "expressed_sex": "female",
    "doublets": "not looked for",
    "cell_types_by": "markers",
}


def observation(sample, quality, unscorable=""):
    uns = {"sample": {"sample": sample, **SHEET}, "quality": quality, "unscorable": unscorable}
    return ad.AnnData(uns=uns)


def table():
    used, unused = observation("s1", QUALITY), observation("s2", {}, "found no cells")
    return sample_table([take(used), take(unused)])


def test_the_sex_that_the_sheet_states_stands_beside_that_of_the_cells():
    rows = [take(observation("s1", QUALITY)), take(observation("s2", {}, "found no cells"))]
    told = sample_table(rows, {"P1": "male"})
    assert told["stated_sex"].tolist() == ["male", "male"]
    assert told["expressed_sex"].tolist() == ["female", ""]
    assert told["xist"].tolist()[0] == 0.4
    assert sample_table(rows, {"P1": "nan"})["stated_sex"].tolist() == ["", ""]


def test_what_was_left_out_is_told_by_reason():
    used, unused = table().to_dict("records")
    assert used["left_out"] == "counts 15, mitochondrial 5"
    assert (used["n_cells_found"], used["n_cells"]) == (130, 110)
    assert unused["unusable"] == "found no cells"
    assert pd.isna(unused["n_cells"])


def test_a_cohort_without_observations_has_an_empty_table(tmp_path):
    write_table(sample_table([]), tmp_path / "samples.parquet", COHORT_SAMPLES)
    assert len(read_table(tmp_path / "samples.parquet", COHORT_SAMPLES)) == 0
    assert json.loads(samples_for_multiqc(sample_table([])))["data"] == {}


def test_multiqc_gets_numbers_in_the_units_of_its_headers_and_nothing_for_what_is_missing():
    content = json.loads(samples_for_multiqc(table()))
    assert content["plot_type"] == "table"
    assert content["data"]["s1"]["median_mitochondrial"] == 6.25
    assert content["headers"]["median_mitochondrial"]["title"] == "Mitochondrial, %"
    assert content["data"]["s2"] == {"patient": "P1", "unusable": "found no cells"}
    told = {name for row in content["data"].values() for name in row}
    assert told <= content["headers"].keys()


def test_patients_who_were_not_scored_are_told_to_multiqc_too():
    columns = COHORT_PATIENTS.schema.names
    rows = [{"patient": "P1", "called": True, "first_drug": "x", "call_pvalue": 0.001}]
    rows.append({"patient": "P2", "called": False, "not_used": "sample s2"})
    content = json.loads(patients_for_multiqc(pd.DataFrame(rows, columns=columns)))
    assert content["data"] == {
        "P1": {"called": "yes", "first_drug": "x", "call_pvalue": 0.001},
        "P2": {"called": "no", "not_used": "sample s2"},
    }
