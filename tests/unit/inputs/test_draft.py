"""`twinscreen init`: sheets and configuration from what a file says of its cells."""

import re

import anndata as ad
import numpy as np
import pandas as pd
import pytest
import yaml

from twinscreen.cli import main
from twinscreen.data import SCHEMAS
from twinscreen.files import InputError
from twinscreen.inputs.draft import config_text, write_draft
from twinscreen.inputs.drafted_samples import draft_samples
from twinscreen.inputs.validate import check_config, read_schema

NONE = dict.fromkeys(("patient", "condition", "cell_type", "sample", "time", "tissue", "batch"), "")


def write_cells(path, columns, copies=3):
    """Write raw counts of a few cells for each row of `columns`."""
    obs = pd.DataFrame(columns).loc[lambda table: table.index.repeat(copies)]
    obs.index = [f"cell{number}" for number in range(len(obs))]
    counts = np.random.default_rng(1).poisson(3, (len(obs), 4)).astype(np.float32)
    ad.AnnData(counts, obs, pd.DataFrame(index=["JAK1", "STAT1", "TNF", "IL6"])).write_h5ad(path)
    return path


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    people = ["H 1", "H 2", "H 3", "P1", "P1", "P2"]
    columns = {
        "Donor ID": people,
        "disease": ["normal"] * 3 + ["ill"] * 3,
        "cell_type": ["B"] * 6,
        "time_point": ["T0", "T0", "T0", "T0", "T1", "T0"],
    }
    return write_cells(tmp_path / "all.h5ad", columns).name


def test_a_draft_passes_the_check(cohort, capsys):
    assert main(["init", "mine", "--from", cohort]) == 0
    said = capsys.readouterr().out
    assert "patient: column 'Donor ID', as it seems" in said
    assert "in the sheets 'H 1' is H_1, and 2 more likewise" in said
    assert "twinscreen check mine/config.yaml" in said
    assert "fewer than 4 donors make no call" in said
    assert main(["check", "mine/config.yaml"]) == 0
    assert "2 patients, 6 samples, 3 reference donors" in capsys.readouterr().out


def test_rows_name_the_columns_that_tell_samples_apart(cohort):
    draft = draft_samples(cohort, NONE, "")
    assert draft.control == "normal"
    assert draft.design == "reference"
    assert [row["sample"] for row in draft.samples] == [
        *("H_1_normal_T0", "H_2_normal_T0", "H_3_normal_T0", "P1_ill_T0", "P1_ill_T1"),
        "P2_ill_T0",
    ]
    assert draft.samples[0]["patient"] == "H_1"
    assert draft.samples[4]["select"] == "Donor ID=P1; disease=ill; time_point=T1"


def test_one_sample_each_is_told_by_the_patient_alone(tmp_path):
    columns = {"donor": ["A", "B"], "condition": ["ctrl", "ill"], "celltype": ["B", "B"]}
    draft = draft_samples(write_cells(tmp_path / "a.h5ad", columns), NONE, "")
    assert [row["select"] for row in draft.samples] == ["donor=A", "donor=B"]
    assert [row["sample"] for row in draft.samples] == ["A", "B"]


def test_patients_with_controls_of_their_own_are_paired(tmp_path):
    columns = {"donor": [*"AABB"], "stim": ["ctrl", "stim"] * 2, "cell_type": [*"BBBB"]}
    assert draft_samples(write_cells(tmp_path / "a.h5ad", columns), NONE, "").design == "paired"


def test_cells_of_nobody_are_left_out_and_counted(tmp_path):
    columns = {"donor_id": ["A", "pooled", "B"], "disease": ["normal", "ill", "ill"]}
    path = write_cells(tmp_path / "a.h5ad", columns | {"cell_type": [*"BBB"]})
    draft = draft_samples(path, NONE, "")
    assert [row["patient"] for row in draft.samples] == ["A", "B"]
    assert any("3 cells are of no patient" in note for note in draft.notes)


@pytest.mark.parametrize(
    ("columns", "given", "control", "remedy"),
    [
        ({"donor": [*"AB"], "cell_type": [*"BB"]}, {}, "", "--condition"),
        ({"condition": ["x", "y"], "cell_type": [*"BB"]}, {}, "", "--patient"),
        ({"donor": [*"AB"], "subject": [*"AA"], "condition": [*"xy"]}, {}, "", "--patient"),
        ({"donor": [*"AB"], "condition": [*"xy"], "cell_type": [*"BB"]}, {}, "", "--control"),
        ({"donor": [*"AB"], "condition": [*"xy"], "cell_type": [*"BB"]}, {}, "z", "--control"),
        (
            {"donor": [*"AB"], "condition": [*"xy"], "cell_type": [*"BB"]},
            {"time": "when"},
            "",
            "--time",
        ),
        (
            {"donor": ["a;b", "c"], "condition": ["hc", "y"], "cell_type": [*"BB"]},
            {},
            "",
            "rename it",
        ),
    ],
)
def test_what_is_not_clear_is_asked_for(tmp_path, columns, given, control, remedy):
    path = write_cells(tmp_path / "a.h5ad", columns | {"condition": columns.get("condition", "x")})
    with pytest.raises(InputError) as error:
        draft_samples(path, NONE | given, control)
    assert remedy in error.value.remedy


def test_columns_that_part_the_cells_alike_are_one(tmp_path):
    columns = {"donor": [*"AB"], "donor_id": ["d1", "d2"], "condition": ["hc", "x"]}
    path = write_cells(tmp_path / "a.h5ad", columns | {"cell_type": [*"BB"]})
    assert len(draft_samples(path, NONE, "").samples) == 2


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "patients.tsv").write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        write_draft(tmp_path, cells=None, columns=NONE, control="")
    assert [path.name for path in tmp_path.iterdir()] == ["patients.tsv"]


def test_without_cells_the_sheets_hold_examples(tmp_path):
    said = write_draft(tmp_path / "new", cells=None, columns=NONE, control="")
    assert any("examples" in line for line in said)
    config = yaml.safe_load((tmp_path / "new" / "config.yaml").read_text())
    assert config["observe"] == {"cell_type": "cell_type"}


def test_every_option_stands_in_the_configuration_with_its_default():
    values = {
        "samples": "s.tsv",
        "patients": "p.tsv",
        "observe": {"cell_type": "kind"},
        "reference": {"control": "healthy"},
    }
    text = config_text(values)
    every = re.sub(r"(?m)^#((?:  )*\w+:)", r"\1", text)
    assert every != text
    filled = check_config(yaml.safe_load(every), file="config.yaml")
    short = check_config(values, file="config.yaml")
    assert filled == short
    assert set(filled) == set(read_schema(SCHEMAS / "config.schema.json")["properties"])
